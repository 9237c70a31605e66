"""A report of the canteen and a mark on its page, for the table of who may open which page."""

from django.utils import timezone

from huiyin.parts.reports.actions import reporting
from huiyin.parts.reports.models import Mark, Report
from tests.cast import Cast
from tests.parts.reports.conftest import URGENT

POSTED = {"report_acknowledge"}
EVERYBODY = {"reports", "report_write"}
ABOVE = {"clerk", "group_head"}
ARGUMENTS = {"report_picture": ["abc"]}
NUMBERED = {"report", "report_acknowledge", "report_act", "report_correct", "report_picture"}


def arguments(cast: Cast) -> dict[str, list[object]]:
    """Return what the addresses take, set up where it is not there yet."""
    report = Report.objects.filter(unit=cast.canteen).first()
    if report is None:
        report = reporting.send(cast.cook, "urgent", URGENT, now=timezone.now())
    mark, _ = Mark.objects.get_or_create(
        unit=cast.canteen, kind="urgent_late", subject=report.ref,
        defaults={"report": report, "made_at": timezone.now()},
    )  # fmt: skip
    found: dict[str, list[object]] = {
        name: [report.number, *ARGUMENTS.get(name, [])] for name in NUMBERED
    }
    found |= {"report_file": [report.number, "docx"], "reports_day_file": ["xlsx"]}
    found |= {name: [cast.canteen.pk] for name in ("reports_trend", "reports_trend_file")}
    found |= {"reports_unit": [cast.canteen.pk], "report_write": ["urgent"]}
    found |= {name: [mark.pk] for name in ("mark_reply", "mark_withdraw")}
    return found
