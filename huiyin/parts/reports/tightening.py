"""What a window may ask of the organisation, and what makes it tighter. Pure.

The fields of `Settings` are all that a window can do: each is a duty of units and posts. None of
them reaches whoever writes, complains, travels, speaks or meets.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

DAY = 24 * 60
MOST_AHEAD = 90


class WrongSetting(ValueError):
    """A setting can't be taken: `field` names it, `code` says why."""

    def __init__(self, name: str, code: str) -> None:
        super().__init__(f"{name}: {code}")
        self.field, self.code = name, code


@dataclass(frozen=True)
class Settings:
    """What every unit of a window owes while it lasts.

    `cover`: a leader on duty at every minute of the window's days, the roster in force `roster_days`
    before the first day; `daily_by`: the daily report, every day, by so many minutes after midnight
    (None: none asked); `limits`: days by rule of the policy pack, each shorter than in force;
    `checklists`: the unit's checklists gone through in time; `line_test`, `exercise`: each unit
    tests its line, and holds an exercise, by the first day.
    """

    cover: bool = False
    roster_days: int = 0
    daily_by: int | None = None
    limits: Mapping[str, int] = field(default_factory=dict)
    checklists: bool = False
    line_test: bool = False
    exercise: bool = False

    def kept(self) -> dict[str, Any]:
        """Return the settings as JSON."""
        return {**asdict(self), "limits": dict(self.limits)}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Settings":
        """Return what `kept` returned; TypeError for a field that there is not."""
        return cls(**kept)


def check(settings: Settings) -> None:
    """Raise WrongSetting for a number out of its bounds, or for settings that ask for nothing."""
    if not 0 <= settings.roster_days <= MOST_AHEAD:
        raise WrongSetting("roster_days", "number")
    if settings.daily_by is not None and not 0 < settings.daily_by < DAY:
        raise WrongSetting("daily_by", "moment")
    if any(days < 1 for days in settings.limits.values()):
        raise WrongSetting("limits", "number")
    if settings == Settings(roster_days=settings.roster_days):
        raise WrongSetting("cover", "nothing_asked")


def loosened(old: Settings, new: Settings) -> str:
    """Return the name of the first setting that would ask for less than before; "" where none does."""
    for name in ("cover", "checklists", "line_test", "exercise"):
        if getattr(old, name) and not getattr(new, name):
            return name
    if new.roster_days < old.roster_days:
        return "roster_days"
    if old.daily_by is not None and (new.daily_by is None or new.daily_by > old.daily_by):
        return "daily_by"
    if any(new.limits.get(rule, DAY * DAY) > days for rule, days in old.limits.items()):
        return "limits"
    return ""
