"""A clock that shows another time than the machine ran."""

from datetime import timedelta

from django.utils import timezone

from huiyin.kernel.clock import timekeeping
from huiyin.kernel.clock.models import ClockReading


def show(offset: timedelta, *, boot: str | None = None) -> None:
    """Let the reading of a moment ago be `offset` before what the machine shows now."""
    machine = timekeeping.running()
    ClockReading.objects.all().delete()
    ClockReading.objects.create(
        boot=boot or machine.boot, at=timezone.now() - offset, uptime=machine.uptime
    )
    timekeeping.forget()
