"""Addresses of the database and of the mail server: every option counts, and a wrong one is told."""

import subprocess
from pathlib import Path
from typing import Any

import django
import pytest
from django.core.exceptions import ImproperlyConfigured

from huiyin.services import mail, mail_server, postgresql
from tests.support.processes import ROOT, environment, huiyin


def test_every_option_of_the_database_is_passed_on() -> None:
    found = postgresql(
        "postgresql://u%40x:p%2Fw@db.example.org:5433/letters"
        "?sslmode=verify-full&sslrootcert=/etc/ca.pem&connect_timeout=5&application_name=huiyin"
    )
    assert (found["USER"], found["PASSWORD"], found["HOST"]) == ("u@x", "p/w", "db.example.org")
    assert (found["PORT"], found["NAME"]) == (5433, "letters")
    assert found["OPTIONS"] == {
        "sslmode": "verify-full", "sslrootcert": "/etc/ca.pem", "connect_timeout": 5,
        "application_name": "huiyin",
    }  # fmt: skip


def test_a_socket_folder_is_the_host() -> None:
    found = postgresql("postgresql://u@/letters?host=/var/run/postgresql&port=5433")
    assert found["HOST"] == "/var/run/postgresql"
    assert str(found["PORT"]) == "5433"
    assert found["OPTIONS"] == {}


@pytest.mark.parametrize(
    ("url", "named"), [("postgresql://u@h/n?sslmod=require", "sslmod"), ("mysql://u@h/n", "mysql")]
)
def test_an_option_or_scheme_that_nobody_knows_is_told(url: str, named: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=named):
        postgresql(url)


def test_a_wrong_setting_is_one_sentence_on_the_command_line(tmp_path: Path) -> None:
    told = subprocess.run(
        huiyin(tmp_path, "worker", "--once"),
        env=environment(tmp_path, HUIYIN_DATABASE_URL="postgresql://u@h/n?sslmod=require"),
        cwd=ROOT, capture_output=True, check=False,
    )  # fmt: skip
    assert told.returncode == 2
    assert told.stderr.decode().startswith("huiyin: HUIYIN_DATABASE_URL")
    assert "Traceback" not in told.stderr.decode()


def test_a_mail_server_is_named_by_its_address() -> None:
    assert mail_server("smtp+tls://li:a%40b@mail.example.org") == {
        "host": "mail.example.org", "port": 587, "username": "li", "password": "a@b",
        "timeout": 20, "use_tls": True,
    }  # fmt: skip
    assert mail_server("smtps://mail.example.org:4650?timeout=5")["use_ssl"] is True
    assert mail_server("smtps://mail.example.org:4650?timeout=5")["port"] == 4650
    assert mail_server("smtp://localhost")["port"] == 25


def test_django_hands_mail_to_the_server_that_is_named(settings: Any) -> None:
    """Django before 6.1 has one server in its settings, later ones have named ones."""
    url = "smtp+tls://li:a%40b@mail.example.org?timeout=5"
    for name, value in mail(url).items():
        setattr(settings, name, value)
    if django.VERSION >= (6, 1):
        from django.core.mail import mailers

        server: Any = mailers.default
    else:
        from django.core.mail import get_connection

        server = get_connection("django.core.mail.backends.smtp.EmailBackend")
    assert (server.host, server.port, server.timeout) == ("mail.example.org", 587, 5)
    assert (server.username, server.password) == ("li", "a@b")
    assert (server.use_tls, server.use_ssl) == (True, False)


@pytest.mark.parametrize(
    "url", ["imap://h", "smtp://", "smtp://h?tls=1", "smtp://h?timeout=soon", "mail.example.org"]
)
def test_a_mail_server_that_can_t_be_understood_is_told(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="HUIYIN_EMAIL_URL"):
        mail(url)
