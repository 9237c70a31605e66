"""State of the reports part: reports and who has them, silence noticed, incidents."""

from huiyin.parts.reports.models.incidents import Incident
from huiyin.parts.reports.models.reports import (
    Arrival,
    DailyRule,
    DayCount,
    Mark,
    Progress,
    Report,
    Version,
)
from huiyin.parts.reports.models.windows import (
    Window,
    WindowPost,
    WindowReply,
    WindowUnit,
    WindowVersion,
)

__all__ = [
    "Arrival",
    "DailyRule",
    "DayCount",
    "Incident",
    "Mark",
    "Progress",
    "Report",
    "Version",
    "Window",
    "WindowPost",
    "WindowReply",
    "WindowUnit",
    "WindowVersion",
]
