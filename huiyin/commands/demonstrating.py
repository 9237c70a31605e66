"""`huiyin demo`: the demonstration organisation, ready to click through."""

import argparse

from django.utils import timezone

from huiyin.commands import serving
from huiyin.commands.setting_up import prepare
from huiyin.kernel.units.models import Organisation


def add(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    serving.add(parser)
    parser.add_argument("--no-serve", action="store_true", help="set up only")


def run(args: argparse.Namespace) -> int:
    """Set up what is missing, say where everything is, and serve."""
    from huiyin import demo

    prepare()
    if not Organisation.objects.exists():
        print("Setting up the demonstration organisation …", flush=True)
        demo.load(timezone.now())
    address = f"http://{args.host}:{args.port}"
    print(
        f"\n  File or follow a letter   {address}/\n  For those who answer      {address}/staff/\n"
    )
    print(demo.sign_ins(), flush=True)
    return 0 if args.no_serve else serving.run(args)
