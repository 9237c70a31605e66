"""Reports of every kind for the audit's tests: corrected, read, acted on, late, missing, marked."""

from datetime import datetime, timedelta

from huiyin.kernel.clock.sweep import sweep
from huiyin.kernel.ledger import sequencer
from huiyin.parts.reports import counting
from huiyin.parts.reports.actions import arriving, daily, marks, reporting
from huiyin.parts.reports.models import Mark
from huiyin.wiring import DEADLINE_HANDLERS, look_for_silence
from tests.cast import Cast
from tests.parts.reports.conftest import DAILY, URGENT

BY = 17 * 60


class Reporting:
    """One day of reports; `now` goes on from step to step, and the log with it."""

    def __init__(self, cast: Cast, now: datetime) -> None:
        self.cast, self.now = cast, now

    def on(self, **later: int) -> datetime:
        """Let time pass: what is due happens, and the log takes in what happened."""
        sequencer.round_now(self.now)
        self.now += timedelta(**(later or {"minutes": 4}))
        sweep(self.now, DEADLINE_HANDLERS)
        sequencer.round_now(self.now)
        return self.now

    def run(self) -> datetime:
        """Report for a day and the morning after; return when it ends."""
        cast = self.cast
        daily.require(cast.works_head, BY, every_day=False, now=self.now)
        daily.require(cast.clerk, BY, every_day=True, now=self.on())
        daily.require_no_more(cast.works_head, now=self.on())
        daily.open_day(self.on())
        self.urgent()
        self.daily()
        return self.now

    def urgent(self) -> None:
        """Send an urgent report that is corrected after it was read, and followed up."""
        cast = self.cast
        event = {"when": (self.now - timedelta(hours=3)).isoformat()}
        soon = {"next": (self.now + timedelta(hours=3)).isoformat()}
        given = URGENT | event | soon
        first = reporting.send(cast.cook, "urgent", given, now=self.on())
        arriving.acknowledge(cast.works_deputy, first.number, now=self.on())
        sooner = {"next": (self.now + timedelta(hours=2)).isoformat()}
        changed = given | {"affected": 12} | sooner
        reporting.correct(cast.cook, first.number, changed, now=self.on())
        arriving.acknowledge(cast.works_head, first.number, now=self.on())
        for word in ("配电箱一小时内送到。", "配电箱已经送到。"):
            arriving.act(cast.works_deputy, first.number, word, now=self.on())
        follow = {"what": "现场已清理完毕，库房恢复使用。", "affected": 3, "done": "已恢复供电。"}
        reporting.send(cast.cook, "followup", follow, now=self.on(), follows=first.number)
        late = Mark.objects.get(kind=Mark.Kind.URGENT_LATE)
        marks.reply(cast.cook, late.pk, "当时正在组织撤离。", now=self.on())
        marks.withdraw(cast.works_head, late.pk, "情况属实，予以撤销。", now=self.on())

    def daily(self) -> None:
        """Let one unit report in time with a wrong number, one late, and one not at all."""
        cast = self.cast
        counting.count_new(self.on())
        reporting.send(cast.cook, "daily", DAILY | {"stood": 7}, now=self.on())
        self.on(hours=9)
        look_for_silence(self.now)
        late = reporting.send(cast.driver, "daily", DAILY, now=self.on())
        arriving.acknowledge(cast.group_deputy, late.number, now=self.on())
        self.on(hours=15)
