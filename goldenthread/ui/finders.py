"""One stylesheet and one script for every page, joined from parts when static files are looked up.

`ui/goldenthread.css` is tokens, base, every component, then each app's own `styles/*.css`; `ui/goldenthread.js`
is every file of `scripts/`. Cascade layers settle what wins, so the order of the parts does not matter. There
is no build step: `collectstatic`, the development server and the tests all ask this finder.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

UI = Path(__file__).parent


def stylesheets() -> list[Path]:
    """Every part of the stylesheet: tokens and base first, then components, then the apps' own."""
    own = [
        path
        for config in apps.get_app_configs()
        if config.name.startswith("goldenthread.") and config.label != "ui"
        for path in sorted(Path(config.path).glob("styles/*.css"))
    ]
    first = [UI / "styles" / "tokens.css", UI / "styles" / "base.css"]
    return [*first, *sorted(UI.glob("styles/components/*.css")), *own]


def scripts() -> list[Path]:
    """Every part of the script, then the apps' own `scripts/*.js`."""
    own = [
        path
        for config in apps.get_app_configs()
        if config.name.startswith("goldenthread.") and config.label != "ui"
        for path in sorted(Path(config.path).glob("scripts/*.js"))
    ]
    return [*sorted(UI.glob("scripts/*.js")), *own]


BUNDLES = {"ui/goldenthread.css": stylesheets, "ui/goldenthread.js": scripts}


class BundleFinder(BaseFinder):
    """Find the joined files; written to the home folder, rewritten only when a part has changed."""

    def __init__(self, app_names: object = None, *args: Any, **kwargs: Any) -> None:
        self.storage = FileSystemStorage(location=settings.HOME / "bundles")

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path not in BUNDLES:
            return []
        built = str(self._build(path))
        return [built] if find_all else built

    def list(
        self, ignore_patterns: Iterable[str] | None
    ) -> Iterator[tuple[str, FileSystemStorage]]:
        for path in BUNDLES:
            self._build(path)
            yield path, self.storage

    def _build(self, path: str) -> Path:
        text = "\n".join(part.read_text() for part in BUNDLES[path]())
        target = Path(self.storage.path(path))
        if not target.exists() or target.read_text() != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            fresh = target.with_suffix(".new")
            fresh.write_text(text)
            fresh.replace(target)
        return target
