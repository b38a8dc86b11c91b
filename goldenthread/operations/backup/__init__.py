"""A whole installation in one file, and back: the database as it stood at one moment, the key, files beside it.

The file is a tar: `manifest.json` first, then the database (`database.sqlite3`, or `database.dump` as `pg_dump` writes
it), `secret_key`, and `files/…`. The manifest holds a digest of every table, taken from the same moment; a restore
counts as done when the restored tables have the same.
"""

from goldenthread.operations.backup.digest import Digests, current, total
from goldenthread.operations.backup.make import backup
from goldenthread.operations.backup.restore import Restored, restore

__all__ = ["Digests", "Restored", "backup", "current", "restore", "total"]
