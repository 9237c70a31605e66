"""What the environment says of the database and the mail server: addresses, with all their options."""

from urllib.parse import parse_qsl, unquote, urlsplit

import django
from django.core.exceptions import ImproperlyConfigured

OF_DJANGO = frozenset({"assume_role", "isolation_level", "pool", "server_side_binding"})


def postgresql(url: str) -> dict[str, object]:
    """Return Django's settings of a database; every option of the address is passed on.

    Raises ImproperlyConfigured for an unknown scheme or option.
    """
    import dj_database_url
    from psycopg import ProgrammingError
    from psycopg.conninfo import make_conninfo

    scheme = urlsplit(url).scheme
    if scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured(f"HUIYIN_DATABASE_URL: unknown scheme {scheme!r}")
    database: dict[str, object] = {**dj_database_url.parse(url, conn_max_age=None)}
    options: dict[str, object] = dict(database.get("OPTIONS") or {})  # type: ignore[call-overload]
    try:
        make_conninfo(**{key: str(options[key]) for key in set(options) - OF_DJANGO})
    except ProgrammingError as error:
        raise ImproperlyConfigured(f"HUIYIN_DATABASE_URL: {error}") from error
    for name in ("host", "port"):
        if name in options:
            database[name.upper()] = options.pop(name)
    return {**database, "OPTIONS": options, "CONN_HEALTH_CHECKS": False}


SCHEMES = {"smtp": ("", 25), "smtp+tls": ("use_tls", 587), "smtps": ("use_ssl", 465)}
# What Django before 6.1 calls the options of its one mail server.
OLDER = {"username": "EMAIL_HOST_USER", "password": "EMAIL_HOST_PASSWORD"}


def mail(url: str) -> dict[str, object]:
    """Return this Django's settings of a mail server; raise as `mail_server` does."""
    options = mail_server(url)
    if django.VERSION >= (6, 1):
        return {"MAILERS": {"default": {"OPTIONS": options}}}
    return {OLDER.get(name, f"EMAIL_{name.upper()}"): value for name, value in options.items()}


def mail_server(url: str) -> dict[str, object]:
    """Return where mail is handed over, as options of Django's SMTP backend.

    `smtp://`, `smtp+tls://` (STARTTLS) or `smtps://`, then user:password@host:port?timeout=SECONDS.
    Raises ImproperlyConfigured for an unusable address.
    """
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise ImproperlyConfigured(
            "HUIYIN_EMAIL_URL: smtp://, smtp+tls:// or smtps://, then user:password@host:port"
        )
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    timeout = options.pop("timeout", "20")
    if options or not timeout.isdigit():
        wrong = ", ".join(options) or f"timeout={timeout}"
        raise ImproperlyConfigured(f"HUIYIN_EMAIL_URL: unknown option {wrong}")
    switch, port = SCHEMES[parts.scheme]
    server: dict[str, object] = {
        "host": parts.hostname,
        "port": parts.port or port,
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "timeout": int(timeout),
    }
    return {**server, switch: True} if switch else server
