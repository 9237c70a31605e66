"""Compile translations: `python tools/messages.py FILE.po …`, each into the .mo beside it."""

import os
import sys
from pathlib import Path


def compile_messages(source: Path) -> Path:
    """Return the compiled file of a catalogue, written anew; one that can't be read raises."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled, draft = source.with_suffix(".mo"), source.with_suffix(f".mo.{os.getpid()}")
    with source.open("rb") as text:
        catalogue = read_po(text, locale=source.parts[-3], abort_invalid=True)
    with draft.open("wb") as binary:
        write_mo(binary, catalogue)
    return draft.replace(compiled)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        compile_messages(Path(name))
