"""Change pure rules one place at a time and list the changes that no test notices.

    python tools/mutants.py                      a sample of 200 with seed 1
    python tools/mutants.py --sample 0 clock     every mutant of the modules with "clock" in their path
    python tools/mutants.py --sample 0 notes.py:74:   those of one line

Each mutant lives in a forked process that runs only the tests in COVERED_BY, up to the first that
fails. huiyin is imported after the fork, so whatever imports the module gets the mutant; no file is
changed, and Ctrl-C ends it with the count so far. Pure rules are tested without Django and without
conftest.py: a third of a second each. What survives lacks a test or means the same: docs/mutants.md.

Why no library (looked at in December 2026): mutmut 3.8 leaves alone what stands outside functions
(the table of moves, rungs, thresholds) and all decorated functions (properties), copies the tree,
and has no sample by seed. cosmic-ray 8.7 writes into the working tree and starts Python, pytest
and Django anew for each mutant: three times the processor time.
"""

import argparse
import ast
import contextlib
import copy
import importlib.abc
import importlib.machinery
import os
import random
import resource
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from mutate import places, variants  # beside this file

ROOT = Path(__file__).parents[1]
CLOCK, LEDGER, DUTY = "huiyin/kernel/clock/", "huiyin/kernel/ledger/", "huiyin/parts/duty/"
LIMITS = "kernel/clock/test_limits.py kernel/clock/test_packs.py"
RECEIPTS = "kernel/ledger/test_receipts.py kernel/ledger/test_receipt_text.py"
COVERED_BY = {
    CLOCK + "limits.py": LIMITS,
    CLOCK + "explanation.py": LIMITS,
    CLOCK + "pack.py": LIMITS,
    CLOCK + "calendars.py": "kernel/clock/test_calendars.py " + LIMITS,
    CLOCK + "ladder.py": "kernel/clock/test_ladder.py",
    LEDGER + "tree.py": "kernel/ledger/test_tree.py",
    LEDGER + "notes.py": "kernel/ledger/test_notes.py",
    LEDGER + "tiles.py": "kernel/ledger/test_tiles.py",
    LEDGER + "receipt_file.py": RECEIPTS,
    LEDGER + "receipts.py": RECEIPTS,
    LEDGER + "receipt_text.py": "kernel/ledger/test_receipt_text.py",
    LEDGER + "against.py": "kernel/ledger/test_receipts.py test_verify.py",
    LEDGER + "base45.py": "kernel/ledger/test_receipt_text.py",
    DUTY + "rules.py": "parts/duty/test_rules.py",
    DUTY + "hours.py": "parts/duty/test_hours.py",
    DUTY + "periods.py": "parts/duty/test_periods.py",
    DUTY + "classes.py": "parts/duty/test_classes.py",
    "huiyin/parts/cases/rules.py": "parts/cases/test_rules.py",
}
# Imported before the fork: slow to import, and not of this project.
COMMON = ("cryptography.hazmat.primitives.asymmetric.ed25519", "holidays", "hypothesis.stateful")
PYTEST = ["-s", "-p", "no:cacheprovider", "-p", "no:django", "-p", "no:schemathesis", "-p",
          "no:xdist", "--noconftest", "-W", "ignore::pytest.PytestConfigWarning"]  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change: the node in the order of `places`, its variant, and both in words."""

    path: str
    place: int
    variant: int
    line: int
    words: str


def mutants_of(path: str) -> list[Mutant]:
    """Return all that can be changed in one file."""
    made = []
    line = 1
    for place, (node, inside) in enumerate(places(ast.parse((ROOT / path).read_text()))):
        line = getattr(node, "lineno", line)
        for variant, other in enumerate(variants(node, inside)):
            before, after = (" ".join(ast.unparse(ast.fix_missing_locations(it)).split())[:90]
                             for it in (copy.deepcopy(node), copy.deepcopy(other)))  # fmt: skip
            made.append(Mutant(path, place, variant, line, f"{before}  ->  {after}"))
    return made


def changed(mutant: Mutant) -> ast.Module:
    """Return the module with the change in it."""
    tree = ast.parse((ROOT / mutant.path).read_text())
    node, inside = list(places(tree))[mutant.place]
    other = list(variants(node, inside))[mutant.variant]
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if value is node:
                setattr(parent, field, other)
                return ast.fix_missing_locations(tree)
            if isinstance(value, list) and any(child is node for child in value):
                value[[child is node for child in value].index(True)] = other
                return ast.fix_missing_locations(tree)
    raise LookupError(mutant)


class Importer(importlib.abc.MetaPathFinder, importlib.machinery.SourceFileLoader):
    """Hands out the mutant in place of its module."""

    def __init__(self, mutant: Mutant) -> None:
        super().__init__(mutant.path.removesuffix(".py").replace("/", "."), str(ROOT / mutant.path))
        self.code = compile(changed(mutant), self.path, "exec", dont_inherit=True)

    def get_code(self, fullname: str) -> object:  # type: ignore[override]
        """Return the mutant's code."""
        return self.code

    def find_spec(self, fullname: str, path: object, target: object = None) -> object:  # type: ignore[override]
        """Answer for the one module alone."""
        return importlib.machinery.ModuleSpec(fullname, self, origin=self.path) if fullname == self.name else None  # fmt: skip


class Run:
    """A plugin of pytest: forks where plugins are loaded and nothing of the project is."""

    def __init__(self, mutants: list[Mutant], options: argparse.Namespace) -> None:
        self.mutants, self.options = mutants, options
        self.killed, self.survivors = 0, list[Mutant]()

    @pytest.hookimpl(tryfirst=True)
    def pytest_load_initial_conftests(self, args: list[str]) -> None:
        """In the parent, run all and leave; in a child, go on with the tests of its module."""
        for name in COMMON:
            importlib.import_module(name)
        from hypothesis import Phase, settings  # not before pytest, which rewrites it

        settings.register_profile(
            "same",
            derandomize=True,
            deadline=None,
            database=None,
            phases=(Phase.explicit, Phase.generate),
        )
        settings.load_profile("same")
        until = time.monotonic() + self.options.minutes * 60
        running: dict[int, Mutant | str] = {}
        waiting: list[Mutant | str] = [*self.mutants[::-1], *{m.path for m in self.mutants}]
        try:
            while running or (waiting and time.monotonic() < until):
                if waiting and len(running) < self.options.jobs and time.monotonic() < until:
                    task = waiting.pop()
                    if not (child := os.fork()):
                        return self.become(task, args)
                    running[child] = task
                else:
                    child, status = os.wait()
                    self.judge(running.pop(child), status)
        except KeyboardInterrupt:
            for child in running:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
        return self.close()

    def become(self, task: Mutant | str, args: list[str]) -> None:
        """Let this process be the mutant (or the module as it is), bounded, silent."""
        path = task if isinstance(task, str) else task.path
        if isinstance(task, Mutant):
            sys.meta_path.insert(0, Importer(task))
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
        spent = int(time.process_time())
        resource.setrlimit(resource.RLIMIT_DATA, (2**31, 2**31))
        resource.setrlimit(resource.RLIMIT_CPU, (spent + self.options.seconds,) * 2)
        tests = [f"tests/{name}" for name in COVERED_BY[path].split()]
        args[:] = [*PYTEST, "-q", "-x", "--no-header", "--tb=short", *tests]

    def judge(self, task: Mutant | str, status: int) -> None:
        """Count a mutant; end everything where the tests fail without one."""
        if isinstance(task, str):
            if status:
                sys.exit(f"{task}: its tests fail as it stands")
            return
        if status:
            self.killed += 1
        else:
            self.survivors.append(task)
            print(f"\nsurvived  {task.path}:{task.line}  {task.words}", flush=True)
        done = self.killed + len(self.survivors)
        print(f"\r{done}/{len(self.mutants)}", end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        """Print the count and leave: 1 only where fewer died than were asked for."""
        ran = self.killed + len(self.survivors)
        print(f"\n{ran} mutants of {len(self.mutants)} run: {self.killed} killed, {len(self.survivors)} survived", flush=True)  # fmt: skip
        os._exit(int(self.killed < self.options.require * ran))


def main() -> None:
    """Choose the mutants and run them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("only", nargs="*", help="parts of path:line: of what is changed")
    parser.add_argument("--sample", type=int, default=200, help="how many, 0 for all")
    parser.add_argument("--seed", type=int, default=1, help="which sample")
    parser.add_argument("--minutes", type=float, default=20, help="when to stop")
    parser.add_argument("--seconds", type=int, default=60, help="processor time of one mutant")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--require", type=float, default=0, help="fail below this share killed")
    options = parser.parse_args()
    every = [mutant for path in COVERED_BY for mutant in mutants_of(path)]
    only = options.only or [""]
    mutants = [m for m in every if any(part in f"{m.path}:{m.line}:" for part in only)]
    random.Random(options.seed).shuffle(mutants)  # noqa: S311 - the same sample each time
    mutants = mutants[: options.sample or None]
    os.chdir(ROOT)
    sys.exit(pytest.main(PYTEST, plugins=[Run(mutants, options)]))


if __name__ == "__main__":
    main()
