"""`goldenthread COMMAND`: every command of the product, over the same settings and services."""

import os
import sys


def main() -> None:
    """Run a command (`goldenthread help` lists them)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goldenthread.config.settings")
    from django.core.management import execute_from_command_line

    words = sys.argv[1:]
    if words and not words[0].startswith("-"):
        words[0] = words[0].replace("-", "_")  # undo-import is undo_import
    execute_from_command_line(["goldenthread", *words])


if __name__ == "__main__":
    main()
