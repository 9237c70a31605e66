"""What of reports is only ever added to."""

from huiyin.kernel.ledger.guards import only_added

STEPS = [
    only_added("reports_version", "a version of a report"),
    only_added("reports_windowversion", "a version of a window"),
    only_added("reports_incidentline", "a line of an incident"),
]
