"""Addresses of single pages in other rooms, as links and drawings need them."""

from django.urls import NoReverseMatch, reverse


def page(name: str, *args: object) -> str:
    """The address of a page by its name; "" where this installation has no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
