"""The main job, in order: a letter comes in, is answered in time, reviewed twice and closed."""

from datetime import datetime, timedelta

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.clock.sweep import sweep
from huiyin.kernel.ledger.models import Entry
from huiyin.parts.cases import sealing
from huiyin.parts.cases.actions import answering, forwarding, handling, reviews, writer
from huiyin.parts.cases.actions.answering import Promise
from huiyin.parts.cases.models import Case
from huiyin.parts.cases.queries import case_of_code, deadlines, story
from huiyin.wiring import DEADLINE_HANDLERS
from tests.cast import Cast
from tests.support.answers import ANSWER


def owed(case: Case) -> dict[str, datetime]:
    return {
        d.kind: d.due_at for d in deadlines(case) if d.state == Deadline.State.OPEN and d.post_id
    }


def test_a_letter_goes_from_filing_through_two_reviews_to_its_end(
    cast: Cast, now: datetime
) -> None:
    filed = cast.file(now)
    case, locator = filed.case, filed.case.locator
    assert case_of_code(str(filed.code)) == case
    assert sealing.title(case) == "三个月没有发工资"
    assert list(owed(case)) == ["case.forward"]

    now += timedelta(days=1)
    forwarding.forward(cast.clerk, locator, cast.works, now=now, reason="工资由机械厂答复")
    case.refresh_from_db()
    assert (case.stage, case.owner, case.unit) == ("forwarded", cast.owner.post, cast.works)
    assert list(owed(case)) == ["case.accept"]

    now += timedelta(days=2)
    handling.accept(cast.owner, locator, now=now)
    due = owed(case)["case.conclude"]
    assert due.isoformat() == "2026-05-05T16:00:00+00:00"  # 60 days after 6 March, in Shanghai

    now += timedelta(days=10)
    handling.write_to_writer(cast.owner, locator, "请说明是哪几个月。", now=now)
    writer.write_in(locator, "去年十二月、今年一月和二月。", now=now)
    today = now.date()
    answering.answer(
        cast.owner,
        locator,
        ANSWER,
        now=now,
        promises=[Promise("补发三个月工资", today + timedelta(days=5))],
    )
    case.refresh_from_db()
    assert case.stage == "answered"
    assert list(owed(case)) == ["case.remedy"]
    writer.rate(locator, 4, 2, now=now)

    now += timedelta(days=3)
    answering.report_remedy(cast.owner, locator, 1, "工资已于今日发放到账。", now=now)
    reviews.ask_review(locator, "赔偿没有算清楚。", now=now)
    case.refresh_from_db()
    assert case.stage == "reviewing"
    assert case.reviews.get().post == cast.group_reviewer.post

    now += timedelta(days=20)
    reviews.decide_review(cast.group_reviewer, locator, "upheld", ANSWER, now=now)
    writer_sees = case_of_code(str(filed.code))
    assert writer_sees.stage == "reviewed"
    reviews.ask_review(locator, "还是没有算清楚。", now=now)
    case.refresh_from_db()
    assert case.stage == "final_reviewing"
    final = case.reviews.get(level=2).post
    assert final not in {cast.group_reviewer.post, cast.owner.post, cast.clerk.post}

    now += timedelta(days=20)
    acting = cast.group_deputy if final == cast.group_deputy.post else cast.group_head
    reviews.decide_review(acting, locator, "changed", ANSWER, now=now)
    writer.confirm_remedy(locator, 1, now=now)
    writer.say_content(locator, now=now)
    case.refresh_from_db()
    assert (case.stage, case.closed_why) == ("closed", "content")
    assert not owed(case)
    assert not Deadline.objects.filter(subject=case.ref, state="open").exists()
    told = [one.step.kind for one in story(case, for_writer=True)]
    assert told[:3] == ["filed", "forwarded", "accepted"]
    entries = Entry.objects.filter(subject=case.ref, kind__startswith="case.")
    assert entries.count() == case.steps_count


def test_what_nobody_remembers_is_warned_escalated_and_marked_late(
    cast: Cast, now: datetime
) -> None:
    filed = cast.file(now)
    forwarding.forward(cast.clerk, filed.case.locator, cast.works, now=now)
    swept = sweep(now + timedelta(days=40), DEADLINE_HANDLERS)
    assert swept.late == 1
    assert swept.warned
    assert swept.escalated
    assert Entry.objects.filter(kind="clock.late", subject=filed.case.ref).count() == 1
    again = sweep(now + timedelta(days=40), DEADLINE_HANDLERS)
    assert again.total == 0
