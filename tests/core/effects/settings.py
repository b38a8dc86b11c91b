"""The product's settings with the jobs of the tests, and a lease short enough to wait for."""

from goldenthread.config.settings import *  # noqa: F403 (all of them)
from goldenthread.config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.core.effects"]
JOB_LEASE_SECONDS = 2
