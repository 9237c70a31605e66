"""How fast a whole log is audited against the database, and in how much memory, on either database.

Letters are filed, forwarded, accepted and, one in four, answered by the same actions as in service; the
sequencer publishes their entries. Then `huiyin audit` runs as a process of its own: files, rows, letters,
deadlines, identities; every commitment is opened. `peak_mb` is what that process held at most, and
`start_mb` what it held before it began, so that growth with the size of the log shows.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT)]
TOGETHER = 200  # letters a transaction


def fill(letters: int) -> None:
    """Make the letters, and publish the log of them."""
    import django

    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import transaction
    from texts import letter

    from huiyin.kernel.ledger import sequencer
    from huiyin.kernel.units import actions as units
    from huiyin.kernel.units.models import Role
    from huiyin.kernel.vault import keys
    from huiyin.parts.cases.actions import answering, filing, forwarding, handling

    call_command("migrate", verbosity=0)
    keys.ensure()
    now = datetime.now(UTC)
    group = units.add_unit("G", "测量集团", now=now)
    works = units.add_unit("W", "测量厂", now=now, parent=group)
    user = User.objects.create(username="measured")
    posts = [
        units.add_post(group, Role.CLERK, "收信岗", now=now),
        units.add_post(works, Role.HANDLER, "承办岗", now=now),
    ]
    for post in posts:
        units.appoint(user, post, now=now)
    units.set_up("测量集团", now=now, reception=posts[0], independent=posts[0])
    clerk, owner = (units.Acting(user, post) for post in posts)
    said = answering.AnswerText("经核实，情况属实，没有按期发放。", "劳动法第五十条", "本月补发。")
    done = 0
    while done < letters:
        with transaction.atomic():
            for number in range(done, min(done + TOGETHER, letters)):
                text, now = letter(number % 5000), datetime.now(UTC)
                given = filing.Submission(text.title, text.text)
                locator = filing.file_case(given, channel="web", now=now).case.locator
                forwarding.forward(clerk, locator, works, now=now)
                handling.accept(owner, locator, now=now)
                if number % 4 == 0:
                    answering.answer(owner, locator, said, now=now)
        sequencer.round_now(datetime.now(UTC))
        done += TOGETHER
        if done % 2000 == 0:
            print(f"{done:,} letters", file=sys.stderr, flush=True)


def audited() -> dict[str, object]:
    """Audit once, timed; return the summary."""
    import django

    django.setup()
    from huiyin.commands.progress import Progress
    from huiyin.kernel.ledger import signing
    from huiyin.parts.record.audit import Audit
    from huiyin.wiring import AUDITED

    start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began, cpu = time.perf_counter(), time.process_time()
    audit = Audit(signing.verifier(), AUDITED, now=datetime.now(UTC), progress=Progress)
    audit.run()
    took = time.perf_counter() - began
    said = audit.summary()
    return {
        **said,
        "seconds": round(took, 2),
        "entries_per_second": round(audit.size / took),
        "entries_per_processor_second": round(audit.size / (time.process_time() - cpu)),
        "start_mb": round(start, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


def main() -> int:
    """Measure; the last line is JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=20_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--keep", action="store_true", help="write bench/results/….json")
    parser.add_argument("--child", choices=["fill", "audit"], help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child == "fill":
        fill(args.letters)
        return 0
    if args.child == "audit":
        print(json.dumps(audited()))
        return 0
    with ExitStack() as stack:
        home = stack.enter_context(tempfile.TemporaryDirectory(prefix="huiyin-audit-"))
        kept = {k: v for k, v in os.environ.items() if not k.startswith("HUIYIN_")}
        own = {
            "HUIYIN_VAR": home,
            "DJANGO_SETTINGS_MODULE": "huiyin.settings",
            "PYTHONPATH": str(ROOT),
        }
        if args.database == "postgresql":
            from private_postgres import private_postgres

            own["HUIYIN_DATABASE_URL"] = stack.enter_context(private_postgres()).url()
        command = [sys.executable, __file__, "--letters", str(args.letters), "--child"]
        subprocess.run([*command, "fill"], env=kept | own, check=True)
        done = subprocess.run(
            [*command, "audit"], env=kept | own, check=True, stdout=subprocess.PIPE, text=True
        )
    found = {
        "what": "audit",
        "database": args.database,
        "letters": args.letters,
        **json.loads(done.stdout.splitlines()[-1]),
    }
    if args.keep:
        target = ROOT / "bench" / "results" / f"audit-{args.database}.json"
        target.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
