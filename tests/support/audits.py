"""The log held against the database."""

from datetime import datetime

from huiyin.kernel.ledger import signing
from huiyin.parts.record.audit import Audit
from huiyin.parts.record.findings import Finding
from huiyin.wiring import AUDITED


def audit(now: datetime, *earlier: bytes) -> list[Finding]:
    done = Audit(signing.verifier(), AUDITED, now=now, earlier=earlier)
    done.run()
    assert done.summary()["ok"] == (not done.found)
    return done.found
