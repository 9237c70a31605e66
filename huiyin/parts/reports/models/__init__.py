"""State of the reports part: reports and who has them, silence noticed, incidents."""

from huiyin.parts.reports.models.incidents import (
    Incident,
    IncidentLine,
    IncidentTask,
    RoomLineStays,
)
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
    "IncidentLine",
    "IncidentTask",
    "Mark",
    "Progress",
    "Report",
    "RoomLineStays",
    "Version",
    "Window",
    "WindowPost",
    "WindowReply",
    "WindowUnit",
    "WindowVersion",
]
