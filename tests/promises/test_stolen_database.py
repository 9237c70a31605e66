"""Promise: who takes the database without the keys learns nothing of what anybody wrote.

Seen to fail: with keyed hashes of words in an index, the thief named every word of the stranger's
letter that he had filed before.
"""

import base64
import json
import re
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from huiyin.backup import database, writing
from huiyin.demo.letters import LETTERS
from huiyin.kernel import write_ahead
from huiyin.kernel.vault.models import SealedIdentity
from huiyin.parts.cases import search
from huiyin.parts.cases.actions import closing
from huiyin.parts.cases.actions.writer import withdraw
from huiyin.parts.cases.models import Case, SearchBucket, SearchSegment
from huiyin.web.sessions import SessionStore, stored_key
from tests.cast import Cast, enter
from tests.support.disk import database_bytes, left_of
from tests.support.planted import (
    PLANTED,
    lies_in,
    marks,
    readable_texts,
    sealed_texts,
)

WORDS = (
    "工资", "欧阳建国", "举报", "开除", "13912345678", "枫林路", "车间", "主任", "加班", "食堂",
    "威胁", "合同", "社保", "宿舍", "停电", "赔偿",
)  # fmt: skip
SHINGLE = 6  # bytes: shorter ones repeat by chance


def _tokens(value: object) -> set[bytes]:
    if isinstance(value, memoryview | bytes):
        data = bytes(value)
        if data.isascii():
            return _tokens(data.decode())
        return {data[at : at + SHINGLE] for at in range(len(data) - SHINGLE + 1)}
    return {word.encode() for word in re.findall(r"\w{4,}", str(value))}


def _rows() -> Iterator[tuple[str, list[str], tuple[Any, ...]]]:
    """Every row of every table, as somebody reads them who has the database and no key."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                yield table, names, row


def _stolen_tokens(case: Case) -> set[bytes]:
    """What the thief finds in rows that belong to one letter."""
    found: set[bytes] = set()
    for _table, names, row in _rows():
        keys = dict(zip(names, row, strict=True))
        if case.pk == keys.get("case_id") or case.ref in row or case.locator in row:
            found |= {token for value in row if value is not None for token in _tokens(value)}
    return found


def _named_by_thief(own: dict[str, Case], stranger: Case) -> set[str]:
    """The vocabulary's words whose marks, learnt from the thief's letters, the stranger's bears."""
    learnt = {word: _stolen_tokens(case) for word, case in own.items()}
    seen = _stolen_tokens(stranger)
    named = set()
    for word, tokens in learnt.items():
        others = set[bytes]().union(*(learnt[other] for other in learnt if other != word))
        if (tokens - others) & seen:
            named.add(word)
    return named


@pytest.mark.parametrize("merged", [False, True])
def test_who_filed_letters_of_known_words_reads_none_of_them_in_a_strangers(
    cast: Cast, now: datetime, merged: bool
) -> None:
    own = {
        word: cast.file(now, title="来信", text=f"{word}。{word}。{word}").case for word in WORDS
    }
    stranger = cast.file(
        now,
        title="求助",
        text="我叫欧阳建国，电话13912345678，车间主任拖欠工资，威胁说举报就开除。",
    ).case
    if merged:
        search.keep_up(most=0)
    assert _named_by_thief(own, stranger) == set()


def test_the_sizes_of_the_index_tell_nothing_of_what_is_in_it(cast: Cast, now: datetime) -> None:
    for word in WORDS:
        cast.file(now, title="来信", text=f"{word}。{word * 20}。")
    search.keep_up(most=0)
    sizes = {len(bytes(sealed)) for sealed in SearchBucket.objects.values_list("sealed", flat=True)}
    assert len(sizes) == 1


def _remains(case: Case) -> list[bytes]:
    """The keys of a letter and of its identity, and the index that holds its words, as stored."""
    segments = list(SearchSegment.objects.values_list("wrapped_key", flat=True))
    buckets = list(SearchBucket.objects.values_list("sealed", flat=True))
    identity = SealedIdentity.objects.get(subject=case.ref)
    assert case.text_key is not None
    assert identity.wrapped_key is not None
    return [
        bytes(stored)
        for stored in (case.text_key, identity.wrapped_key, identity.sealed, *segments, *buckets)
    ]


@pytest.mark.sqlite_only
@pytest.mark.django_db(transaction=True)
def test_nothing_of_an_erased_letter_is_left_on_the_disk_once_nobody_reads_from_before(
    now: datetime,
) -> None:
    cast = enter(now)
    case = cast.file(now, naming="named", identity={"name": "欧阳建国"}).case
    search.keep_up(most=0)
    remains = _remains(case)
    withdraw(case.locator, "已经解决。", now=now)
    later = now + timedelta(days=cast.organisation.keep_identity_days + 60)
    reader = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    try:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM cases_case").fetchone()  # as a backup, or an audit
        assert closing.erase_due(later) == 1
        assert not write_ahead.emptied()
        stored = database_bytes()
        assert any(part in stored for part in remains)
        reader.execute("COMMIT")
    finally:
        reader.close()
    assert write_ahead.emptied()
    stored = database_bytes()
    assert [part for part in remains if part in stored] == []


@pytest.mark.django_db(transaction=True)
def test_nothing_of_an_erased_letter_is_left_after_what_the_handbook_tells_the_operator_to_do(
    now: datetime,
) -> None:
    cast = enter(now)
    case = cast.file(now, naming="named", identity={"name": "欧阳建国"}).case
    search.keep_up(most=0)
    remains = _remains(case)
    withdraw(case.locator, "已经解决。", now=now)
    later = now + timedelta(days=cast.organisation.keep_identity_days + 60)
    assert closing.erase_due(later) == 1
    assert left_of(remains) == []


def _stolen(tmp_path: Path) -> Iterator[tuple[str, bytes]]:
    """What a thief may carry away: the database, a backup, the directories beside it."""
    yield "database", database_bytes()
    if connection.vendor == "sqlite":
        backup = tmp_path / "backup.tar"
        writing.write(backup, with_keys=False, tick=lambda _size: None, stop=lambda: False)
    else:
        backup = tmp_path / "dump.sql"
        database._run("pg_dump", ["--format=plain", f"--file={backup}"], lambda: False)
    yield "backup", backup.read_bytes()
    for place in (settings.HUIYIN_FILES, settings.HUIYIN_LOG):
        for path in sorted(Path(place).rglob("*")):
            if path.is_file():
                yield str(path), path.read_bytes()


def test_nothing_that_anybody_wrote_is_found_in_what_a_thief_carries_away(
    db: None, demonstration_world: None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    texts = sealed_texts()
    assert [name for name, written in texts.items() if not written] == []
    public = readable_texts()
    looked_for = {
        mark
        for written in texts.values()
        for text in written
        for mark in marks(text)
        if mark not in public
    }
    looked_for |= {value for letter in LETTERS for value in dict(letter.identity or {}).values()}
    assert len(looked_for) > 300
    for place, data in (*_stolen(tmp_path), ("log", caplog.text.encode())):
        assert lies_in(data, looked_for) == set(), place


def test_what_is_looked_for_would_be_found_in_any_disguise() -> None:
    for lead in range(4):
        text = "字" * lead + "x" * lead + PLANTED + "完了"
        for written in (
            text.encode("utf-16-le"), text.encode("gb18030"), json.dumps(text).encode(),
            *(base64.b64encode(text.encode(name)) for name in ("utf-8", "gb18030", "utf-16-be")),
        ):  # fmt: skip
            assert lies_in(b"before" + written, [PLANTED, "别的一句话"]) == {PLANTED}


@pytest.mark.django_db(transaction=True)
def test_a_backup_signs_nobody_in_and_the_service_goes_on(tmp_path: Path) -> None:
    session = SessionStore()
    session["who"] = "somebody"
    session.create()
    kept = stored_key(str(session.session_key)).encode()
    assert kept in database_bytes()
    backup = tmp_path / "copy"
    database.copy_to(backup, lambda: False)
    if connection.vendor == "postgresql":
        text = tmp_path / "copy.sql"
        database._run("pg_restore", [f"--file={text}", str(backup)], lambda: False)
        assert b"django_session" in text.read_bytes()
        backup = text
    assert kept not in backup.read_bytes()
    assert SessionStore(session.session_key)["who"] == "somebody"
