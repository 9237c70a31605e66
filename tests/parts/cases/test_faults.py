"""A killed process and a full disk: a clear error, nothing lost, nothing half-done.

Each fault happens to a process of its own on a real database: a file of SQLite's, or a database of
the PostgreSQL server that the tests run on.
"""

import os
import shutil
import signal
import sqlite3
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings

from tests.support.forking import Forks, forking
from tests.support.processes import environment

LOADED = """
import os, signal
from datetime import UTC, datetime, timedelta
import django
django.setup()
from django.core.management import call_command
from huiyin.kernel.clock.models import Deadline, Step as Taken
from huiyin.kernel.clock.sweep import sweep
from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.notices.models import Notice
from huiyin.kernel.units.actions import act_for
from huiyin.kernel.vault import keyring
from huiyin.kernel.vault.models import SealedIdentity
from huiyin.parts.cases.actions import answering, forwarding, handling, writer
from huiyin.parts.cases.models import Case, Remedy, Step
from huiyin.parts.cases.queries import case_of_code
from huiyin.wiring import DEADLINE_HANDLERS
NOW = datetime(2026, 3, 3, 1, 14, tzinfo=UTC)
PERSON = {"naming": "named", "identity": {"name": "王小梅"}, "seed": b"one form" * 4}
"""
KILLED = """
def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
"""


@dataclass
class Home:
    """A service's directory and database, for processes that may die."""

    folder: Path
    forks: Forks

    def run(self, script: str, *, dies: bool = False, limit: int = 0) -> str:
        """Run a script in a process of its own; return what it printed."""
        ended = self.forks.run(textwrap.dedent(script), limit=limit)
        assert ended.status == (-signal.SIGKILL if dies else 0), ended.err
        return ended.out.strip()


pytestmark = pytest.mark.each_database
SERVER = os.environ.get("HUIYIN_DATABASE_URL", "")
NAME = f"faults_{os.getpid()}"
DROP = f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)"
DROP_PATTERN = f"DROP DATABASE IF EXISTS {NAME}_pattern WITH (FORCE)"


def on_server(*statements: str) -> None:
    """Tell the PostgreSQL server something; nothing to tell where SQLite is used."""
    if SERVER:
        with psycopg.connect(SERVER, autocommit=True) as server:
            for one in statements:
                server.execute(one)  # type: ignore[arg-type]


def address(database: str) -> str:
    return urlsplit(SERVER)._replace(path=f"/{database}").geturl() if SERVER else ""


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A directory and a database to which all processes of these tests are led."""
    place = tmp_path_factory.mktemp("faults")
    folder = place / "var"
    around = environment(folder, **({"HUIYIN_DATABASE_URL": address(NAME)} if SERVER else {}))
    on_server(DROP, f"CREATE DATABASE {NAME}")
    with forking(LOADED, around, place) as forks:
        yield Home(folder, forks)
    on_server(DROP)


@pytest.fixture(scope="module")
def pattern(empty: Home) -> Iterator[Path]:
    """An organisation set up once, to be copied for each test."""
    empty.run(
        """
        keyring.create(django.conf.settings.HUIYIN_KEYS)
        call_command("migrate", verbosity=0)
        from tests.cast import enter
        enter(NOW)
        """
    )
    on_server(DROP_PATTERN, f"CREATE DATABASE {NAME}_pattern TEMPLATE {NAME}")
    yield shutil.copytree(empty.folder, empty.folder.parent / "pattern")
    on_server(DROP_PATTERN)


@pytest.fixture
def home(empty: Home, pattern: Path) -> Home:
    shutil.rmtree(empty.folder)
    shutil.copytree(pattern, empty.folder)
    on_server(DROP, f"CREATE DATABASE {NAME} TEMPLATE {NAME}_pattern")
    return empty


FILE = """
from huiyin.parts.cases.actions.filing import Submission, file_case
def file_one():
    return file_case(Submission(title="欠薪", text="三个月没有发工资。", **PERSON),
                     channel="web", now=NOW)
"""
ACCEPT = """
from huiyin.kernel.units.models import Unit
from django.contrib.auth.models import User
def acting(name):
    return act_for(User.objects.get(username=name), None, NOW)
def accepted():
    case = file_one().case
    forwarding.forward(acting("clerk"), case.locator, Unit.objects.get(code="HX-W"), now=NOW)
    handling.accept(acting("owner"), case.locator, now=NOW)
    return case
def answer(case):
    return answering.answer(
        acting("owner"), case.locator,
        answering.AnswerText("经核实，工资确实没有发放。", "劳动法第五十条", "本月二十日前补发。"),
        now=NOW, promises=[answering.Promise("补发工资", NOW.date())])
"""
COUNTS = """
print(Case.objects.count(), Step.objects.count(), SealedIdentity.objects.count(),
      Deadline.objects.count(), Notice.objects.count(),
      Entry.objects.filter(subject__startswith="case:").count())
"""


@pytest.mark.parametrize(
    "at", ["huiyin.parts.cases.search.pending", "huiyin.kernel.vault.actions.seal_identity"]
)
def test_a_process_killed_while_filing_leaves_no_letter_and_the_form_can_be_sent_again(
    home: Home, at: str
) -> None:
    module, _, name = at.rpartition(".")
    home.run(FILE + KILLED + f"import {module}\n{module}.{name} = die\nfile_one()", dies=True)
    again = "print(file_one().again, file_one().again)\n"  # and sent twice after its receipt
    assert home.run(FILE + COUNTS + again + COUNTS) == "0 0 0 0 0 0\nFalse True\n1 1 1 1 1 1"


def test_a_letter_whose_receipt_was_shown_survives_the_kill_of_the_process(home: Home) -> None:
    code = home.run(
        FILE + "print(file_one().code, flush=True); os.kill(os.getpid(), signal.SIGKILL)",
        dies=True,
    )
    assert home.run(f"print(case_of_code({code!r}).stage)") == "received"


def test_a_process_killed_while_answering_leaves_the_letter_as_it_was(home: Home) -> None:
    before = home.run(FILE + ACCEPT + "accepted()" + COUNTS)
    home.run(
        FILE + ACCEPT + KILLED + "answering.refresh = die\nanswer(Case.objects.get())", dies=True
    )
    stage = "print(Case.objects.get().stage, Remedy.objects.count())\n"
    found = home.run(
        FILE + ACCEPT + COUNTS + stage + "answer(Case.objects.get())\n" + stage
    ).splitlines()
    assert found == [before, "accepted 0", "answered 1"]


def test_a_sweep_killed_half_way_takes_each_step_once_in_all(home: Home) -> None:
    home.run(FILE + ACCEPT + "PERSON.pop('seed')\nfor _ in range(4): accepted()")
    sweeping = "\nsweep(NOW + timedelta(days=61), DEADLINE_HANDLERS)"
    dying = "import huiyin.kernel.clock.sweep as s\ns.BATCH = 2\nmove, left = s._move, [2]\n"
    dying += "def later(moved):\n    left[0] -= 1\n    move(moved) if left[0] else die()\ns._move = later\n"
    home.run(KILLED + dying + sweeping, dies=True)
    counts = """
told = Notice.objects.filter(kind__startswith="clock.")
steps = Taken.objects.exclude(post=None).values_list("deadline", "post")
print(len(set(steps)), told.count(), Entry.objects.filter(kind="clock.late").count())
"""
    found = home.run(counts + sweeping + counts + sweeping + counts).splitlines()
    taken, told, late = found[0].split()
    assert taken == told
    assert 0 < int(late) < 4
    assert found[1].split()[0] == found[1].split()[1]
    assert found[1].split()[2] == "4"
    assert found[2] == found[1]


def test_a_full_disk_is_a_clear_error_and_loses_nothing(home: Home) -> None:
    if "postgresql" in settings.DATABASES["default"]["ENGINE"]:
        pytest.skip("the server's disk is not this process's; SQLite shows the same transaction")
    home.run(FILE + "PERSON.pop('seed')\nfor _ in range(3): file_one()")
    size = (home.folder / "huiyin.sqlite3").stat().st_size
    error = home.run(
        FILE
        + """
from django.db import DatabaseError
PERSON.pop('seed')
filed = 0
try:
    for filed in range(1000):
        file_one()
except DatabaseError as error:
    print(filed, type(error).__name__, error)
""",
        limit=size + 64 * 1024,
    )
    filed, name, words = error.split(" ", 2)
    assert name == "OperationalError"
    assert "disk" in words
    counts = home.run(COUNTS + FILE + "print(file_one().again)").split()
    assert (counts[0], counts[-1]) == (str(3 + int(filed)), "False")
    with sqlite3.connect(home.folder / "huiyin.sqlite3") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
