"""`huiyin init`: database, keys, organisation, and the first person who may sign in."""

import argparse
import getpass
import os
from pathlib import Path

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from huiyin.commands import Refused, tables
from huiyin.kernel.clock import rounds
from huiyin.kernel.units import actions as units
from huiyin.kernel.units.models import Organisation, Role
from huiyin.kernel.vault import belonging, keys

# Places that are open to everybody in the country of the default pack (信访工作条例, articles 17 and 23).
OUTSIDE = (
    "国家信访局网上信访、当地信访局、12345 政务服务便民热线、12333 人力资源和社会保障热线、人民法院"
)
OUTSIDE_EN = (
    "The National Public Complaints Administration online, the local petition office, the 12345 and"
    " 12333 lines, the courts"
)


def add(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--name", default="", help="the organisation's name")
    parser.add_argument("--name-en", default="")
    parser.add_argument("--zone", default="Asia/Shanghai")
    parser.add_argument("--country", default="CN")
    parser.add_argument(
        "--language", default="zh-hans", choices=["zh-hans", "en"], help="of notices to posts"
    )
    parser.add_argument("--pack", default="cn-petition-2022", help="the policy pack")
    parser.add_argument("--user", default="", help="sign-in of the first clerk")
    parser.add_argument(
        "--independent", default="监督委员会",
        help="the body outside the tree that takes letters about the top; somebody is to hold its post",
    )  # fmt: skip
    parser.add_argument("--independent-en", default="Supervisory committee")
    parser.add_argument(
        "--outside",
        default=OUTSIDE,
        help="where else people may turn: authorities, hotlines, courts",
    )
    parser.add_argument("--outside-en", default=OUTSIDE_EN)
    parser.add_argument(
        "--demo-from", type=Path, metavar="TAXONOMY", help="a model city out of a table instead"
    )


def prepare() -> None:
    """Bring the database to this version and make the keys at the first time."""
    tables.bring_up_to_date()
    keys.ensure()
    belonging.check_ring()
    belonging.ensure_home()
    if rounds.last_round() is None:
        rounds.finish(timezone.now())  # from now on a worker that never comes is told too


def run(args: argparse.Namespace) -> int:
    """Set up an empty service; refuse when there is an organisation already."""
    prepare()
    if Organisation.objects.exists():
        raise Refused("the organisation is set up already")
    if args.demo_from:
        from huiyin.commands.importing import set_up_city

        set_up_city(args.demo_from)
        return 0
    if not args.name or not args.user:
        raise Refused("--name and --user are needed")
    password = os.environ.get("HUIYIN_PASSWORD") or getpass.getpass(f"Password for {args.user}: ")
    now = timezone.now()
    try:
        validate_password(password)
        with transaction.atomic():
            units.set_up(
                args.name,
                now=now,
                name_en=args.name_en,
                zone=args.zone,
                country=args.country,
                pack=args.pack,
                outside=args.outside,
                outside_en=args.outside_en,
                language=args.language,
            )
            root = units.add_unit("ROOT", args.name, name_en=args.name_en, now=now)
            clerk = units.add_post(root, Role.CLERK, "信访接待", title_en="Reception", now=now)
            user = User.objects.create_user(args.user, password=password, first_name=args.user)
            units.appoint(user, clerk, now=now)
            board = units.add_unit(
                "INDEPENDENT", args.independent, name_en=args.independent_en, now=now
            )
            reviewer = units.add_post(
                board, Role.REVIEWER, "独立受理", title_en="Independent reviewer", now=now
            )
            units.change_organisation(reception=clerk, independent=reviewer, now=now)
    except ValidationError as error:
        raise Refused("; ".join(error.messages)) from error
    print(f"{args.name} is set up. Next: huiyin serve, then sign in as {args.user}.")
    return 0
