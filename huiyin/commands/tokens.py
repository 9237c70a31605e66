"""`huiyin token`: let a program act for a post; list and revoke what was let."""

import argparse

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext as _

from huiyin.commands import Refused
from huiyin.commands.language import speak
from huiyin.kernel.units.actions import NotYourPost
from huiyin.kernel.units.models import Post


def add(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--new", metavar="NAME", help="issue a token of this name")
    what.add_argument("--list", action="store_true", help="list the tokens, never their text")
    what.add_argument("--revoke", type=int, metavar="NUMBER", help="end a token of the list")
    parser.add_argument("--user", default="", help="whose sign-in the token stands for")
    parser.add_argument("--post", default="", help="code of the post that it acts for")
    parser.add_argument("--days", type=int, default=90, help="how long it lasts (90)")


def run(args: argparse.Namespace) -> int:
    """Do one of the three; a new token is shown this once."""
    from huiyin.web.api import tokens
    from huiyin.web.api.models import ApiToken

    speak()
    now = timezone.now()
    if args.list:
        for one in ApiToken.objects.select_related("post", "user").order_by("id"):
            ended = _("revoked") if one.revoked_at else f"{one.expires_at:%F}"
            print(f"{one.pk}\t{one.name}\t{one.post.code}\t{one.user.username}\t{ended}")
        return 0
    if args.revoke is not None:
        token = ApiToken.objects.select_related("post").filter(pk=args.revoke).first()
        if token is None:
            raise Refused(_("There is no such token."))
        tokens.revoke(token, now=now)
        print(_("Revoked."))
        return 0
    user = User.objects.filter(username=args.user, is_active=True).first()
    post = Post.objects.filter(code=args.post).first()
    if user is None or post is None:
        raise Refused(_("Give --user and --post as they are here."))
    try:
        text = tokens.issue(user, post, args.new, days=args.days, now=now)
    except NotYourPost as error:
        raise Refused(_("This user does not hold that post.")) from error
    except ValueError as error:
        raise Refused(str(error)) from error
    print(text)
    print(_("It is shown this once; only a hash of it is kept."))
    return 0
