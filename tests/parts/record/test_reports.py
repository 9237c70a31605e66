"""What is done to reports behind the log's back is named."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from huiyin.kernel.ledger import signing
from huiyin.parts.record.audit import Audit
from huiyin.parts.reports.models import Arrival, DailyRule, Mark, Report
from huiyin.wiring import AUDITED
from tests.cast import Cast
from tests.parts.record.reporting import Reporting


@pytest.fixture
def end(cast: Cast, now: datetime, settings: Any, tmp_path: Path) -> datetime:
    settings.HUIYIN_LOG, settings.HUIYIN_FILES = tmp_path / "log", tmp_path / "files"
    return Reporting(cast, now).run()


def found(now: datetime) -> list[str]:
    audit = Audit(signing.verifier(), AUDITED, now=now)
    audit.run()
    return [str(one) for one in audit.found]


def test_reports_as_they_were_sent_read_and_acted_on_agree_with_the_log(end: datetime) -> None:
    assert found(end) == []
    assert set(Mark.objects.values_list("kind", flat=True)) == {
        "urgent_late", "changed", "numbers", "daily_missing",
    }  # fmt: skip
