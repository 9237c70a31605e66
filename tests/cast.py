"""The people whom every test knows, and the organisation in which they meet.

Huaxin Group has two subsidiaries: the Machine Works, with its Canteen, and the Transport Company.
The Supervisory Board stands outside the tree and takes letters about the top. Each post has one
holder, named after it; `outsider` has an account and no post.
"""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User

from huiyin.kernel.holding.actions import hold
from huiyin.kernel.units.actions import (
    Acting,
    add_post,
    add_unit,
    appoint,
    change_organisation,
    set_up,
)
from huiyin.kernel.units.models import Organisation, Post, Role, Unit
from huiyin.parts.cases.actions.filing import Filed, Submission, file_case
from huiyin.parts.cases.models import Category, Claim

PASSWORD = "correct horse battery"


@dataclass
class Cast:
    """Units, posts (as actors) and categories, by the names that tests use."""

    organisation: Organisation
    group: Unit
    works: Unit
    canteen: Unit
    transport: Unit
    board: Unit
    clerk: Acting  # reception of the group
    group_deputy: Acting
    group_head: Acting
    group_reviewer: Acting
    owner: Acting  # case handler of the Machine Works, where most letters go
    works_deputy: Acting
    works_head: Acting  # the head complained of
    works_clerk: Acting
    cook: Acting  # handler of the canteen
    driver: Acting  # handler of the Transport Company
    transport_head: Acting
    auditor: Acting  # reviewer on the Supervisory Board
    outsider: User
    wages: Category
    safety: Category

    def file(self, now: datetime, **changes: object) -> Filed:
        """File an anonymous letter about wages; `changes` are fields of the submission."""
        channel = str(changes.pop("channel", "web"))
        acting = changes.pop("acting", None)
        given = {
            "title": "三个月没有发工资",
            "text": "机械厂装配车间从去年十二月起没有发工资，问了几次都说再等等。",
            "category": self.wages,
        } | changes
        return file_case(Submission(**given), channel=channel, now=now, acting=acting)  # type: ignore[arg-type]


def user(name: str) -> User:
    found = User(username=name, first_name=name)
    found.set_password(PASSWORD)
    found.save()
    return found


def post(unit: Unit, role: str, name: str, now: datetime) -> Acting:
    created: Post = add_post(unit, role, f"{unit.name}{Role(role).label}", now=now)
    holder = user(name)
    appoint(holder, created, now=now)
    return Acting(holder, created)


def enter(now: datetime) -> Cast:
    """Set up the organisation and its people."""
    organisation = set_up(
        "华信集团",
        now=now,
        name_en="Huaxin Group",
        outside="当地信访局、12345热线、人民法院",
        outside_en="The local petition office, the 12345 line, the courts",
    )
    group = add_unit("HX", "华信集团", name_en="Huaxin Group", now=now)
    works = add_unit("HX-W", "机械厂", name_en="Machine Works", parent=group, now=now)
    canteen = add_unit("HX-W-C", "食堂", name_en="Canteen", parent=works, now=now)
    transport = add_unit("HX-T", "运输公司", name_en="Transport Company", parent=group, now=now)
    board = add_unit("SB", "监事会", name_en="Supervisory Board", now=now)
    labour = Category.objects.create(code="labour", name="劳动和社会保障", name_en="Labour")
    wages = Category.objects.create(code="wages", name="工资", name_en="Wages", parent=labour)
    safety = Category.objects.create(code="safety", name="安全生产", name_en="Safety")
    works_claim = Claim.objects.create(unit=works, category=labour, place="机械厂")
    hold(labour, wages, safety, now=now)
    hold(works_claim, Claim.objects.create(unit=transport, matter="班车"), now=now)
    cast = Cast(
        organisation=organisation,
        group=group,
        works=works,
        canteen=canteen,
        transport=transport,
        board=board,
        clerk=post(group, Role.CLERK, "clerk", now),
        group_deputy=post(group, Role.DEPUTY, "group_deputy", now),
        group_head=post(group, Role.HEAD, "group_head", now),
        group_reviewer=post(group, Role.REVIEWER, "group_reviewer", now),
        owner=post(works, Role.HANDLER, "owner", now),
        works_deputy=post(works, Role.DEPUTY, "works_deputy", now),
        works_head=post(works, Role.HEAD, "works_head", now),
        works_clerk=post(works, Role.CLERK, "works_clerk", now),
        cook=post(canteen, Role.HANDLER, "cook", now),
        driver=post(transport, Role.HANDLER, "driver", now),
        transport_head=post(transport, Role.HEAD, "transport_head", now),
        auditor=post(board, Role.REVIEWER, "auditor", now),
        outsider=user("outsider"),
        wages=wages,
        safety=safety,
    )
    cast.organisation = change_organisation(
        now=now, reception=cast.clerk.post, independent=cast.auditor.post
    )
    return cast
