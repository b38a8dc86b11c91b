"""The product's own settings, in a temporary home, with what makes tests quick and strict."""

import atexit
import os
import shutil
import tempfile

from tests.lines import note_lines

if "COVERAGE_FILE" in os.environ:
    note_lines()
_home = tempfile.mkdtemp(prefix="goldenthread-tests-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ["GOLDENTHREAD_HOME"] = _home
os.environ.setdefault("SECRET_KEY", "only-for-tests")
os.environ.setdefault("ACCESS_LOG", "0")
os.environ.setdefault("LOG_FORMAT", "plain")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright's loop runs in the test thread

from goldenthread.config.settings import *  # noqa: E402, F403 (all of them, once the environment is set)
from goldenthread.config.settings import DATABASES, INSTALLED_APPS, MIDDLEWARE, STORAGES  # noqa: E402 (likewise)

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in production: every thread has a connection of its own, so that locks are real.
    DATABASES["default"]["TEST"] = {"NAME": f"{_home}/test.sqlite3"}
    DATABASES["default"]["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"
else:
    # Compiling a query to machine code costs more than any query of a test; no test survives a power cut.
    options = "-c jit=off -c synchronous_commit=off"
    DATABASES["default"]["OPTIONS"] = DATABASES["default"].get("OPTIONS", {}) | {"options": options}
    # A connection that a thread of the live server keeps would keep the database from being dropped.
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["TEST"] = {"NAME": f"test_{DATABASES['default']['NAME']}_{os.getpid()}"}

# Two queries of one kind for rows of one list, within one request, are an error.
INSTALLED_APPS = [*INSTALLED_APPS, "zeal"]
MIDDLEWARE = ["zeal.middleware.zeal_middleware", *MIDDLEWARE]
ZEAL_RAISE = True
# Django reads a session a second time to delete it, where somebody was signed out elsewhere.
ZEAL_ALLOWLIST = [{"model": "sessions.Session", "field": "get()"}]

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
