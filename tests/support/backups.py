"""A service of its own, filled by a process, to be backed up and read."""

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import os, sys, django
django.setup()
from django.utils import timezone
from huiyin.commands.setting_up import prepare
from huiyin.kernel.units.actions import add_post, add_unit, change_organisation, set_up
from huiyin.parts.cases.actions import writer
from huiyin.parts.cases.actions.filing import Submission, file_case
prepare()
now = timezone.now()
set_up("华信集团", now=now)
unit = add_unit("HX", "华信集团", now=now)
change_organisation(reception=add_post(unit, "clerk", "接待", now=now), now=now)
for number in range(int(sys.argv[1])):
    filed = file_case(Submission(title=f"第{number}封信", text="机械厂没有发工资。"), channel="web", now=now)
    writer.attach(filed.case.locator, ("附件 %d " % number * 400).encode(), "a.txt", now=now)
    print(filed.code)
"""
READ = """
import sys, django
django.setup()
from huiyin.kernel.files import queries as files
from huiyin.parts.cases import sealing
from huiyin.parts.cases.models import Case
for case in Case.objects.order_by("id"):
    key = sealing.text_key(case)
    data = [files.read(one, key).decode()[:5] for one in files.files_of(case.ref)]
    print(sealing.title(case), *data)
"""


def environment(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("HUIYIN_")}
    return kept | {
        "HUIYIN_VAR": str(home),
        "DJANGO_SETTINGS_MODULE": "huiyin.settings",
        "LC_ALL": "C.UTF-8",
    }


def python(home: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], env=environment(home), capture_output=True, text=True, check=True
    )  # fmt: skip
    return done.stdout


def huiyin(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "huiyin.cli", *arguments],
        env=environment(home),
        capture_output=True,
        text=True,
        check=False,
    )


ROUND = """
import django
django.setup()
from huiyin import worker
worker.round_now()
"""
