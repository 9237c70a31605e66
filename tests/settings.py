"""The service's settings on a directory of the tests' own: nothing touches the service's."""

import os
import tempfile

HOME = tempfile.TemporaryDirectory(prefix="huiyin-test-")
os.environ["HUIYIN_VAR"] = HOME.name
for name in (
    "HUIYIN_KEYS",
    "HUIYIN_FILES",
    "HUIYIN_LOG_FILES",
    "HUIYIN_STATIC",
    "HUIYIN_SECRET_KEY",
):
    os.environ.pop(name, None)

from huiyin.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # sign-ins of tests only
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405 - WhiteNoise warns of a missing one
# Tables come from the models; tests/commands/test_tables.py holds them against the migrations.
DATABASES["default"].setdefault("TEST", {})["MIGRATE"] = False  # type: ignore[attr-defined]  # noqa: F405
