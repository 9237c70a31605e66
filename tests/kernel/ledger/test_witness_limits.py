"""What strangers do to a witness: it goes on cosigning for the log that it knows."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from huiyin.commands import witnessing
from huiyin.kernel.ledger import actions, cosigning, sequencer, signing, witness_state
from huiyin.kernel.ledger.cosigning import Witness
from tests.support.processes import PATIENCE, until

pytestmark = pytest.mark.django_db


@pytest.fixture
def witness(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Witness, witnessing.Witness]]:
    """A witness in a thread, whose connections last a second; it knows the log."""
    settings.HUIYIN_LOG = tmp_path / "log"
    monkeypatch.setattr(witnessing, "LIFE", 1)
    monkeypatch.setattr(witnessing, "CONNECTIONS", 8)
    state = tmp_path / "witness"
    key = witness_state.make_key(state, "union.example/witness")
    witness_state.add_log(state, signing.verifier())
    with witnessing.Witness(("127.0.0.1", 0), state) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1})
        thread.start()
        try:
            yield Witness(key, f"http://127.0.0.1:{server.server_address[1]}"), server
        finally:
            server.shutdown()
            thread.join()


def connect(server: witnessing.Witness) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.server_address[1]), timeout=PATIENCE)


def grow(now: datetime) -> None:
    actions.append_many([actions.Draft("case.asked", "case:1", now)])
    sequencer.round_now(now)


def answer(server: witnessing.Witness, request: bytes) -> bytes:
    """Return what comes back until the witness closes the connection."""
    found = b""
    with connect(server) as stranger:
        with contextlib.suppress(ConnectionError):  # closed while there was more to send
            stranger.sendall(request)
        with contextlib.suppress(ConnectionError):
            while part := stranger.recv(65536):
                found += part
    return found


def test_connections_that_say_nothing_lock_nobody_out(
    witness: tuple[Witness, witnessing.Witness], now: datetime
) -> None:
    log, server = witness
    idle = [connect(server) for _ in range(50)]
    grow(now)
    assert cosigning.cosign_now(log)
    assert len(server._open) <= 8
    assert idle[0].recv(1) == b""  # the oldest was closed for a newer one
    for one in idle:
        one.close()


def test_one_that_sends_a_byte_at_a_time_is_closed(
    witness: tuple[Witness, witnessing.Witness], now: datetime
) -> None:
    log, server = witness
    with connect(server) as slow:
        slow.sendall(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 60000\r\n\r\n")

        def closed() -> bool:
            try:
                slow.sendall(b"x")
            except ConnectionError:
                return True
            return False

        assert until(closed)
    grow(now)
    assert cosigning.cosign_now(log)


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"Content-Length: 70000\r\n", b" 413 "),
        (b"Content-Length: " + b"9" * 5000 + b"\r\n", b" 413 "),
        (b"Transfer-Encoding: chunked\r\n", b" 411 "),
        (b"Content-Length: 3\r\n\r\nold", b" 400 "),
        (b"".join(b"X-%d: 1\r\n" % n for n in range(200)), b" 431 "),
    ],
)
def test_requests_out_of_bounds_get_a_short_answer(
    witness: tuple[Witness, witnessing.Witness], head: bytes, status: bytes
) -> None:
    found = answer(witness[1], b"POST /add-checkpoint HTTP/1.1\r\n" + head + b"\r\n")
    assert status in found.partition(b"\r\n")[0]


def test_a_head_without_end_is_not_read_to_its_end(
    witness: tuple[Witness, witnessing.Witness], now: datetime
) -> None:
    log, server = witness
    line = b"X-Long: " + b"y" * 30_000 + b"\r\n"
    found = answer(server, b"POST /add-checkpoint HTTP/1.1\r\n" + line * 90)
    assert b" 200 " not in found
    grow(now)
    assert cosigning.cosign_now(log)
    assert b" 404 " in answer(server, b"POST /other HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
