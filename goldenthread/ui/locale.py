"""How the reader writes numbers and dates. The words are English; the figures follow the reader's browser."""

from contextvars import ContextVar
from decimal import Decimal, InvalidOperation

from django.conf import settings
from django.http import HttpRequest
from django.utils import numberformat
from django.utils.formats import get_format
from django.utils.translation import check_for_language
from django.utils.translation.trans_real import parse_accept_lang_header

_readers: ContextVar[str] = ContextVar("readers_locale", default=settings.LANGUAGE_CODE)
NARROW = "\u202f"


def locale_of(request: HttpRequest) -> str:
    """The first language of `Accept-Language` that Django knows formats for; British English otherwise."""
    for code, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if code == "en":
            break
        if check_for_language(code):
            return code
        if check_for_language(code.split("-")[0]):
            return code.split("-")[0]
    return settings.LANGUAGE_CODE


def use_locale(code: str) -> None:
    """Write numbers and dates this way for the rest of the request."""
    _readers.set(code)


def readers_locale() -> str:
    return _readers.get()


def month_first() -> bool:
    """Whether the reader writes "November 23" rather than "23 November"."""
    return str(get_format("MONTH_DAY_FORMAT", lang=readers_locale())).startswith("F")


def format_number(value: Decimal | float | int, decimals: int | None = None) -> str:
    """The number with the reader's separators.

    Without `decimals` at most two places are shown and trailing zeros are dropped: 85.00 is "85". A fixed
    count of decimals keeps them, for columns.
    """
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    places = Decimal(1).scaleb(-(2 if decimals is None else decimals))
    rounded = exact.quantize(places) if exact.is_finite() else exact
    text = f"{rounded:f}"
    if decimals is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    if text.strip("-0.") == "":
        text = text.lstrip("-")
    lang = readers_locale()
    written = numberformat.format(
        text.lstrip("-"),
        str(get_format("DECIMAL_SEPARATOR", lang=lang)),
        None,
        3,
        str(get_format("THOUSAND_SEPARATOR", lang=lang)),
        force_grouping=len(text.lstrip("-").split(".")[0]) > 3,
        use_l10n=True,
    )
    return f"−{written}" if text.startswith("-") else str(written)


def parse_number(text: str) -> Decimal | None:
    """The number somebody typed, with either decimal sign: "1,5" and "1.5" are one and a half.

    A single separator followed by exactly three digits is read the reader's way: "1,500" is 1500 for an
    English reader and 1.5 for a German one. None when it is not a number.
    """
    bare = text.strip().replace("−", "-")
    for space in (" ", "\u00a0", NARROW, "'", "’"):
        bare = bare.replace(space, "")
    points, commas = bare.count("."), bare.count(",")
    if points and commas:
        decimal = "." if bare.rfind(".") > bare.rfind(",") else ","
    elif points + commas == 1:
        sign = "." if points else ","
        readers = str(get_format("DECIMAL_SEPARATOR", lang=readers_locale()))
        grouped = len(bare.rpartition(sign)[2]) == 3 and not bare.lstrip("-").startswith(
            ("0", sign)
        )
        decimal = readers if grouped else sign
    else:
        decimal = "," if points > 1 else "."
    bare = bare.replace("," if decimal == "." else ".", "").replace(decimal, ".")
    try:
        number = Decimal(bare)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
