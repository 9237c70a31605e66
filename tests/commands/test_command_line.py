"""The command line loads what the command needs, and says what there is without loading anything."""

import subprocess
import sys

import pytest

from huiyin.cli import COMMANDS

LOADED = """
import sys
from huiyin.cli import main
try:
    main(sys.argv[1:])
finally:
    print(*sorted(sys.modules))
"""
# Each takes 0.1 to 0.8 seconds of processor time to load.
HEAVY = {
    "apprise",
    "docx",
    "holidays",
    "numba",
    "openpyxl",
    "ortools",
    "pypdf",
    "requests",
    "typst",
}


def loaded(*words: str) -> tuple[str, set[str]]:
    """Return what the command line prints, and which modules it has loaded by then."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *words], capture_output=True, text=True, check=True
    )
    *said, modules = done.stdout.splitlines()
    return "\n".join(said), set(modules.split())


def test_the_help_names_every_command_and_loads_none() -> None:
    said, modules = loaded("--help")
    assert not [name for name in modules if name.startswith(("django.", "huiyin.commands."))]
    for name, (_, summary) in COMMANDS.items():
        assert name in said
        assert summary.split()[0] in said


@pytest.mark.parametrize("command", ["keys", "verify"])
def test_a_command_loads_no_other(command: str) -> None:
    said, modules = loaded(command, "--help")
    assert "usage: huiyin " + command in said
    commands = {name for name in modules if name.startswith("huiyin.commands.")}
    assert f"huiyin.commands.{COMMANDS[command][0]}" in commands
    others = {
        f"huiyin.commands.{module}" for name, (module, _) in COMMANDS.items() if name != command
    }
    assert not commands & others


@pytest.mark.parametrize("command", ["channel", "serve", "worker", "demo", "import"])
def test_a_library_that_loads_slowly_is_loaded_where_it_is_used(command: str) -> None:
    _said, modules = loaded(command, "--help")
    assert f"huiyin.commands.{COMMANDS[command][0]}" in modules
    assert not modules & HEAVY
