"""`goldenthread vendor`: refresh the front-end files that come from npm packages, at the versions named here.

Needs `npm` and the network; nobody needs it to run or test the product, because the files are committed.
"""

import io
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

STATIC = Path(__file__).parents[2] / "static" / "ui"
HTMX = "htmx.org@2.0.11"
LUCIDE = "lucide-static@1.62.0"
ICONS = [
    "archive",
    "arrow-down",
    "arrow-left",
    "arrow-right",
    "arrow-up",
    "award",
    "bookmark",
    "building-2",
    "calendar-clock",
    "calendar-range",
    "check",
    "chart-line",
    "chevron-down",
    "chevron-right",
    "circle-alert",
    "circle-check",
    "circle-plus",
    "circle-slash",
    "circle-question-mark",
    "clipboard-paste",
    "clock",
    "columns-3",
    "compass",
    "copy",
    "download",
    "ellipsis",
    "equal",
    "external-link",
    "eye-off",
    "file-text",
    "flag",
    "funnel",
    "git-branch-plus",
    "grip-vertical",
    "hand-heart",
    "handshake",
    "history",
    "house",
    "inbox",
    "info",
    "key-round",
    "link-2",
    "list",
    "list-tree",
    "lock",
    "log-in",
    "log-out",
    "mail",
    "maximize",
    "message-square",
    "messages-square",
    "minus",
    "network",
    "pencil",
    "plus",
    "presentation",
    "printer",
    "refresh-cw",
    "rotate-ccw",
    "save",
    "scale",
    "search",
    "settings",
    "sliders-horizontal",
    "sprout",
    "sun-moon",
    "table-2",
    "target",
    "trash-2",
    "trending-up",
    "triangle-alert",
    "unlink",
    "upload",
    "user",
    "user-plus",
    "users",
    "waypoints",
    "wifi-off",
    "x",
    "zoom-in",
    "zoom-out",
]


class Command(BaseCommand):
    help = "Fetch htmx and the icons again from their npm packages."

    def handle(self, *args: Any, **options: Any) -> None:
        htmx, lucide = _package(HTMX), _package(LUCIDE)
        script = re.sub(r"\n?//# sourceMappingURL=.*", "", htmx["dist/htmx.min.js"].decode())
        (STATIC / "vendor" / "htmx.min.js").write_text(script)
        (STATIC / "vendor" / "LICENSE-htmx.txt").write_bytes(htmx["LICENSE"])
        (STATIC / "icons" / "LICENSE-lucide.txt").write_bytes(lucide["LICENSE"])
        sprite = STATIC / "icons" / "sprite.svg"
        own = re.findall(r'<symbol id="h-.*?</symbol>', sprite.read_text(), re.DOTALL)
        icons = [_symbol(name, lucide[f"icons/{name}.svg"].decode()) for name in ICONS]
        note = f"Icons i-*: {LUCIDE}, ISC licence (parts MIT, Feather); see LICENSE-lucide.txt. Shapes h-*: ours."
        sprite.write_text(
            "\n".join(
                [
                    f'<svg xmlns="http://www.w3.org/2000/svg"><!-- {note} -->',
                    *icons,
                    *own,
                    "</svg>\n",
                ]
            )
        )
        self.stdout.write(f"{HTMX}, {LUCIDE}: {len(icons)} icons")


def _package(name: str) -> dict[str, bytes]:
    """Every file of an npm package, by its path inside the package."""
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.run(  # noqa: S603 - fixed names, no shell
            ["npm", "pack", "--silent", name],  # noqa: S607 (as installed on this machine)
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        )
        content = (Path(folder) / packed.stdout.strip().splitlines()[-1]).read_bytes()
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
        return {
            member.name.removeprefix("package/"): file.read()
            for member in archive
            if member.isfile() and (file := archive.extractfile(member))
        }


def _symbol(name: str, svg: str) -> str:
    shapes = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL).split(">", 1)[1].rsplit("</svg>", 1)[0]
    tight = re.sub(r"\s*\n\s*", "", shapes).replace(" />", "/>")
    return f'<symbol id="i-{name}" viewBox="0 0 24 24">{tight}</symbol>'
