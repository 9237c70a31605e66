"""Rows that are only ever added: the database itself refuses to change or delete them."""

from typing import Any

from django.db import migrations


def only_added(table: str, what: str) -> migrations.RunPython:
    """Return the step of a migration that guards `table`; `what` names a row in the error."""

    def guard(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            for word, event in (("changed", "UPDATE"), ("deleted", "DELETE")):
                schema_editor.execute(
                    f"CREATE TRIGGER {table}_not_{word} BEFORE {event} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{what} is never {word}'); END"
                )
            return
        schema_editor.execute(
            f"CREATE FUNCTION {table}_stays() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN RAISE EXCEPTION '{what} is never changed or deleted'; END $$"
        )
        schema_editor.execute(
            f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_stays()"
        )

    def unguard(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            for word in ("changed", "deleted"):
                schema_editor.execute(f"DROP TRIGGER {table}_not_{word}")
            return
        schema_editor.execute(f"DROP TRIGGER {table}_stays ON {table}")
        schema_editor.execute(f"DROP FUNCTION {table}_stays()")

    return migrations.RunPython(guard, unguard)
