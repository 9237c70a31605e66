"""The service as processes: it starts, answers, and a stop leaves nothing behind."""

import signal
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from tests.support import demonstration
from tests.support.processes import (
    PATIENCE,
    ROOT,
    environment,
    free_port,
    huiyin,
    processes_of,
    running,
    until,
    wait_for,
)


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_leaves_no_process_behind(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, stop: signal.Signals
) -> None:
    demonstration.copy(tmp_path_factory, tmp_path)
    port = free_port()
    with running(tmp_path, "demo", "--port", str(port)) as process:
        assert wait_for(f"http://127.0.0.1:{port}/") == 200
        assert len(processes_of(tmp_path)) >= 3  # the service, its web processes, its worker
        process.send_signal(stop)
        process.wait(PATIENCE)
    until(lambda: not processes_of(tmp_path))
    assert processes_of(tmp_path) == []


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks for processes in /proc")
def test_a_worker_whose_service_was_killed_ends_by_itself(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    demonstration.copy(tmp_path_factory, tmp_path)
    with running(tmp_path, "worker", "--parent", "1") as process:
        process.wait(PATIENCE)
    assert process.returncode == 0


def test_the_first_set_up_refuses_a_second_and_names_why(tmp_path: Path) -> None:
    call = ["init", "--name", "测试集团", "--user", "wang"]
    given = environment(tmp_path, HUIYIN_PASSWORD="correct-horse-12")
    first = subprocess.run(
        huiyin(tmp_path, *call), env=given, cwd=ROOT, capture_output=True, check=False
    )
    assert first.returncode == 0
    second = subprocess.run(
        huiyin(tmp_path, *call), env=given, cwd=ROOT, capture_output=True, check=False
    )
    assert second.returncode == 2
    assert b"already" in second.stderr
    (tmp_path / "keys" / "ring" / "ring.json").unlink()
    third = subprocess.run(
        huiyin(tmp_path, "update"), env=given, cwd=ROOT, capture_output=True, check=False
    )
    assert third.returncode != 0
    assert b"restore" in third.stderr


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    settings.DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql",
    reason="several machines share one PostgreSQL",
)
def test_several_web_processes_and_workers_share_one_postgresql(tmp_path: Path) -> None:
    """Two services and two workers on one database: every step that is due is taken once."""
    from datetime import timedelta

    from django.db import connection
    from django.utils import timezone

    from huiyin.kernel.clock.models import Step
    from huiyin.kernel.clock.sweep import sweep
    from huiyin.wiring import DEADLINE_HANDLERS
    from tests.cast import enter

    now = timezone.now()
    long_ago = now - timedelta(days=60)
    cast = enter(long_ago)

    def climbed() -> int:
        return Step.objects.filter(kind="escalate").values("deadline_id").distinct().count()

    for _ in range(60):
        cast.file(long_ago)
    given = connection.settings_dict
    url = f"postgresql://{given['USER']}:{given['PASSWORD']}@/{given['NAME']}?host={given['HOST']}"
    if not str(given["HOST"]).startswith("/"):
        url = f"postgresql://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"
    shared = {"HUIYIN_DATABASE_URL": url, "HUIYIN_KEYS": str(settings.HUIYIN_KEYS)}
    subprocess.run(  # makes the folder one of this database
        huiyin(tmp_path, "update"), env=environment(tmp_path, **shared), cwd=ROOT, check=True
    )
    one, two = free_port(), free_port()
    with (
        running(tmp_path, "serve", "--no-worker", "--port", str(one), **shared),
        running(tmp_path, "serve", "--no-worker", "--port", str(two), **shared),
        running(tmp_path, "worker", **shared),
        running(tmp_path, "worker", **shared),
    ):
        assert wait_for(f"http://127.0.0.1:{one}/") == 200
        assert wait_for(f"http://127.0.0.1:{two}/") == 200
        assert until(lambda: climbed() == 60)
        for _ in range(60):  # more falls due while both go round
            cast.file(long_ago)
        assert until(lambda: climbed() == 120)
    assert sweep(now, DEADLINE_HANDLERS).total == 0  # both have ended their last round
    numbers = list(Step.objects.values_list("deadline_id", "number"))
    assert len(numbers) == len(set(numbers))
    assert climbed() == 120
