"""Nothing steers a vote, shows how anyone voted, or treats not voting as a fault.

There is no vote in the service yet; these hold for whatever part brings one. Seen to fail: with a
kind of entry "assembly.ballot" that has a fact "voter".
"""

from django.contrib.auth.models import User
from django.db import models

from huiyin.kernel.ledger.kinds import KINDS
from tests.promises.schema import VOTING, ours, votes_that_know_people
from tests.support.addresses import addresses


def test_no_table_of_votes_leads_to_a_person() -> None:
    assert not votes_that_know_people(ours())


def test_the_check_itself_finds_a_ballot_that_does() -> None:
    class Ballot(models.Model):
        user = models.ForeignKey(User, models.CASCADE, related_name="+")

        class Meta:
            app_label = "cases"
            managed = False

    try:
        assert votes_that_know_people([Ballot]) == ["Ballot.user"]
    finally:
        from django.apps import apps

        del apps.all_models["cases"]["ballot"]
        apps.clear_cache()


def test_no_entry_about_a_vote_names_who_cast_it() -> None:
    for kind in KINDS.values():
        if any(word in kind.name for word in VOTING):
            assert not kind.facts & {"post", "user", "voter", "delegate", "choice"}, kind.name


def test_no_address_urges_counts_or_shows_single_votes() -> None:
    for one in addresses():
        for word in ("voter", "turnout", "absent", "remind-vote", "how-voted"):
            assert word not in one, one
