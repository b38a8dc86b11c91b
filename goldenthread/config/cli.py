"""`goldenthread COMMAND`: every command of the product, over the same settings and services."""

import os
import sys


def main() -> None:
    """Run a command (`goldenthread help` lists them)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goldenthread.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["goldenthread", *sys.argv[1:]])


if __name__ == "__main__":
    main()
