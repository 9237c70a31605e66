"""What docs/keys.md says to do about the log's key is done here, with the commands that stand there."""

import json
import re
import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from huiyin.kernel.ledger.notes import Checkpoint, Note, Verifier, chosen, cosigned_by, verifiers
from tests.support.forking import Forks, forking
from tests.support.processes import ROOT, accepts, environment, free_port, running, until

LOADED = """
import json
import django
django.setup()
from django.conf import settings
from django.utils import timezone
from huiyin.cli import COMMANDS, main, parser
from huiyin.parts.cases.actions.filing import Submission, file_case
from huiyin.parts.cases.models import Case
from huiyin.parts.cases.receipts import receipt

for name in COMMANDS:
    parser(name)

def do(what, *words):
    if what == "huiyin":
        return main(words)
    if what == "file":
        letter = Submission(title="工资", text="三个月没有发工资。")
        file_case(letter, channel="web", now=timezone.now())
    else:
        print(json.dumps(receipt(Case.objects.order_by("id")[int(words[0])])))
    return 0
"""


def commands(heading: str) -> list[str]:
    """Return the commands under a heading of docs/keys.md, in their order."""
    text = (ROOT / "docs/keys.md").read_text("utf-8")
    section = text.partition(f"### {heading}\n")[2].partition("\n#")[0]
    found = re.findall(r"^    (huiyin .*)$", section, re.MULTILINE)
    assert found, heading
    return found


@dataclass
class House:
    """A service, and a witness on another machine, each in a directory of its own."""

    home: Path
    forks: Forks
    lines: dict[str, str] = field(default_factory=dict)

    @property
    def state(self) -> Path:
        return self.home.parent / "witness"

    @property
    def log(self) -> Path:
        return self.home / "log"

    @property
    def checkpoint(self) -> str:
        return (self.log / "checkpoint").read_text("utf-8")

    def run(self, *words: str, status: int = 0, witnesses: str = "") -> str:
        """Run a command; return what it printed."""
        script = f"settings.HUIYIN_WITNESSES = {witnesses!r}\nstatus = do(*{words!r})"
        ended = self.forks.run(script)
        printed = ended.out + ended.err
        assert ended.status == status, printed
        return printed

    def huiyin(self, *words: str, status: int = 0, witnesses: str = "") -> str:
        return self.run("huiyin", *words, status=status, witnesses=witnesses)

    def as_written(self, command: str, status: int = 0) -> str:
        """Run a command of the page, with this house's own names in it."""
        where = {
            "/var/lib/witness": str(self.state),
            "https://host/log": str(self.log),
            "receipt.json": str(self.home / "receipt.json"),
            "seen-before.txt": str(self.home / "seen-before.txt"),
            "old.pub": str(self.home / "old.pub"),
            "new.pub": str(self.home / "new.pub"),
            "OLD LINE": self.lines.get("old", ""),
            "NEW LINE": self.lines.get("new", ""),
        }
        program, *words = shlex.split(command)
        assert program == "huiyin"
        return self.huiyin(*(where.get(word, word) for word in words), status=status)

    def files(self) -> None:
        """File a letter, and give it its place."""
        self.run("file")
        self.huiyin("worker", "--once")

    def receipt(self, number: int = 0) -> dict[str, object]:
        found: dict[str, object] = json.loads(self.run("receipt", str(number)))
        return found

    def signing(self) -> list[str]:
        """Return the log's key lines as the service shows them."""
        return re.findall(r"log key +(\S+)", self.huiyin("keys", "show"))

    def learns_new_line(self) -> None:
        self.lines["new"] = self.signing()[0]
        assert self.lines["new"] != self.lines["old"]
        (self.home / "new.pub").write_text(self.lines["new"] + "\n", encoding="utf-8")

    @contextmanager
    def witnessed(self) -> Iterator[str]:
        """Serve the witness; give the line by which a log's operator lists it."""
        port = free_port()
        serve = ("witness", "--state", str(self.state), "serve", "--port", str(port))
        with running(self.home.parent, *serve):
            assert until(lambda: accepts(port))
            yield f"{self.lines['witness']} http://127.0.0.1:{port}"

    def is_cosigned(self) -> bool:
        """File a letter under a worker that asks the witness; return whether it cosigns."""
        with self.witnessed() as asked:
            self.run("file")
            assert "is away" not in self.huiyin("worker", "--once", witnesses=asked)
        return bool(cosigned_by(self.checkpoint, [Verifier.parse(self.lines["witness"])]))


@contextmanager
def living(home: Path) -> Iterator[House]:
    around = environment(home, HUIYIN_PASSWORD="correct-horse-12", LC_ALL="C.UTF-8")
    with forking(LOADED, around, home.parent) as forks:
        yield House(home, forks)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a service that was just set up."""
    home = tmp_path_factory.mktemp("bare") / "home"
    home.mkdir()
    with living(home) as found:
        found.huiyin("init", "--name", "测试集团", "--user", "wang")
    return home


@pytest.fixture
def house(bare: Path, tmp_path: Path) -> Iterator[House]:
    """A service with a letter, a receipt of it, and a witness that has cosigned."""
    home = tmp_path / "home"
    shutil.copytree(bare, home)
    with living(home) as found:
        found.files()
        found.lines["old"] = found.signing()[0]
        (home / "old.pub").write_text(found.lines["old"] + "\n", encoding="utf-8")
        (home / "seen-before.txt").write_text(found.checkpoint, encoding="utf-8")
        (home / "receipt.json").write_text(json.dumps(found.receipt()), encoding="utf-8")
        key = ("witness", "--state", str(found.state), "key", "--name", "union.example/w")
        found.lines["witness"] = found.huiyin(*key).strip()
        found.huiyin("witness", "--state", str(found.state), "add-log", found.lines["old"])
        assert found.is_cosigned()
        yield found


def verified(house: House, *keys: str, status: int = 0, name: str = "receipt.json") -> str:
    more = [word for key in keys for word in ("--key", str(house.home / key))]
    path = str(house.home / name)
    return house.huiyin("verify", path, "--log", str(house.log), *more, "--json", status=status)


def signers(house: House) -> set[bytes]:
    note = Note.parse(house.checkpoint)
    origin = Checkpoint.parse(note.text).origin
    return {one.key_id for one in note.signatures if one.name == origin}


def test_a_planned_change(house: House) -> None:
    rotate, show, add_log = commands("A planned change")
    house.as_written(rotate)
    assert "still signs" in house.as_written(show)
    house.learns_new_line()
    assert signers(house) == {Verifier.parse(house.lines[one]).key_id for one in ("old", "new")}
    assert house.is_cosigned()  # by the old key that the witness knows
    house.as_written(add_log)
    for keys in (["old.pub"], ["new.pub"], ["old.pub", "new.pub"]):
        fresh = json.dumps(house.receipt(1))
        (house.home / "fresh.json").write_text(fresh, encoding="utf-8")
        verified(house, *keys, name="fresh.json")
    verified(house, "old.pub")
    (house.home / "keys/log-1.key").unlink()  # years later
    house.files()
    assert signers(house) == {Verifier.parse(house.lines["new"]).key_id}
    assert house.is_cosigned()
    verified(house, "old.pub", "new.pub")
    assert house.huiyin("audit", "--key", str(house.home / "new.pub"))


def test_a_lost_key(house: House) -> None:
    replace, show, add_log, verify, audit = commands("The key is lost")
    before = house.checkpoint
    (house.home / "keys/log.key").unlink()
    house.run("file")  # a letter is taken
    assert "log.key is missing" in house.huiyin("worker", "--once")
    assert house.checkpoint == before  # nothing signs
    house.huiyin("update")
    assert not (house.home / "keys/log.key").exists()  # none is made unseen
    house.as_written(replace)
    house.as_written(show)
    house.learns_new_line()
    assert signers(house) == {Verifier.parse(house.lines["new"]).key_id}
    assert Checkpoint.parse(Note.parse(house.checkpoint).text).size > Checkpoint.parse(Note.parse(before).text).size  # fmt: skip
    house.as_written(add_log)
    assert house.is_cosigned()
    house.as_written(verify)
    assert "another_key" in verified(house, "new.pub", status=1)  # by one line alone it is not
    house.as_written(audit)
    (house.home / "receipt.json").write_text(json.dumps(house.receipt()), encoding="utf-8")
    verified(house, "new.pub")  # fetched again


def test_a_stolen_key(house: House, bare: Path) -> None:
    replace, add_log, drop_key, verify = commands("The key is copied by a thief")
    stolen = (house.home / "keys/log.key").read_text("ascii")
    house.as_written(replace)
    house.learns_new_line()
    assert signers(house) == {Verifier.parse(house.lines["new"]).key_id}
    assert (house.home / "keys/log-1.key.ended").read_text("ascii") == stolen
    house.as_written(add_log)
    house.as_written(drop_key)
    assert house.is_cosigned()
    house.as_written(verify)  # the receipt of before stays good, with the log of today
    assert chosen(verifiers(house.lines["old"]), house.checkpoint).key_id not in signers(house)
    forged = house.home.parent / "thief"  # what he signs with what he has
    shutil.copytree(bare, forged)
    (forged / "keys/log.key").write_text(stolen, encoding="ascii")
    with living(forged) as thief, house.witnessed() as asked:
        thief.files()
        assert thief.signing()[0] == house.lines["old"]
        (house.home / "forged.json").write_text(json.dumps(thief.receipt()), encoding="utf-8")
        refused = ""
        for _ in range(20):  # until the witness's process answers
            refused = thief.huiyin("worker", "--once", witnesses=asked)
            if "is away" not in refused:
                break
    assert "403" in refused  # the old key counts no longer
    assert "forked" in verified(house, "old.pub", "new.pub", status=1, name="forged.json")


def test_a_witness_keeps_one_key_of_a_log_at_least(house: House) -> None:
    drop = ("witness", "--state", str(house.state), "drop-key", house.lines["old"])
    assert "add the new one first" in house.huiyin(*drop, status=2)
    other = str(Verifier(Verifier.parse(house.lines["old"]).name, bytes(range(32))))
    assert "is not known" in house.huiyin(*drop[:-1], other, status=2)
