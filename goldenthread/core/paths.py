"""Addresses of records, for lists that have hundreds of them."""

from functools import cache

from django.urls import get_script_prefix, reverse


def path_to(name: str, pk: int) -> str:
    """`reverse(name, args=[pk])`, with the pattern looked up once a process."""
    before, after = _pattern(name, get_script_prefix())
    return f"{before}{pk:d}{after}"


@cache
def _pattern(name: str, prefix: str) -> tuple[str, str]:
    before, _, after = reverse(name, args=[0]).rpartition("0")
    return before, after
