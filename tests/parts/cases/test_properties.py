"""Random lives of letters against a simple model: nothing is ever owed by nobody.

The model knows the stages and which acts lead from one to the other; it knows nothing of how
actions are written. After each step every letter is compared with it, and with what must hold for
all letters at all times.
"""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    run_state_machine_as_test,
)

from tests.cast import enter
from tests.support.lives import START, Lives


@pytest.mark.django_db
def test_in_any_order_of_acts_no_letter_is_forgotten() -> None:
    class Machine(Lives):
        """Each run in a transaction that is rolled back at its end."""

        def __init__(self) -> None:
            super().__init__()
            self.point = transaction.savepoint()
            self.cast = enter(START)

        def teardown(self) -> None:
            transaction.savepoint_rollback(self.point)

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            print_blob=False,
        ),
    )
