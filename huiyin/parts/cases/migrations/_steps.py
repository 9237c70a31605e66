"""The table of the search index: FTS5 on SQLite, tsvector with GIN on PostgreSQL."""

from typing import Any

from django.db import migrations

SQLITE = (
    # detail=none keeps only which letters hold a word; columnsize=0 no lengths: no ranking is done.
    "CREATE VIRTUAL TABLE cases_search USING fts5(words, tokenize='ascii', detail=none, columnsize=0)",
)
POSTGRESQL = (
    "CREATE TABLE cases_search (case_id bigint PRIMARY KEY, words tsvector NOT NULL)",
    "CREATE INDEX cases_search_words ON cases_search USING gin (words)",
    # With the usual 100, a word outside the commonest looks commoner than it is, and the newest
    # letters are read one by one until enough hold it: all of them for a word that none holds.
    "ALTER TABLE cases_search ALTER COLUMN words SET STATISTICS 1000",
    # New letters wait in an unsorted list that each search reads through; keep it short.
    "ALTER INDEX cases_search_words SET (gin_pending_list_limit = 512)",
)


def create(apps: Any, editor: Any) -> None:
    """Create the index for the database in use."""
    for statement in SQLITE if editor.connection.vendor == "sqlite" else POSTGRESQL:
        editor.execute(statement)


def drop(apps: Any, editor: Any) -> None:
    """Drop the index."""
    editor.execute("DROP TABLE cases_search")


STEPS = [migrations.RunPython(create, drop)]
