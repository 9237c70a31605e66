"""The documents say what the code does: every setting, command, entry kind and word is in them."""

import re
from pathlib import Path

from huiyin.cli import COMMANDS
from huiyin.kernel.ledger.kinds import KINDS
from huiyin.parts.cases.rules import MOVES

ROOT = Path(__file__).parent.parent
DOCS = "\n".join(
    path.read_text(encoding="utf-8") for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
)


def test_every_setting_is_documented() -> None:
    settings = (ROOT / "huiyin" / "settings.py").read_text(encoding="utf-8")
    named = set(re.findall(r'"(HUIYIN_[A-Z_]+)"', settings))
    assert named
    assert sorted(name for name in named if f"`{name}`" not in DOCS) == []


def test_every_command_is_documented() -> None:
    assert sorted(name for name in COMMANDS if f"`huiyin {name}" not in DOCS) == []


def test_every_kind_of_entry_is_documented() -> None:
    assert sorted(kind for kind in KINDS if f"`{kind}`" not in DOCS) == []


def test_every_file_that_a_document_names_exists() -> None:
    named = set(
        re.findall(r"`((?:huiyin|docs|tests|bench|tools|kernel|parts|web)/[\w./-]+\.\w+)", DOCS)
    )
    assert named
    missing = [
        name
        for name in named
        if not (ROOT / name).exists() and not (ROOT / "huiyin" / name).exists()
    ]
    assert sorted(missing) == []


def test_every_document_is_reached_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    pages = [path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/*.md")]
    assert sorted(page for page in pages if page not in readme) == []


def test_every_move_has_an_action_of_its_name_or_is_in_the_life_of_a_letter() -> None:
    actions = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "huiyin/parts/cases/actions").glob("*.py")
    )
    assert sorted(move for move in MOVES if f'"{move}"' not in actions) == []
