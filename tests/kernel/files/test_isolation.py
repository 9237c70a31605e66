"""Files are opened in a process of their own, within limits of time and memory."""

import os
import random
import subprocess
import sys
import threading

import pytest

from huiyin.kernel.files import isolation
from huiyin.kernel.files.isolation import inspect_apart
from huiyin.kernel.files.messages import explain
from huiyin.kernel.files.verdict import FileRefused, Limits
from tests.support.files import picture
from tests.support.planted_files import word


def refusal(data, name):
    with pytest.raises(FileRefused) as caught:
        inspect_apart(data, name, limits=Limits())
    return caught.value


def long_text():
    padding = random.Random(1).randbytes(300_000)
    return word("<w:p/>" * 600_000, parts={"word/padding.bin": padding})


@pytest.fixture
def inspector():
    """The inspector of this process, and a new one afterwards."""
    server = isolation._server()
    yield server
    server.kill()


def test_a_file_comes_back_as_it_does_from_here():
    from huiyin.kernel.files.inspect import inspect

    data = picture()
    assert inspect_apart(data, "证据.jpg", limits=Limits()) == inspect(data, "证据.jpg")


def test_a_refusal_comes_back_with_its_details():
    refused = refusal(b"", "a.txt")
    assert refused.code == "empty"
    assert refusal(b"MZ" + bytes(99), "a.exe").details["claimed"] == "exe"


def test_one_inspector_serves_many_files(inspector):
    for number in range(5):
        assert inspect_apart(b"text %d" % number, "a.txt", limits=Limits()).kind == "text"
    assert isolation._server() is inspector


def test_a_file_that_takes_too_long_is_refused_and_the_next_is_taken(monkeypatch):
    monkeypatch.setattr(isolation, "cpu_seconds", lambda size: 0.02)
    refused = refusal(long_text(), "a.docx")
    assert refused.code == "costly"
    assert "PDF" in explain(refused)
    monkeypatch.undo()
    assert inspect_apart(b"text", "a.txt", limits=Limits()).kind == "text"


def test_a_file_that_takes_too_much_memory_is_refused_and_the_next_is_taken(monkeypatch):
    monkeypatch.setattr(isolation, "MEMORY", 20_000_000)
    assert refusal(long_text(), "a.docx").code in {"costly", "damaged"}
    monkeypatch.undo()
    assert inspect_apart(b"text", "a.txt", limits=Limits()).kind == "text"


def test_an_inspector_that_was_killed_is_replaced(inspector):
    inspector.kill()
    assert inspect_apart(b"text", "a.txt", limits=Limits()).kind == "text"
    assert isolation._server() is not inspector


def test_an_inspector_that_stands_still_is_ended(inspector, monkeypatch):
    monkeypatch.setattr(isolation, "_GRACE", 0.1)
    monkeypatch.setattr(isolation, "WALL_BASE", 0.1)
    monkeypatch.setattr(isolation, "cpu_seconds", lambda size: 0.01)
    os.kill(inspector._process.pid, 19)  # SIGSTOP
    assert refusal(b"text", "a.txt").code == "costly"
    monkeypatch.undo()
    assert inspect_apart(b"text", "a.txt", limits=Limits()).kind == "text"


def test_no_more_files_are_open_at_once_than_allowed(monkeypatch):
    monkeypatch.setattr(isolation, "QUEUE_SECONDS", 0.01)
    for _ in range(isolation.AT_ONCE):
        assert isolation._slots.acquire(timeout=30)
    try:
        assert refusal(b"text", "a.txt").code == "busy"
    finally:
        for _ in range(isolation.AT_ONCE):
            isolation._slots.release()
    assert inspect_apart(b"text", "a.txt", limits=Limits()).kind == "text"


def test_files_of_several_threads_do_not_meet():
    answers = {}

    def take(number):
        answers[number] = inspect_apart(b"text %d" % number, "a.txt", limits=Limits()).clean

    threads = [threading.Thread(target=take, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: b"text %d" % number for number in range(8)}


def test_the_inspector_knows_no_framework_no_setting_and_no_key():
    code = (
        "import sys, huiyin.kernel.files.inspector as i; "
        "print([m for m in sys.modules if m.split('.')[0] in ('django', 'cryptography') "
        "or 'vault' in m])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "django" not in done.stdout
    assert "vault" not in done.stdout


def test_the_inspector_is_given_nothing_of_the_environment(monkeypatch, inspector):
    monkeypatch.setenv("HUIYIN_SECRET", "x")
    inspector.kill()
    inspect_apart(b"text", "a.txt", limits=Limits())
    with open(f"/proc/{isolation._server()._process.pid}/environ", "rb") as file:
        assert b"HUIYIN" not in file.read()


def test_a_process_that_serves_pages_does_not_load_what_opens_files():
    code = (
        "import os, django; os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'tests.settings'); "
        "django.setup(); import huiyin.kernel.files.actions, sys; "
        "print([m for m in ('PIL', 'pypdf', 'pillow_heif', 'mutagen') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
