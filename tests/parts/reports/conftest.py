"""The cast's organisation with duty leaders, and reports that say what must be said."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Role
from huiyin.parts.reports.actions import reporting
from huiyin.parts.reports.models import Report
from tests.cast import Cast, post

URGENT: dict[str, Any] = {
    "event": "fire",
    "what": "二号库房配电箱起火，明火已于 8:50 扑灭。",
    "when": "2026-03-03T00:40:00+00:00",
    "where": "食堂二号库房东门",
    "affected": 14,
    "danger": True,
    "done": "8:45 报警，8:50 断电，库房人员已全部撤出。",
    "needed": "请集团物资部今日调配备用配电箱一台。",
    "next": "2026-03-03T03:00:00+00:00",
}
DAILY: dict[str, Any] = {
    "filed": 0, "forwarded": 0, "answered": 0, "late": 0, "remedies": 0, "stood": 0, "checks": 0,
    "failed": 0, "incidents": 0, "what": "当日无突发情况，食堂供应正常。", "needed": "无",
}  # fmt: skip


@dataclass
class Desks:
    """The cast with a duty leader at each level, and a short way to send."""

    cast: Cast
    group_leader: Acting
    works_leader: Acting
    canteen_leader: Acting
    now: datetime
    sent: list[Report] = field(default_factory=list)

    def urgent(self, now: datetime | None = None, **changes: Any) -> Report:
        """Let the canteen's cook send an urgent report."""
        given = URGENT | changes
        return reporting.send(self.cast.cook, "urgent", given, now=now or self.now)

    def daily(self, acting: Acting, now: datetime | None = None, **changes: Any) -> Report:
        """Send a daily report."""
        return reporting.send(acting, "daily", DAILY | changes, now=now or self.now)


@pytest.fixture
def desks(cast: Cast, now: datetime) -> Desks:
    made = [
        post(unit, Role.DUTY_LEADER, f"{unit.code.lower()}-leader", now)
        for unit in (cast.group, cast.works, cast.canteen)
    ]
    return Desks(cast, *made, now=now)


Send = Callable[..., Report]
