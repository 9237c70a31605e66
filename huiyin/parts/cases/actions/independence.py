"""The independent post and the places outside: where letters go that complain of the top itself."""

from datetime import datetime

from django.db import transaction

from huiyin.kernel.given import BadInput
from huiyin.kernel.units import actions as units
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Organisation, Post
from huiyin.kernel.units.queries import line_of, organisation, runs_organisation
from huiyin.parts.cases import rules
from huiyin.parts.cases.actions._common import need, refresh, tell
from huiyin.parts.cases.actions.forwarding import transfer_to
from huiyin.parts.cases.conflict import is_barred
from huiyin.parts.cases.models import Case


@transaction.atomic
def name_independent(
    acting: Acting, post: Post, outside: str, outside_en: str = "", *, now: datetime
) -> Organisation:
    """Name the post that takes letters about the top, and where else people may turn.

    The post stands in a unit outside the tree of the reception. Letters that lay with nobody go to
    it at once. Raises BadInput, and NotYours for whoever does not look after what is common to all.
    """
    if not runs_organisation(acting.post):
        raise rules.NotYours("name_independent")
    mine = organisation()
    above = line_of(mine.reception.unit_id) if mine.reception else []
    if post.closed_at is not None or line_of(post.unit_id)[-1] in above:
        raise BadInput("independent", "not_outside")
    outside = need("outside", outside, least=2, most=2000)
    mine = units.change_organisation(
        independent=post, outside=outside, outside_en=outside_en.strip()[:2000], now=now, by=acting
    )
    _hand_over(post, now)
    return mine


def _hand_over(post: Post, now: datetime) -> None:
    """Give the letters that complain of the post they lie with to the post, unless of it too."""
    complaining = Case.objects.select_for_update(of=("self",)).exclude(
        conflict_unit=None, complained_post=None
    )
    for case in complaining.filter(stage=Case.Stage.RECEIVED).select_related("owner__unit"):
        if not is_barred(case, case.owner, now) or is_barred(case, post, now):
            continue
        # without an actor: whoever named the post may be whom the letter complains of
        transfer_to(case, post, now)
        tell(case, post, "filed", now)
        refresh(case)
