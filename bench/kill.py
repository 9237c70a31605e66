"""Kill a real service at random instants; hold what clients were told against what is there.

    python bench/kill.py --database sqlite --rounds 10 --seed 1

Clients file letters and write messages over the API and keep a journal of what was acknowledged.
In each round all processes, the worker alone, or one web process are killed with SIGKILL at a random
instant, and the service is begun again on the same directory. In the end each acknowledged letter is
opened with its receipt code and each message is looked for; the log is audited. The last line is JSON:
rounds, acknowledged, lost, doubled, unknown (sent, never acknowledged), audit. The status is 1 where
something was lost or doubled or the audit names anything. A message whose answer never came is not
sent again, so it may be there once or not at all; a letter is, with its Idempotency-Key.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

from private_postgres import private_postgres, stop_on_term  # noqa: E402
from servers import free_port  # noqa: E402

CLIENTS = 4
TO_START = 120.0  # seconds
TARGETS = ("all", "all", "worker", "web")
Answer = tuple[int, dict[str, object]]


@dataclass
class Journal:
    """What clients sent, and what they were told. Keys of letters lead to receipt codes."""

    letters: dict[str, str] = field(default_factory=dict)
    unanswered: list[str] = field(default_factory=list)  # keys of letters
    messages: dict[str, str] = field(default_factory=dict)  # acknowledged text -> receipt code
    unknown: dict[str, str] = field(default_factory=dict)  # text whose answer never came -> code
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class Service:
    """`huiyin serve` on a directory; begun again after each kill."""

    home: Path
    environment: dict[str, str]
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the service to its end."""
        return subprocess.run(
            [sys.executable, "-m", "huiyin.cli", *words],
            env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def start(self) -> None:
        """Start on a fresh port; return once it answers."""
        self.port = free_port()
        with (self.home / "output").open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "huiyin.cli", "serve", "--port", str(self.port)],
                env=self.environment, cwd=ROOT, stdout=out, stderr=out,
            )  # fmt: skip
        end = time.monotonic() + TO_START
        while time.monotonic() < end:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.ask("GET", "/api/v1/units", None, {})[0] == 200:
                    return
            time.sleep(0.2)
        raise RuntimeError(f"the service does not answer: see {self.home / 'output'}")

    def ask(self, method: str, path: str, given: object, headers: dict[str, str]) -> Answer:
        """Ask the API; raise OSError or HTTPException where no whole answer came."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            body = None if given is None else json.dumps(given).encode()
            sent = {"Content-Type": "application/json", **headers}
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        try:
            told = json.loads(content)
        except ValueError:
            told = {}
        return answer.status, told if isinstance(told, dict) else {}

    def family(self) -> dict[int, str]:
        """Return the processes of this service with their command lines."""
        mark = f"HUIYIN_VAR={self.home}".encode()
        found = {}
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    found[int(entry.name)] = line
        return found

    def kill(self, target: str, dice: random.Random) -> None:
        """Kill processes at once; what is left of the service is then killed too."""
        family = self.family()
        assert self.process is not None
        chosen = [pid for pid, line in family.items() if " worker " in line]
        if target == "web":
            chosen = [pid for pid in family if pid not in (*chosen, self.process.pid)]
            chosen = [dice.choice(chosen)] if chosen else []
        elif target == "all":
            chosen = list(family)
        self._end(chosen)
        if target != "all":
            time.sleep(dice.uniform(0.0, 2.0))  # the rest goes on for a while
        self.end()

    def end(self) -> None:
        """Kill all that is left."""
        while left := self.family():
            self._end(list(left))
            time.sleep(0.05)
        if self.process is not None:
            self.process.wait()

    @staticmethod
    def _end(pids: list[int]) -> None:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def say(text: str) -> None:
    """Tell whoever watches."""
    print(text, file=sys.stderr, flush=True)


def client(service: Service, journal: Journal, stop: threading.Event, seed: int) -> None:
    """File letters and write messages until told to stop, and keep what was acknowledged."""
    dice = random.Random(seed)
    while not stop.is_set():
        with journal.lock:
            key = journal.unanswered.pop() if journal.unanswered else None
            codes = list(journal.letters.values())
        if key or not codes or dice.random() < 0.4:
            _file(service, journal, key or f"kill-{secrets.token_hex(16)}")
        else:
            _write(service, journal, dice.choice(codes))


def _file(service: Service, journal: Journal, key: str) -> None:
    given = {"title": f"没有发工资 {key}", "text": f"从去年十二月起没有发工资。{key}"}
    status, told = 0, dict[str, object]()
    with contextlib.suppress(OSError, http.client.HTTPException):
        status, told = service.ask("POST", "/api/v1/letters", given, {"Idempotency-Key": key})
    with journal.lock:
        if status in {200, 201}:
            journal.letters[key] = str(told["receipt_code"])
        else:
            journal.unanswered.append(key)
    if not status:
        time.sleep(0.1)


def _write(service: Service, journal: Journal, code: str) -> None:
    text = f"补充一点情况：{secrets.token_hex(16)}"
    status = 0
    with contextlib.suppress(OSError, http.client.HTTPException):
        status, _ = service.ask(
            "POST", "/api/v1/letter/messages", {"text": text}, {"Receipt-Code": code}
        )
    with journal.lock:
        if status == 200:
            journal.messages[text] = code
        elif status == 0 or status >= 500:
            journal.unknown[text] = code
        else:
            raise RuntimeError(f"a message was refused with {status}")
    if not status:
        time.sleep(0.1)


@contextlib.contextmanager
def clients(service: Service, journal: Journal, seed: int) -> Iterator[None]:
    """Let the clients work while the block runs."""
    stop = threading.Event()
    threads = [
        threading.Thread(target=client, args=(service, journal, stop, seed * CLIENTS + number))
        for number in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


COUNT = """
import django; django.setup()
from huiyin.parts.cases.models import Case
print(Case.objects.count())
"""


def compare(service: Service, journal: Journal) -> dict[str, int]:
    """Open every letter and look for every message; count what is lost and what is there twice."""
    lost = doubled = 0
    for key in list(journal.unanswered):  # each is filed to its end, under its own key
        journal.unanswered.remove(key)
        _file(service, journal, key)
    stories: dict[str, str] = {}
    for key, code in journal.letters.items():
        status, told = service.ask("GET", "/api/v1/letter", None, {"Receipt-Code": code})
        stories[code] = json.dumps(told, ensure_ascii=False)
        lost += status != 200 or key not in stories[code]
    for text, code in (journal.messages | journal.unknown).items():
        times = stories[code].count(text)
        lost += text in journal.messages and times == 0
        doubled += times > 1
    there = subprocess.run(
        [sys.executable, "-c", COUNT], env=service.environment, cwd=ROOT,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    doubled += max(0, int(there.stdout) - len(journal.letters) - len(journal.unanswered))
    return {"lost": lost, "doubled": doubled}


def run(home: Path, database: str, rounds: int, seed: int) -> dict[str, object]:
    """Live through the rounds; return the last line."""
    environment = {name: value for name, value in os.environ.items() if name[:7] != "HUIYIN_"}
    environment |= {
        "HUIYIN_VAR": str(home),
        "HUIYIN_PASSWORD": "correct-horse-12",
        "DJANGO_SETTINGS_MODULE": "huiyin.settings",
    }
    if database:
        environment["HUIYIN_DATABASE_URL"] = database
    service, journal, dice = Service(home, environment), Journal(), random.Random(seed)
    made = service.command("init", "--name", "测试集团", "--user", "wang")
    if made.returncode:
        raise RuntimeError(made.stderr)
    try:
        for number in range(1, rounds + 1):
            service.start()
            with clients(service, journal, seed + number):
                time.sleep(dice.uniform(0.5, 6.0))
                target = dice.choice(TARGETS)
                service.kill(target, dice)
            told = len(journal.letters) + len(journal.messages)
            say(f"round {number} of {rounds}: killed {target}; {told} acknowledged so far")
        service.start()
        result = compare(service, journal)
    finally:
        service.end()
    service.command("worker", "--once")
    audit = service.command("audit")
    if audit.returncode:
        say(audit.stdout + audit.stderr)
    return {
        "rounds": rounds,
        "acknowledged": len(journal.letters) + len(journal.messages),
        **result,
        "unknown": len(journal.unknown),
        "audit": audit.returncode,
    }


def main() -> int:
    """Read the arguments, run, print the last line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    stop_on_term()
    with (
        tempfile.TemporaryDirectory(prefix="huiyin-kill-") as folder,
        contextlib.ExitStack() as stack,
    ):
        url = ""
        if args.database == "postgresql":
            url = stack.enter_context(private_postgres(durable=True)).url()
        result = run(Path(folder), url, args.rounds, args.seed)
    print(json.dumps({"database": args.database, "seed": args.seed, **result}))
    return int(bool(result["lost"] or result["doubled"] or result["audit"]))


if __name__ == "__main__":
    sys.exit(main())
