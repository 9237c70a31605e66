"""What of duty is only ever added to."""

from huiyin.kernel.ledger.guards import only_added

STEPS = [only_added("duty_logline", "a line of the duty log")]
