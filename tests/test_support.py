"""The house of the tests: what several need is in tests/support, and a test module is nobody's library."""

import ast
import os
from pathlib import Path

from tests.support import ready

TESTS = Path(__file__).parent


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return names


def test_no_test_module_is_imported_by_another() -> None:
    borrowed = {
        (str(path.relative_to(TESTS)), name)
        for path in TESTS.rglob("*.py")
        for name in imported(path)
        if name.startswith("tests.") and name.rsplit(".", 1)[-1].startswith("test_")
        if Path(TESTS.parent, *name.split(".")).with_suffix(".py").exists()
    }
    assert borrowed == set()


def test_whoever_runs_pytest_alone_is_told_which_translations_are_not_compiled(
    tmp_path: Path,
) -> None:
    source = tmp_path / "cases" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.touch()
    assert ready.missing(tmp_path) == (
        "translations are not compiled (cases): run `make messages` first"
    )
    source.with_suffix(".mo").touch()
    assert ready.missing(tmp_path) == ""
    os.utime(source, (source.stat().st_mtime + 9,) * 2)
    assert "cases" in ready.missing(tmp_path)
