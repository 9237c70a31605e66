"""Where those on duty at a point find medical help."""

from datetime import datetime

from django.db import transaction

from huiyin.kernel.units.actions import Acting
from huiyin.parts.duty.access import access_point, need_planner
from huiyin.parts.duty.actions._common import changed, need
from huiyin.parts.duty.models import DutyPoint


@transaction.atomic
def set_medical(acting: Acting, code: str, text: str, *, now: datetime) -> DutyPoint:
    """Say who helps when somebody on duty at the point feels ill."""
    point = access_point(acting, code, now)
    need_planner(acting, point.unit_id)
    point.medical = need("medical", text, least=0, most=80)
    point.save(update_fields=["medical"])
    changed("medical help set", point.ref, now, acting, point)
    return point
