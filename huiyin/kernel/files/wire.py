"""How `isolation` and `inspector` speak: two lengths, a header in JSON, bytes."""

import json
import socket
import struct
import time
from typing import Any

READY = b"R"
MOST = 256 * 1024 * 1024
_LENGTHS = struct.Struct(">II")


def send(connection: socket.socket, header: dict[str, Any], data: bytes) -> None:
    """Send one message; raises OSError."""
    head = json.dumps(header).encode()
    connection.sendall(_LENGTHS.pack(len(head), len(data)) + head)
    connection.sendall(data)


def receive(
    connection: socket.socket, deadline: float | None = None
) -> tuple[dict[str, Any], bytes]:
    """Receive one message until `deadline` (of time.monotonic).

    Raises EOFError if it ends before, TimeoutError, ValueError for what is no message.
    """
    head, body = _LENGTHS.unpack(_exactly(connection, _LENGTHS.size, deadline))
    if head > MOST or body > MOST:
        raise ValueError("too long")
    header = json.loads(_exactly(connection, head, deadline))
    if not isinstance(header, dict):
        raise ValueError("no header")  # noqa: TRY004  a fault of the message
    return header, bytes(_exactly(connection, body, deadline))


def _exactly(connection: socket.socket, length: int, deadline: float | None) -> bytearray:
    buffer = bytearray(length)
    view = memoryview(buffer)
    while view:
        if deadline is not None:
            connection.settimeout(max(deadline - time.monotonic(), 0.001))
        count = connection.recv_into(view)
        if not count:
            raise EOFError
        view = view[count:]
    return buffer
