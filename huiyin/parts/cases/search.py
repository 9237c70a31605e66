"""Search over sealed letters: the index holds keyed hashes of words, never the words.

rjieba cuts Chinese text for search, so two-character words are found inside longer ones; each word
becomes 40 bits of a keyed BLAKE2b in hexadecimal. SQLite keeps them in FTS5, PostgreSQL in a
`tsvector` ('simple'); both are queried with the same hashes, all words wanted.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable

import rjieba
from django.db import connection

from huiyin.kernel.vault.keys import ring

WORD = re.compile(r"[0-9a-z\u3400-\u9fff\U00020000-\U0002fa1f]+")
LONGEST = 20_000  # characters of a letter that are indexed


def words(text: str) -> list[str]:
    """Return the words of a text, normalised, in their order, with repetitions."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST]).lower()
    return [word for word in rjieba.cut_for_search(plain) if WORD.fullmatch(word)]


def blind(found: Iterable[str]) -> list[str]:
    """Return the keyed hash of each word, each hash once."""
    key = ring().search_key
    return [
        "h" + hashlib.blake2b(word.encode(), digest_size=5, key=key).hexdigest()
        for word in dict.fromkeys(found)
    ]


def index(case_id: int, hashes: list[str]) -> None:
    """Put a letter's words into the index; call in the transaction that writes the letter."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "INSERT INTO cases_search (rowid, words) VALUES (%s, %s)",
                [case_id, " ".join(hashes)],
            )
        else:
            cursor.execute(
                "INSERT INTO cases_search (case_id, words) VALUES (%s, array_to_tsvector(%s))",
                [case_id, hashes],
            )


def add(case_id: int, hashes: list[str]) -> None:
    """Add words of something written later to a letter's index."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT words FROM cases_search WHERE rowid = %s", [case_id])
            row = cursor.fetchone()
            whole = dict.fromkeys([*(row[0].split() if row else ()), *hashes])
            cursor.execute("DELETE FROM cases_search WHERE rowid = %s", [case_id])
            cursor.execute(
                "INSERT INTO cases_search (rowid, words) VALUES (%s, %s)",
                [case_id, " ".join(whole)],
            )
        else:
            cursor.execute(
                "INSERT INTO cases_search (case_id, words) VALUES (%s, array_to_tsvector(%s)) "
                "ON CONFLICT (case_id) DO UPDATE SET words = cases_search.words || excluded.words",
                [case_id, hashes],
            )


def forget(case_id: int) -> None:
    """Take an erased letter out of the index."""
    column = "rowid" if connection.vendor == "sqlite" else "case_id"
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM cases_search WHERE {column} = %s", [case_id])  # noqa: S608


def condition(hashes: list[str]) -> tuple[str, list[str]]:
    """Return the SQL condition (on cases_case.id) that all hashes stand in a letter."""
    if connection.vendor == "sqlite":
        return (
            "cases_case.id IN (SELECT rowid FROM cases_search WHERE cases_search MATCH %s)",
            [" AND ".join(hashes)],
        )
    return (
        "EXISTS (SELECT 1 FROM cases_search s WHERE s.case_id = cases_case.id "
        "AND s.words @@ to_tsquery('simple', %s))",
        [" & ".join(hashes)],
    )
