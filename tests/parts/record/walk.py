"""Letters walking at random through whole lives, with attachments, notes and openings of identities."""

import random
from datetime import date, datetime, timedelta

from django.db import transaction

from huiyin.kernel.clock import actions as clock
from huiyin.kernel.files.inspect import FileRefused
from huiyin.kernel.ledger import sequencer
from huiyin.kernel.notices.channels import add_channel
from huiyin.kernel.units.actions import Acting, add_post, appoint, invite, release
from huiyin.kernel.units.models import Role
from huiyin.parts.cases.actions import calendar, closing, filing, handling, identity, writer
from huiyin.parts.cases.models import Case
from huiyin.parts.duty.actions import checklists, feeds, setup
from huiyin.parts.duty.lists import Line
from huiyin.web.api import tokens
from tests.cast import Cast
from tests.parts.record.reporting import Reporting
from tests.parts.record.rooming import Rooming
from tests.support import files as samples
from tests.support.lives import REFUSED, Lives

STEPS = 45
COMPLAINED = ("", "", "unit", "works_head", "works_deputy")


class Walk(Lives):
    """One or two letters at a time in one organisation; `now` goes on from walk to walk."""

    def __init__(self, cast: Cast, now: datetime, seed: int) -> None:
        super().__init__()
        self.cast, self.now, self.random = cast, now, random.Random(seed)

    def run(self) -> None:
        """Let two letters live; the log takes in what happens as it happens."""
        for _ in range(2):
            self.letter_with_everything()
            sequencer.round_now(self.now)
        for _ in range(STEPS):
            self.something()
            sequencer.round_now(self.now)

    def letter_with_everything(self) -> None:
        """File a letter that complains of somebody, gives a name, and has two attachments."""
        pick, seed = self.random, self.random.randbytes(16)
        filing.attach_to_draft(seed, "工资条".encode(), "wages.txt", now=self.now)
        filing.attach_to_draft(seed, self.picture(), "gate.jpg", now=self.now)
        self.now += timedelta(minutes=1)
        given: dict[str, object] = {"place_unit": self.cast.canteen, "danger": pick.random() < 0.5}
        complained = pick.choice(COMPLAINED)
        if complained == "unit":
            given["complained_unit"] = self.cast.canteen
        elif complained:
            given["complained_post"] = getattr(self.cast, complained).post
        filed = self.cast.file(
            self.now, naming="named", identity={"name": "张三"}, seed=seed, has_files=True, **given
        )
        self.stages[filed.case.locator] = "received"

    def picture(self) -> bytes:
        """Return a picture that says where it was taken, so that what was sent is kept apart."""
        found: bytes = samples.picture()  # type: ignore[no-untyped-call]
        return found

    def something(self) -> None:
        """Do one thing, mostly what fits."""
        pick = self.random
        n, choice, days = pick.randrange(2), pick.randrange(1, 100), pick.randrange(1, 41)
        match pick.randrange(10):
            case 0:
                self.time_passes(pick.choice([0, 1, 3, 6, 16, 31]), pick.randrange(30))
            case 1:
                self.beside(self.letter(n))
            case _:
                unit = pick.choice(["works", "canteen", "transport", "group"])
                self.whose_turn_it_is_goes_on(n, choice, unit, days)

    def beside(self, case: Case) -> None:
        """Do something that moves no letter on."""
        self.now += timedelta(minutes=1)
        owner = self.right_actor(case, "note")
        try:
            with transaction.atomic():
                match self.random.randrange(4):
                    case 0:
                        writer.attach(case.locator, self.picture(), "later.jpg", now=self.now)
                    case 1 if owner is not None:
                        handling.note(owner, case.locator, "先问车间。", now=self.now)
                    case 2 if owner is not None:
                        handling.write_to_writer(owner, case.locator, "请补充。", now=self.now)
                    case 3 if owner is not None:
                        reason = "需要核对工资发放名单。"
                        identity.open_identity(owner, case.locator, reason, now=self.now)
        except (*REFUSED, FileRefused):
            return


def duty_set_up(cast: Cast, now: datetime) -> None:
    """Set a point up with hours, a shift, rules, somebody who may serve, a checklist and a feed."""
    post = add_post(cast.board, Role.DUTY_LEADER, "值班负责人", title_en="Duty leader", now=now)
    appoint(cast.outsider, post, now=now)
    planner = Acting(cast.outsider, post)
    setup.set_rules(planner, now=now)
    who = (cast.owner.user, cast.cook.user)
    for place, code in enumerate(("SB-DESK", "SB-DOOR"), 1):
        setup.add_point(planner, code, "desk", "接待窗口", telephone="1", now=now)
        setup.add_opening(planner, code, now=now)
        setup.add_pattern(
            planner, code, f"D{place}", "白班", starts=8 * 60, minutes=12 * 60, now=now
        )
        setup.admit(planner, code, who[place - 1], "leader", now=now)
        line = Line("count", "灭火器", "Extinguisher", 2)
        checklists.add(planner, code, "交接检查", "shift", post, [line] * place, now=now)
        feeds.make(planner, code, now=now)
    feeds.make(planner, None, now=now)
    setup.close_point(planner, code, now=now)


def live(cast: Cast, now: datetime, *seeds: int, erased: bool = True) -> datetime:
    """Let letters live, one walk for each seed, units report and live through an incident and a window, and the organisation change; return the end.

    With `erased` a last letter is withdrawn and destroyed when its time is over.
    """
    clock.shorten("accept", 10, now=now)
    tokens.issue(cast.clerk.user, cast.clerk.post, "统计", days=30, now=now)
    appoint(cast.outsider, cast.cook.post, now=now, stand_in=True)
    before = now - timedelta(days=30)
    release(appoint(cast.outsider, cast.group_head.post, now=now, starts=before), now=now)
    duty_set_up(cast, now)
    for name in ("zhao", "qian"):
        invite(name, name, now=now)
        add_channel(cast.clerk.post, f"mailto://{name}:b@c.cn", place=0, now=now)
    gone = cast.file(now, naming="named", identity={"name": "李四"}).case
    writer.withdraw(gone.locator, "", now=now)
    sequencer.round_now(now)
    for seed in seeds:
        walk = Walk(cast, now, seed)
        walk.run()
        now = walk.now + timedelta(hours=1)
        calendar.set_day(date(2026, 5, 4) + timedelta(days=seed), False, "放假", now=now)
        sequencer.round_now(now)
    now = Rooming(cast, Reporting(cast, now).run()).run()
    if erased:
        now = max(now, gone.received_at + timedelta(days=800))
        Walk(cast, now, 0).time_passes(0, 0)
        sequencer.round_now(now)
        closing.erase_due(now)
        sequencer.round_now(now)
    return now
