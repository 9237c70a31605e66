"""What must be so before pages are served or a round is taken."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from huiyin.commands import Refused
from huiyin.kernel.vault import belonging
from huiyin.kernel.vault.keyring import KeyringError


def check() -> None:
    """Raise Refused, with one sentence, where tables, folder or keys are not those of the service."""
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
        applied = executor.loader.applied_migrations
    except DatabaseError as error:
        raise Refused(f"the database does not answer: {error}") from error
    name = connection.settings_dict["NAME"]
    if not applied:
        raise Refused(
            f"{name} has no tables: HUIYIN_VAR or HUIYIN_DATABASE_URL leads elsewhere, or the"
            " service is new: then run huiyin init"
        )
    if pending:
        raise Refused(f"{name} is of an earlier version: run huiyin update")
    try:
        belonging.check_home()
        belonging.check_ring()
    except (belonging.WrongHome, KeyringError) as error:
        raise Refused(str(error)) from error
