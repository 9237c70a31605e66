"""For monitors: /healthz, whether this process answers; /readyz, whether the service does its work.

Words and ages only; nothing in them is secret. Answered before everything else, so that a monitor
may ask by any host name and no other fault hides the answer.
"""

from collections.abc import Callable
from datetime import timedelta

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from huiyin.kernel.clock import rounds, timekeeping
from huiyin.kernel.ledger import queries as ledger

LAGS = timedelta(minutes=5)  # an entry that waits so long for its place in the log needs somebody


def probes(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Middleware: answer /healthz and /readyz."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info == "/healthz":
            return _answer(["process: ok"], ready=True)
        if request.path_info == "/readyz":
            return _readiness()
        return get_response(request)

    return middleware


def _readiness() -> HttpResponse:
    now = timezone.now()
    try:
        last, waiting = rounds.last_round(), ledger.waiting_since()
        clock = timekeeping.clock_state(now)
    except DatabaseError:
        return _answer(["database: does not answer"], ready=False)
    age = None if last is None else max(timedelta(), now - last.at)
    lag = timedelta() if waiting is None else max(timedelta(), now - waiting)
    worker = "never finished a round" if age is None else f"last round {age.seconds} s ago"
    if age is not None and age.days:
        worker = f"last round {age.days} days ago"
    lines = ["database: ok", f"worker: {worker}", f"log: {int(lag.total_seconds())} s behind"]
    believed = "ok" if clock.may_sweep else "not believed: huiyin clock show"
    lines.append(f"clock: {believed}")
    if last is not None and last.failed:
        lines.append(f"failing: {last.failed}")
    works = age is not None and age <= rounds.SILENT and not (last and last.failed)
    return _answer(lines, ready=works and clock.may_sweep and lag <= LAGS)


def _answer(lines: list[str], *, ready: bool) -> HttpResponse:
    response = HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
    response.status_code = 200 if ready else 503
    response["Cache-Control"] = "no-store"
    response._has_been_logged = True  # type: ignore[attr-defined]  # a monitor's question is no error
    return response
