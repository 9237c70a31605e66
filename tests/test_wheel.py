"""What an office installs: the wheel, in an environment without the checkout and without the solver."""

import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

from tests.support.processes import PATIENCE, ROOT, free_port, wait_for

pytestmark = pytest.mark.sqlite_only
UV = shutil.which("uv", path=str(Path(sys.executable).parent)) or "uv"


def run(*command: object, **more: str) -> str:
    """Run a command outside the checkout; return what it prints, raise with it when it fails."""
    done = subprocess.run(
        [str(word) for word in command], env=bare(**more), cwd=more.get("PWD", "/"),
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def bare(**more: str) -> dict[str, str]:
    """Return the environment without whatever would lead to the checkout or its settings."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("HUIYIN_", "PYTHON", "DJANGO_", "VIRTUAL_ENV", "COVERAGE_"))
    }
    return {**kept, "LC_ALL": "C.UTF-8", **more}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source distribution, as for a release."""
    folder = tmp_path_factory.mktemp("dist")
    run(UV, "build", "--quiet", "--out-dir", folder, ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def office(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel and what it asks for, in the locked versions, without extras."""
    home = tmp_path_factory.mktemp("office")
    locked = run(
        UV, "export", "--project", ROOT, "--quiet", "--frozen", "--no-dev",
        "--no-emit-project", "--no-hashes",
    )  # fmt: skip
    (home / "locked.txt").write_text(locked, encoding="utf-8")
    environment = home / "env"
    run(UV, "venv", "--quiet", "--python", sys.executable, environment)
    install = (UV, "pip", "install", "--quiet", "--python", environment, "--no-deps")
    run(*install, "-r", home / "locked.txt", wheel)
    return home


def test_the_wheel_holds_every_file_of_the_package_and_its_compiled_translations(
    wheel: Path,
) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if name.startswith("huiyin/")}
    there = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "huiyin").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and ".mo" not in path.name
    }
    catalogues = {name for name in there if name.endswith(".po")}
    assert catalogues
    assert inside == there - catalogues | {name.replace(".po", ".mo") for name in catalogues}


def test_what_the_wheel_asks_for_is_what_the_lock_file_has(office: Path) -> None:
    run(UV, "pip", "check", "--quiet", "--python", office / "env")


def test_a_service_is_set_up_and_serves_chinese_from_the_wheel(office: Path) -> None:
    command, port = office / "env" / "bin" / "huiyin", free_port()
    here = {"HUIYIN_VAR": str(office / "var"), "PWD": str(office)}
    first = ("--name", "华信集团", "--name-en", "Huaxin Group", "--user", "wang")
    assert "华信集团" in run(command, "init", *first, **here, HUIYIN_PASSWORD="correct-horse-12")
    run(command, "update", **here)
    service = subprocess.Popen(
        [command, "serve", "--port", str(port), "--processes", "1"], env=bare(**here), cwd=office
    )
    try:
        address = f"http://127.0.0.1:{port}"
        assert wait_for(f"{address}/") == 200
        with urllib.request.urlopen(
            urllib.request.Request(f"{address}/", headers={"Accept-Language": "zh-CN"})
        ) as answer:
            page = answer.read().decode()
        assert "每一封来信，都有回音" in page
        style = re.search(r'href="(/static/[^"]+\.css)"', page)
        assert style is not None
        assert wait_for(address + style[1]) == 200
        assert wait_for(f"{address}/readyz") == 200
    finally:
        service.send_signal(signal.SIGTERM)
        assert service.wait(PATIENCE) == 0


def test_an_attachment_is_looked_at_by_the_inspector_of_the_wheel(office: Path) -> None:
    program = (
        "from huiyin.kernel.files.inspect import Limits;"
        "from huiyin.kernel.files.isolation import inspect_apart;"
        "print(inspect_apart(b'one line', 'note.txt', limits=Limits(size=1000)).name)"
    )
    told = run(office / "env" / "bin" / "python", "-c", program, PWD=str(office))
    assert "note.txt" in told


def test_without_the_solver_a_roster_that_is_asked_for_says_what_to_install(office: Path) -> None:
    done = subprocess.run(
        [office / "env" / "bin" / "huiyin", "solve", "1"], capture_output=True, text=True,
        env=bare(HUIYIN_VAR=str(office / "var"), LC_ALL="zh_CN.UTF-8"), check=False, cwd=office,
    )  # fmt: skip
    assert done.returncode == 2
    assert "未安装自动排班组件" in done.stderr
    assert "huiyin[solver]" in done.stderr
    assert "Traceback" not in done.stderr
