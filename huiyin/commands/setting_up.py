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
from huiyin.kernel.units import actions as units
from huiyin.kernel.units.models import Organisation, Role
from huiyin.kernel.vault import belonging, keys


def add(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--name", default="", help="the organisation's name")
    parser.add_argument("--name-en", default="")
    parser.add_argument("--zone", default="Asia/Shanghai")
    parser.add_argument("--country", default="CN")
    parser.add_argument("--pack", default="cn-petition-2022", help="the policy pack")
    parser.add_argument("--user", default="", help="sign-in of the first clerk")
    parser.add_argument(
        "--demo-from", type=Path, metavar="TAXONOMY", help="a model city out of a table instead"
    )


def prepare() -> None:
    """Bring the database to this version and make the keys at the first time."""
    tables.bring_up_to_date()
    keys.ensure()
    belonging.check_ring()
    belonging.ensure_home()


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
            mine = units.set_up(
                args.name,
                now=now,
                name_en=args.name_en,
                zone=args.zone,
                country=args.country,
                pack=args.pack,
            )
            root = units.add_unit("ROOT", args.name, name_en=args.name_en, now=now)
            clerk = units.add_post(root, Role.CLERK, "信访接待", title_en="Reception", now=now)
            user = User.objects.create_user(args.user, password=password, first_name=args.user)
            units.appoint(user, clerk, now=now)
            mine.reception = clerk
            mine.save()
    except ValidationError as error:
        raise Refused("; ".join(error.messages)) from error
    print(f"{args.name} is set up. Next: huiyin serve, then sign in as {args.user}.")
    return 0
