"""The duty desks of the tests of reports serve here too."""

from tests.parts.reports.conftest import desks  # noqa: F401 - a fixture
