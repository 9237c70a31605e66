"""An incident with its room and a window, from the beginning to the end, for the audit's tests."""

from datetime import datetime, timedelta
from typing import Any

from huiyin.kernel.clock.policy import policy
from huiyin.parts.reports.actions import (
    ending,
    incidents,
    leading,
    reporting,
    tasks,
    window_review,
    window_units,
    windows,
)
from huiyin.parts.reports.actions.ending import Change
from huiyin.parts.reports.models import Incident, Window
from huiyin.parts.reports.tightening import Settings
from tests.parts.record.reporting import Reporting
from tests.parts.reports.conftest import URGENT
from tests.support import files as samples

LATER = Settings(cover=True, roster_days=1, daily_by=16 * 60, limits={"accept": 5}, line_test=True)
MORE = Settings(**LATER.kept() | {"exercise": True, "limits": {"accept": 4, "conclude": 30}})


class Rooming(Reporting):
    """What follows on a day of reports: an incident, then a window of a few days."""

    def run(self) -> datetime:
        """Live through both; return when they end."""
        self.incident()
        self.window()
        return self.on()

    def soon(self, **later: int) -> datetime:
        """Return a time that lies ahead, to the minute."""
        return self.now.replace(second=0, microsecond=0) + timedelta(**later)

    def opened(self, **changes: Any) -> Incident:
        """Let the works report something urgent with a picture."""
        given = {name: value for name, value in URGENT.items() if name != "next"}
        given |= {"when": self.now.isoformat()} | changes
        picture = reporting.Picture("gate.jpg", samples.picture())  # type: ignore[no-untyped-call]
        sent = reporting.send(
            self.cast.works_clerk, "urgent", given, now=self.on(), pictures_sent=[picture]
        )
        assert sent.incident is not None
        return sent.incident

    def incident(self) -> None:
        """Open two; lead, decide, correct, hand on, stand down and review the first."""
        cast, number = self.cast, self.opened(danger=False).number
        clerk, head = cast.works_clerk, cast.works_head
        self.opened(where="二号库房西门")
        again = URGENT | {"next": self.soon(hours=3).isoformat()}
        reporting.send(clerk, "urgent", again, now=self.on(), joins=number)
        line = incidents.log(clerk, number, "电工到场断电。", now=self.on())
        incidents.log(clerk, number, "电工到场，9:10 断电。", now=self.on(), corrects=line.pk)
        incidents.decide(cast.works_deputy, number, "食堂停业一日", "库房断电", now=self.on())
        for acting, to in ((cast.works_deputy, head), (head, cast.owner)):
            leading.hand_lead(acting, number, to.post.pk, "须统一调度", now=self.on())
        for text, post in (("清点库房", clerk), ("联系供电", clerk), ("恢复供应", cast.owner)):
            until = self.soon(hours=5)
            tasks.set_task(head, number, text, post.post.pk, until, now=self.on())
        tasks.done(clerk, number, 1, "清点完毕，无损失。", now=self.on())
        for post in (cast.works_deputy, head):
            until = self.soon(days=2)
            tasks.hand_on(head, number, 2, post.post.pk, until, "配件后天到货", now=self.on())
        tasks.done(cast.owner, number, 3, "已恢复。", now=self.on())
        ending.stand_down(head, number, "明火扑灭", now=self.on(), review_post=clerk.post.pk)
        change = Change("每月检查配电箱", clerk.post.pk, self.soon(days=9))
        ending.review(clerk, number, "断电及时", "巡查不够", [change], now=self.on())

    def window(self) -> None:
        """Make a window, tighten it, and let units do what it asks, or not."""
        cast, calendar = self.cast, policy().calendar
        first = calendar.local_date(self.now) + timedelta(days=3)
        window = windows.make_window(
            cast.group_head, "会议特护期", first, first + timedelta(days=3), LATER, now=self.on()
        )
        group = {"overall": cast.works_head.post.code, "duty": cast.owner.post.code, "letters": ""}
        window_units.name_group(cast.works_head, window.number, group, now=self.on())
        today = calendar.local_date(self.now)
        window_units.confirm(cast.works_head, window.number, "line", today, now=self.on())
        windows.tighten_window(
            cast.group_head, window.number, MORE, first + timedelta(days=2), now=self.on()
        )
        for what in ("line", "exercise"):
            window_units.confirm(cast.cook, window.number, what, today, now=self.on())
        later = windows.make_window(
            cast.works_head, "另一特护期", first + timedelta(days=60), first + timedelta(days=61),
            LATER, now=self.on(),
        )  # fmt: skip
        for _ in range(8):
            self.on(days=1)
        for acting, then in ((cast.transport_head, "今后提前测试。"), (cast.works_clerk, "")):
            window_review.reply_to_review(
                acting, window.number, "排班表报送晚。", then, now=self.on()
            )
        assert Window.objects.get(pk=window.pk).closed_at is not None
        windows.close_window(cast.works_head, later.number, now=self.on())
