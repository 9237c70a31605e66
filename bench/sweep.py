"""How many overdue things a second are escalated, with few of many due.

Ours warns or escalates up the ladder of posts, queues a notice for each and enters lateness in the
ledger; the peer's ``escalate_tickets`` raises a ticket's priority, writes its mails and a follow-up.
Counted are deadlines and tickets, whatever was written for each. A second sweep over a tenth of the
letters shows whether the time grows with what is open.
"""

from __future__ import annotations

from common import Bench, main, say


def _ours(bench: Bench, cases: int, due: int) -> dict[str, object]:
    with bench.ours(cases, scratch=True) as (side, _):
        counts = side.do("due", "--count", str(due))
        found = side.do("sweep")
    say(f"ours: {found['deadlines']} of {counts['open']:,} open, {found['rate']:.0f} a second")
    return {**found, "open": counts["open"]}


def measure(bench: Bench) -> dict[str, object]:
    """The peer's command, then our sweep over many and over a tenth as many open deadlines."""
    due = 2_000 if bench.quick else 10_000
    their_due = 300 if bench.quick else 2_000
    with bench.peer(scratch=True) as (peer, _):
        peer.do("due", "--count", str(their_due))
        theirs = peer.do("escalate")
    say(f"peer: {theirs['escalated']} escalated, {theirs['rate']:.0f} a second")
    many = _ours(bench, bench.cases, due)
    few = _ours(bench, max(bench.cases // 10, due), due)
    ours, peer_rate = float(str(many["rate"])), float(str(theirs["rate"]))
    return {
        "ours": round(ours, 1),
        "peer": round(peer_rate, 1),
        "ratio": round(ours / peer_rate, 1),
        "goal": "at least 20",
        "unit": "escalations a second",
        "due": due,
        "seconds_with_many_open": round(float(str(many["seconds"])), 3),
        "seconds_with_a_tenth_open": round(float(str(few["seconds"])), 3),
        "ours_detail": {"open": many["open"], "steps": many["steps"], "mb": many["megabytes"]},
        "peer_detail": {"escalated": theirs["escalated"], "mb": theirs["megabytes"]},
    }


if __name__ == "__main__":
    main("sweep", __doc__ or "", measure)
