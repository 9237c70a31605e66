"""`huiyin clock`: whether the machine's time is believed; a person's word after a jump."""

import argparse
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from huiyin.commands import Refused
from huiyin.kernel.clock import timekeeping
from huiyin.kernel.units.queries import organisation

NEAR = timedelta(minutes=3)


def add(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("what", choices=["show", "confirm"])
    parser.add_argument(
        "--time",
        help="with confirm: the true time by another clock, 2026-12-01T08:30, in your time zone",
    )


def run(args: argparse.Namespace) -> int:
    """Show what is known of the time, or take a person's word for it."""
    zone = ZoneInfo(organisation().zone)
    now = timezone.now()
    if args.what == "confirm":
        _confirm(args.time, now, zone)
    state = timekeeping.clock_state(now)
    print(f"this machine   {now.astimezone(zone):%F %T}")
    for label, shown, expected in (
        ("on hold", state.hold and state.hold.shown_at, state.hold and state.hold.expected_at),
        ("suspected", state.suspicion and now, state.suspicion and state.suspicion.expected),
    ):
        if shown and expected:
            print(
                f"{label:14} it showed {shown.astimezone(zone):%F %T} where"
                f" {expected.astimezone(zone):%F %T} was expected"
            )
    if state.may_sweep:
        print("believed       warnings, escalations, closing and erasure go on")
        return 0
    print("not believed   nothing is swept, closed or erased; set the clock right, then:")
    print("               huiyin clock confirm --time YYYY-MM-DDTHH:MM (by another clock)")
    return 1


def _confirm(stated: str | None, now: datetime, zone: ZoneInfo) -> None:
    if stated is None:
        raise Refused("confirm needs --time: look at another clock and give the true time")
    try:
        true_time = datetime.fromisoformat(stated)
    except ValueError as error:
        raise Refused(f"{stated} is no time; 2026-12-01T08:30 is one") from error
    if true_time.tzinfo is None:
        true_time = true_time.replace(tzinfo=zone)
    if abs(true_time - now) > NEAR:
        raise Refused(
            f"this machine shows {now.astimezone(zone):%F %T}, which is not the time that you gave:"
            " set its clock right first"
        )
    if timekeeping.confirm(now) is None:
        print("nothing waited for a confirmation")
