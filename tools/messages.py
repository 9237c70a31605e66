"""Compile the translations that have changed, each into the .mo beside it; `make messages` calls it."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def catalogues(root: Path = ROOT) -> list[Path]:
    """Return every catalogue of the tree."""
    return sorted(root.glob("huiyin/locale/*/*/LC_MESSAGES/django.po"))


def compile_messages(source: Path) -> Path:
    """Return the compiled file of a catalogue; made anew unless it is newer than its source.

    Raises babel's PoFileError, with the line, for a catalogue that can't be read.
    """
    compiled = source.with_suffix(".mo")
    if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
        return compiled
    from babel.messages.mofile import write_mo  # here: mostly nothing has changed
    from babel.messages.pofile import read_po

    draft = source.with_suffix(f".mo.{os.getpid()}")
    with source.open("rb") as text:
        catalogue = read_po(text, locale=source.parts[-3], abort_invalid=True)
    with draft.open("wb") as binary:
        write_mo(binary, catalogue)
    return draft.replace(compiled)


if __name__ == "__main__":
    for path in catalogues():
        compile_messages(path)
