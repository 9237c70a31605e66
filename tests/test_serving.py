"""The service under real sockets and real kills: nobody stops it, and nobody shares its port."""

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.processes import (
    PATIENCE,
    ROOT,
    environment,
    free_port,
    huiyin,
    running,
    wait_for,
)

pytestmark = [
    pytest.mark.sqlite_only,
    pytest.mark.skipif(not Path("/proc").exists(), reason="looks for processes in /proc"),
]
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Service:
    """A running service: where it listens, its main process, its folder."""

    port: int
    pid: int
    home: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def seconds(self, path: str = "") -> float:
        """How long a page takes."""
        began = time.monotonic()
        with urllib.request.urlopen(self.address + path, timeout=PATIENCE) as answer:
            answer.read()
        return time.monotonic() - began

    def connect(self, head: str = "", body: bytes = b"") -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        if head:
            lines = f"{head}\r\nHost: 127.0.0.1\r\nAccept-Language: en\r\n\r\n"
            connection.sendall(lines.encode() + body)
        return connection


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("service")
    subprocess.run(
        huiyin(folder, "init", "--name", "测试集团", "--user", "wang"),
        env=environment(folder, HUIYIN_PASSWORD="correct-horse-12"),
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    return folder


@contextlib.contextmanager
def served(home: Path, *more: str, **settings: str) -> Iterator[Service]:
    port = free_port()
    with running(home, "serve", "--port", str(port), *more, **settings) as process:
        assert wait_for(f"http://127.0.0.1:{port}/") == 200
        yield Service(port, process.pid, home)


@pytest.fixture(scope="module")
def service(home: Path) -> Iterator[Service]:
    with served(home, "--no-worker") as service:
        yield service


def children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    threads = [Path(path, "children").read_text() for path in Path(f"/proc/{pid}/task").iterdir()]
    return sorted({int(child) for part in (text, *threads) for child in part.split()})


def is_alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def is_worker(pid: int) -> bool:
    return b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes()


def until(holds: Callable[[], object]) -> bool:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if holds():
                return True
        time.sleep(0.1)
    return False


def test_slow_bodies_and_idle_connections_keep_no_page_waiting(service: Service) -> None:
    service.seconds()
    head = f"POST /file/ HTTP/1.1\r\nContent-Type: {FORM}\r\nContent-Length: 1000000"
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(service.connect(head, b"a")) for _ in range(50)]
        for _ in range(50):
            stack.enter_context(service.connect())
        began = time.monotonic()
        while time.monotonic() - began < 6:
            for connection in slow:
                with contextlib.suppress(ConnectionError):  # ended already, on a busy machine
                    connection.sendall(b"a")
            assert service.seconds() < 5
            time.sleep(1)
        told = [rest(connection) for connection in slow]  # comes back once it is closed
        assert all(answer in {b"", b"HTTP/1.1 408"} for answer in told)
        assert told.count(b"HTTP/1.1 408") > 25


def rest(connection: socket.socket) -> bytes:
    """Read what still comes until the other side closes; return its first words."""
    received = b""
    with contextlib.suppress(ConnectionError):
        while chunk := connection.recv(65536):
            received += chunk
    return received[:12]


def test_slow_readers_of_answers_keep_no_page_waiting(service: Service) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(50):
            connection = socket.socket()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            connection.connect(("127.0.0.1", service.port))
            stack.enter_context(connection)
            asked = b"GET /static/huiyin.css HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
            connection.sendall(asked * 8)
        assert service.seconds() < 5


@pytest.mark.parametrize(
    ("path", "kind", "size"),
    [
        ("/file/", FORM, 38_000_000),
        ("/api/v1/letters", "application/json", 45_000_000),
        ("/file/", "multipart/form-data; boundary=x", 200_000_000),
    ],
)
def test_what_is_too_large_is_told_before_it_is_sent(
    service: Service, path: str, kind: str, size: int
) -> None:
    head = f"POST {path} HTTP/1.1\r\nContent-Type: {kind}\r\nContent-Length: {size}"
    with service.connect(head) as connection:
        answer = connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"too large" in answer
    assert (b"application/problem+json" in answer) == path.startswith("/api/")


def test_a_body_without_a_length_is_cut_where_it_gets_too_large(service: Service) -> None:
    head = f"POST /file/ HTTP/1.1\r\nContent-Type: {FORM}\r\nTransfer-Encoding: chunked"
    chunk = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
    with service.connect(head, chunk * 20) as connection:
        assert connection.recv(65536).startswith(b"HTTP/1.1 413")


def test_a_second_service_on_a_taken_port_is_refused_with_a_sentence(service: Service) -> None:
    second = subprocess.run(
        huiyin(service.home, "serve", "--port", str(service.port), "--no-worker"),
        env=environment(service.home), cwd=ROOT, capture_output=True, check=False,
        timeout=PATIENCE,
    )  # fmt: skip
    assert second.returncode == 2
    assert f"port {service.port} is taken" in second.stderr.decode()


def test_a_port_that_another_program_has_is_refused_too(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = subprocess.run(
            huiyin(home, "serve", "--port", str(port), "--no-worker"),
            env=environment(home), cwd=ROOT, capture_output=True, check=False, timeout=PATIENCE,
        )  # fmt: skip
    assert refused.returncode == 2
    assert "taken" in refused.stderr.decode()


def test_whoever_of_the_processes_is_killed_is_begun_again(home: Path) -> None:
    with served(home) as service:
        web = [pid for pid in children(service.pid) if not is_worker(pid)]
        (worker,) = [pid for pid in children(service.pid) if is_worker(pid)]
        assert len(web) == 2
        os.kill(web[0], signal.SIGKILL)
        os.kill(worker, signal.SIGKILL)

        def all_back() -> bool:
            new = set(children(service.pid)) - {web[0], worker}
            return len(new) == 3 and any(is_worker(pid) for pid in new)

        assert until(all_back)
        assert service.seconds() < PATIENCE
    assert "the worker ended by itself" in (home / "output").read_text()


def test_web_processes_end_when_their_service_was_killed(home: Path) -> None:
    """Those too that were only beginning: the pages answer as soon as one of them does."""
    with served(home) as service:
        family = children(service.pid)
        assert len(family) == 3
        os.kill(service.pid, signal.SIGKILL)
        until(lambda: not any(is_alive(pid) for pid in family))
        left = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in family if is_alive(pid)]
        for pid in filter(is_alive, family):
            os.kill(pid, signal.SIGKILL)  # a test that fails leaves none behind either
        assert left == []


def test_serving_other_machines_in_clear_is_told_loudly(home: Path) -> None:
    before = len((home / "output").read_text()) if (home / "output").exists() else 0
    with served(home, "--host", "0.0.0.0", "--no-worker"):
        pass
    assert "nothing encrypts" in (home / "output").read_text()[before:]
    before = len((home / "output").read_text())
    with served(
        home, "--host", "0.0.0.0", "--no-worker",
        HUIYIN_ORIGINS="https://letters.example.org", HUIYIN_HOSTS="127.0.0.1",
    ):  # fmt: skip
        pass
    assert "nothing encrypts" not in (home / "output").read_text()[before:]
