"""Print the test files that a change touches, for `make touched`; `make test` runs them all.

    python tools/touched_tests.py [--base main]

A module touches the tests that import it, at once or through one other module, and those in the
folder that mirrors its own; a template or a translation, the pages' tests; any change, the promises.
What everything stands on (settings, the lock file, conftest.py) touches all.
"""

import argparse
import subprocess
import sys
from pathlib import Path, PurePosixPath

import grimp

ROOT = Path(__file__).parent.parent
ALL = ("pyproject.toml", "uv.lock", "tests/conftest.py", "tests/settings.py", "huiyin/settings.py")
ALWAYS = ("tests/promises",)
BY_FOLDER = {
    "huiyin/web/templates/": "tests/web",
    "huiyin/web/static/": "tests/web",
    "huiyin/locale/": "tests/test_translations.py",
    "docs/": "tests/test_docs.py",
    "README.md": "tests/test_docs.py",
}


def changed(base: str) -> list[str]:
    """Return the files that differ from the branch point with `base`, untracked ones too."""
    fork = _git("merge-base", base, "HEAD")[0]
    return _git("diff", "--name-only", fork) + _git("ls-files", "--others", "--exclude-standard")


def touched(paths: list[str]) -> set[str]:
    """Return the test files and folders that the changed files touch."""
    if not paths:
        return set()
    if any(path in ALL for path in paths):
        return {"tests"}
    graph = grimp.build_graph("huiyin", "tests")
    tests = set(ALWAYS)
    for path in paths:
        tests |= {test for start, test in BY_FOLDER.items() if path.startswith(start)}
        if not path.endswith(".py") or not path.startswith(("huiyin/", "tests/")):
            continue
        mirror = ROOT / "tests" / PurePosixPath(path).relative_to(path.split("/")[0]).parent
        if path.startswith("huiyin/") and mirror != ROOT / "tests" and mirror.is_dir():
            tests.add(str(mirror.relative_to(ROOT)))
        module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        if module in graph.modules:
            near = graph.find_modules_that_directly_import(module) | {module}
            near |= {far for one in near for far in graph.find_modules_that_directly_import(one)}
            tests |= {_file(name) for name in near if ".test_" in name}
    return {path for path in tests if (ROOT / path).exists()}


def _file(module: str) -> str:
    return module.replace(".", "/") + ".py"


def _git(*arguments: str) -> list[str]:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument(
        "--base", default="HEAD", help="a branch or commit; HEAD: what is not committed"
    )
    files = touched(changed(asked.parse_args().base))
    print("\n".join(sorted(files)))
    sys.exit(0 if files else 1)
