"""`huiyin serve`: Granian, and in embedded mode a worker that lives and dies with it."""

import argparse
import logging
import os
import resource
import socket
import sys
import time
from functools import partial
from typing import Any

from django.conf import settings

from huiyin.commands import Refused, tables
from huiyin.supervising import Worker
from huiyin.web.networks import is_loopback

log = logging.getLogger("huiyin.serve")
CONNECTIONS = 4096  # of each web process, idle ones too: they cost no thread
KEEP_OFF = 5.0  # seconds before web processes that ended at once are begun again


def add(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
    parser.add_argument("--processes", type=int, default=2, help="web processes")
    parser.add_argument("--threads", type=int, default=4, help="threads in each")
    parser.add_argument("--no-worker", action="store_true", help="a worker runs elsewhere")


def run(args: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM; no process is left behind."""
    from huiyin.kernel.ledger.cosigning import WitnessError, witnesses

    try:
        witnesses()  # a bad list is named now, not by a worker that ends
    except WitnessError as error:
        raise Refused(str(error)) from error
    tables.require_current()
    if not (is_loopback(args.host) or settings.BEHIND_PROXY):
        print(IN_CLEAR.format(host=args.host), file=sys.stderr, flush=True)
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    with _alone(args.host, args.port):
        worker = None if args.no_worker else Worker()
        try:
            _serve(args)
        finally:
            if worker is not None:
                worker.stop()
    return 0


IN_CLEAR = """\
****************************************************************************
WARNING: {host} is reached from other machines, and nothing encrypts what is
sent: whoever sits on the network reads letters, codes and passwords. Put a
proxy that ends TLS in front, serve on 127.0.0.1, and set HUIYIN_ORIGINS
(docs/administer.md, "Behind a proxy").
****************************************************************************"""


def _alone(host: str, port: int) -> socket.socket:
    """Return what reserves the port until it is closed; raise Refused when another service has it.

    Granian's own sockets share a port with whoever asks (SO_REUSEPORT), so two services on one
    would each get a part of the letters. A name of an abstract socket has one holder, and is free
    again as soon as that one has ended, however it ended.
    """
    taken = f"port {port} is taken: another service answers there. End it, or give another --port."
    reserved = socket.socket(socket.AF_UNIX)
    if sys.platform == "linux":
        try:
            reserved.bind(f"\0huiyin-serve-{port}")
        except OSError as error:
            reserved.close()
            raise Refused(taken) from error
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        reserved.close()
        raise Refused(f"{host}:{port} can't be used ({error.strerror}). {taken}") from error
    return reserved


def _connections() -> int:
    """Return how many connections a process may hold: most of the files it may have open."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = CONNECTIONS * 2 if hard == resource.RLIM_INFINITY else min(hard, CONNECTIONS * 2)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most // 2


def _load(threads: int, parent: int) -> Any:
    """Return the application; called in each web process, which ends with its parent."""
    from huiyin.rsgi import load

    return load(threads, parent)


def _serve(args: argparse.Namespace) -> None:
    """Serve until asked to stop; web processes that end by themselves are begun again."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels

    while True:
        server = Granian(
            "huiyin.rsgi",
            address=args.host,
            port=args.port,
            interface=Interfaces.RSGI,
            http=HTTPModes.http1,
            workers=args.processes,
            backlog=1024,
            backpressure=_connections(),
            log_level=LogLevels.warning,
            websockets=False,
            respawn_failed_workers=True,
            workers_kill_timeout=20,
        )
        try:
            server.serve(target_loader=partial(_load, args.threads, os.getpid()), wrap_loader=False)
        except SystemExit:
            if server.interrupt_signal:
                return
        if server.interrupt_signal:
            return
        # Granian gives up when a process ends twice within seconds; the service does not.
        log.error("web processes ended twice in a few seconds; again in %d s", KEEP_OFF)
        time.sleep(KEEP_OFF)
        if server.interrupt_signal:
            return
