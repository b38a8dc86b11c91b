"""The pages that define the figures, from `docs/method/`: in a checkout there, in an installation in the package."""

from functools import cache
from pathlib import Path

import nh3
from django.conf import settings
from django.urls import reverse
from markdown_it import MarkdownIt
from markdown_it.token import Token

SHIPPED = (
    Path(__file__).parent / "method_pages"
)  # put there when the package is built (pyproject.toml)
INDEX = "README"


def folder() -> Path:
    """Where the pages lie."""
    return SHIPPED if SHIPPED.is_dir() else Path(settings.BASE_DIR) / "docs" / "method"


@cache
def slugs() -> frozenset[str]:
    """The pages there are, without the index."""
    return frozenset(path.stem for path in folder().glob("*.md")) - {INDEX}


@cache
def method_page(slug: str) -> tuple[str, str]:
    """The title and the body of a page as HTML; `slug` is one of `slugs()`, or the index."""
    text = (folder() / f"{slug}.md").read_text(encoding="utf-8")
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(text)
    title = tokens[1].content
    body = [_linked(token) for token in tokens[3:]]  # without the heading: the page has its own
    return title, nh3.clean(parser.renderer.render(body, parser.options, {}))


def _linked(token: Token) -> Token:
    """Links between the files become links between the pages."""
    for child in token.children or []:
        target = str(child.attrs.get("href", "")) if child.type == "link_open" else ""
        if target.removesuffix(".md") in slugs():
            child.attrs["href"] = reverse("method", args=[target.removesuffix(".md")])
        elif target == f"{INDEX}.md":
            child.attrs["href"] = reverse("methods")
    return token
