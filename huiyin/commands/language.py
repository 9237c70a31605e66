"""The language in which a command speaks: the terminal's."""

import os

from django.utils import translation


def speak() -> str:
    """Activate the language of LC_ALL, LC_MESSAGES or LANG: Chinese for zh, else English."""
    named = next(
        (os.environ[n] for n in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(n)), ""
    )
    language = "zh-hans" if named.lower().startswith("zh") else "en"
    translation.activate(language)
    return language
