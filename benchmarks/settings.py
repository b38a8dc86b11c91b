"""The product's settings with one more page, the floor that the others are measured against."""

from goldenthread.config.settings import *  # noqa: F403  # a settings module is its names
from goldenthread.config.settings import TEMPLATES

ROOT_URLCONF = "benchmarks.urls"
ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
TEMPLATES[0]["DIRS"] = [__file__.rsplit("/", 1)[0] + "/templates"]
