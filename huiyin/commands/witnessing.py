"""`huiyin witness`: cosign the checkpoints of other people's logs (C2SP tlog-witness)."""

import argparse
import contextlib
import io
import signal
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType
from typing import Any

from huiyin.commands import Refused
from huiyin.kernel.ledger import witness_state as state
from huiyin.kernel.ledger import witnessing
from huiyin.kernel.ledger.notes import NOTE, NoteError, Verifier
from huiyin.kernel.ledger.witness_state import Known, StateError
from huiyin.kernel.ledger.witnessing import TEXT_TYPE, Outcome, Request, RequestError

MOST = 64 * 1024  # bytes of a request; 63 hashes and 64 signatures fit
HEAD = 16 * 1024  # bytes of its first line and headers
SECONDS = 10  # that a connection may be silent
LIFE = 30  # seconds that it may last, however busy
CONNECTIONS = 64  # at once; one more closes the oldest, so that nobody locks others out
TOLD = frozenset({200, 409, 422, 500})  # answers that a log's own checkpoint gets


def add(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--state", type=Path, required=True, help="the witness's own directory")
    what = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    key = what.add_parser("key", help="make the witness's key at first; print its verifier key")
    key.add_argument("--name", help="the witness's name, such as union.example.org/witness")
    log = what.add_parser("add-log", help="know a log, or a new key of one")
    log.add_argument("key", help='the log\'s key line, "NAME+ID+BASE64", got from its /log/key')
    drop = what.add_parser("drop-key", help="know a log by its other keys alone, after a theft")
    drop.add_argument("key", help="the key line that counts no longer")
    serve = what.add_parser("serve", help="answer add-checkpoint over HTTP")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8010)


def run(args: argparse.Namespace) -> int:
    """Make a key, know a log, or serve until stopped."""
    try:
        if args.what == "key" and not args.name:
            print(state.verifier(args.state))
            return 0
        with state.alone(args.state):
            if args.what == "key":
                print(state.make_key(args.state, args.name))
            elif args.what == "add-log":
                _add_log(args.state, args.key)
            elif args.what == "drop-key":
                key = Verifier.parse(args.key)
                state.drop_key(args.state, key)
                print(f"This key of {key.name} counts no longer.")
            else:
                _serve(args.state, args.host, args.port)
    except (StateError, NoteError, OSError) as error:
        raise Refused(str(error)) from error
    return 0


def _add_log(directory: Path, line: str) -> None:
    key = Verifier.parse(line)
    if key.type != NOTE:
        raise NoteError("this is the key of a witness, not of a log")
    state.add_log(directory, key)
    print(f"{key.name} is known.")


class Witness(ThreadingHTTPServer):
    """Serves one directory; one request at a time is decided, kept and cosigned.

    A stranger can use up neither threads nor memory nor time: connections are few, short and of one
    request each, of bounded length.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = CONNECTIONS

    def __init__(self, address: tuple[str, int], directory: Path) -> None:
        super().__init__(address, Handler)
        self.directory = directory
        self.one = threading.Lock()
        self._many = threading.Lock()
        self._open: dict[socket.socket, float] = {}  # since when; the oldest first

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer a connection in a thread of its own; of too many the oldest is closed."""
        with self._many:
            while len(self._open) >= CONNECTIONS:
                self._drop(next(iter(self._open)))
            self._open[request] = time.monotonic()
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection that was answered."""
        with self._many:
            self._open.pop(request, None)
        super().shutdown_request(request)

    def service_actions(self) -> None:
        """Close the connections that lasted too long; called every half second."""
        super().service_actions()
        end = time.monotonic() - LIFE
        with self._many:
            for request in [one for one, since in self._open.items() if since < end]:
                self._drop(request)

    def _drop(self, request: socket.socket) -> None:
        del self._open[request]
        with contextlib.suppress(OSError):  # it has gone by itself
            request.shutdown(socket.SHUT_RDWR)  # its thread reads the end, and closes it

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say in a line what went wrong with a connection; nothing of one that just went."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            print(f"huiyin: {type(error).__name__}: {error}", file=sys.stderr, flush=True)

    def answer(self, body: bytes) -> Outcome:
        """Answer a request; what is cosigned is on disk before the cosignature is made."""
        try:
            request = Request.parse(body)
            origin = witnessing.origin(request)
            with self.one:
                known = state.known(self.directory, origin)
                found = witnessing.decide(known.seen, request, known.keys)
                if found.accepted is None:
                    return found
                state.keep(self.directory, origin, Known(known.keys, found.accepted))
                line = state.sign(self.directory, found.accepted, int(time.time()))
        except RequestError as error:
            return Outcome(400, f"{error}\n")
        except (StateError, OSError) as error:
            print(f"huiyin: {error}", file=sys.stderr, flush=True)
            return Outcome(500, "the witness can't keep what it sees\n")
        return Outcome(200, f"{line}\n")


class Rationed(io.BufferedIOBase):
    """A stream that ends after so many bytes."""

    def __init__(self, stream: Any, left: int) -> None:
        self._stream, self._left = stream, left

    def read(self, size: int | None = -1, /) -> bytes:
        """Return at most `size` bytes, and no more than are left."""
        return self._spent(self._stream.read(self._within(size)))

    def readline(self, size: int | None = -1, /) -> bytes:
        """Return a line, or its beginning."""
        return self._spent(self._stream.readline(self._within(size)))

    def close(self) -> None:
        """Close what is read from."""
        self._stream.close()

    def _within(self, size: int | None) -> int:
        return self._left if size is None or size < 0 else min(size, self._left)

    def _spent(self, content: bytes) -> bytes:
        self._left -= len(content)
        return content


class Handler(BaseHTTPRequestHandler):
    """Reads one request and sends the answer."""

    server: Witness
    protocol_version = "HTTP/1.1"
    timeout = SECONDS

    def setup(self) -> None:
        """Read no more than one request holds."""
        super().setup()
        self.rfile = Rationed(self.rfile, HEAD + MOST)

    def do_POST(self) -> None:
        """Answer add-checkpoint; 404 elsewhere, 411 and 413 for a body of no or of great length."""
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit() or len(length) > 9 or int(length) > MOST:
            self._send(Outcome(413 if length.isdigit() else 411, "the length of the body\n"))
            return
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            return  # it went before it had said all
        if self.path.rstrip("/").endswith("/add-checkpoint"):
            found = self.server.answer(body)
        else:
            found = Outcome(404, "only add-checkpoint is answered here\n")
        if found.status in TOLD:  # else strangers fill the log
            print(f"{self.client_address[0]} {found.status}", file=sys.stderr, flush=True)
        self._send(found)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: each answer is already one line on standard error."""

    def _send(self, found: Outcome) -> None:
        content = found.body.encode()
        self.close_connection = True
        self.send_response(found.status)
        self.send_header("Connection", "close")
        self.send_header("Content-Type", found.type or TEXT_TYPE)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _serve(directory: Path, host: str, port: int) -> None:
    verifier = state.verifier(directory)
    with Witness((host, port), directory) as server:

        def stop(number: int, frame: FrameType | None) -> None:
            threading.Thread(target=server.shutdown).start()

        signal.signal(signal.SIGTERM, stop)
        print(f"{verifier} http://{host}:{server.server_address[1]}", flush=True)
        server.serve_forever()
