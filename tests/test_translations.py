"""Every sentence that a page can show stands in the Chinese catalogue."""

import io
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation import templatize

ROOT = Path(__file__).parent.parent / "huiyin"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}


def used() -> dict[str, str]:
    """Return each message id with the file that uses it first."""
    found: dict[str, str] = {}
    sources = [
        (path, path.read_text(encoding="utf-8"))
        for path in sorted(ROOT.rglob("*.py"))
        if "migrations" not in path.parts
    ]
    sources += [
        (path, templatize(path.read_text(encoding="utf-8")))
        for path in sorted((ROOT / "web" / "templates").rglob("*.html"))
    ]
    for path, text in sources:
        for _line, _function, messages, _comments in extract_python(
            io.BytesIO(text.encode()), list(KEYWORDS), [], {"encoding": "utf-8"}
        ):
            for message in [messages] if isinstance(messages, str) else messages:
                if message:
                    found.setdefault(message, str(path.relative_to(ROOT)))
    return found


def catalogue() -> dict[str, str]:
    """Return all Chinese translations of all areas, by message id."""
    merged: dict[str, str] = {}
    for path in settings.LOCALE_PATHS:
        file = Path(path) / "zh_Hans" / "LC_MESSAGES" / "django.po"
        if file.exists():
            with file.open("rb") as stream:
                for message in read_po(stream):
                    if message.id:
                        keys = message.id if isinstance(message.id, tuple) else (message.id,)
                        text = (
                            message.string[0]
                            if isinstance(message.string, tuple)
                            else message.string
                        )
                        if text and not message.fuzzy:
                            merged.update(dict.fromkeys(keys, text))
    return merged


def test_every_message_has_its_chinese() -> None:
    chinese = catalogue()
    missing = {text: where for text, where in used().items() if text not in chinese}
    assert not missing, f"{len(missing)} without Chinese: {list(missing.items())[:40]}"


@pytest.mark.parametrize("pattern", [r"%\(\w+\)[sd]", r"\{\w*\}"])
def test_placeholders_survive_the_translation(pattern: str) -> None:
    wrong = {
        text: chinese
        for text, chinese in catalogue().items()
        if sorted(re.findall(pattern, text)) != sorted(re.findall(pattern, chinese))
        and not re.search(r"%\(count", text)
    }
    assert not wrong
