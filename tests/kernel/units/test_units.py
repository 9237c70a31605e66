"""The tree, who holds a post, and whom a letter complains of."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.kernel.units.actions import (
    NotYourPost,
    act_for,
    add_unit,
    appoint,
    move_unit,
    release,
    set_up,
)  # fmt: skip
from huiyin.kernel.units.models import Lineage, Unit
from huiyin.kernel.units.queries import Barred, Ladder, complained_of, holders, line_of, parents
from huiyin.kernel.units.tree import Cycle, ancestors, common_parent
from tests.cast import Cast


@given(st.lists(st.integers(0, 8), min_size=9, max_size=9))
def test_every_line_ends_or_is_named_a_circle(above: list[int]) -> None:
    tree = {unit: (parent if parent != unit else None) for unit, parent in enumerate(above)}
    for unit in tree:
        try:
            line = ancestors(unit, tree)
        except Cycle:
            seen, at = set(), unit
            while at is not None and at not in seen:
                seen.add(at)
                at = tree[at]
            assert at is not None
        else:
            assert line[0] == unit
            assert tree[line[-1]] is None


def test_a_party_to_a_dispute_never_decides_it() -> None:
    tree = {1: None, 2: 1, 3: 1, 4: 2, 5: 2, 6: None}
    assert common_parent([4, 5], tree) == 2
    assert common_parent([4, 3], tree) == 1
    assert common_parent([4, 2], tree) == 1  # 2 is a party
    assert common_parent([2, 1], tree) is None
    assert common_parent([4, 6], tree) is None


def lineage() -> set[tuple[int, int, int]]:
    return set(Lineage.objects.values_list("unit_id", "ancestor_id", "distance"))


def test_after_a_move_every_line_is_as_the_tree_says(cast: Cast, now: datetime) -> None:
    move_unit(cast.works, cast.transport, now=now)
    whole = parents()
    wanted = {
        (unit, above, distance)
        for unit in whole
        for distance, above in enumerate(ancestors(unit, whole))
    }
    assert lineage() == wanted
    assert line_of(cast.canteen.pk) == [
        cast.canteen.pk, cast.works.pk, cast.transport.pk, cast.group.pk,
    ]  # fmt: skip


@pytest.mark.parametrize("under", ["works", "canteen"])
def test_no_unit_is_moved_under_itself(cast: Cast, now: datetime, under: str) -> None:
    before = lineage()
    with pytest.raises(Cycle):
        move_unit(cast.works, getattr(cast, under), now=now)
    assert lineage() == before
    assert Unit.objects.get(pk=cast.works.pk).parent == cast.group


def test_a_tenure_holds_from_its_start_up_to_its_end(cast: Cast, now: datetime) -> None:
    post, start, end = cast.cook.post, now + timedelta(days=1), now + timedelta(days=2)
    appoint(cast.outsider, post, now=now, starts=start, ends=end, stand_in=True)
    second = timedelta(microseconds=1)
    for at, holds in ((start - second, 0), (start, 1), (end - second, 1), (end, 0)):
        assert (cast.outsider.pk in holders([post.pk], at)[post.pk]) == bool(holds)
    with pytest.raises(NotYourPost):
        act_for(cast.outsider, post.pk, now)
    assert act_for(cast.outsider, None, start).stand_in
    release(post.tenures.get(stand_in=False), now=start)
    assert holders([post.pk], end) == {}


def test_nobody_acts_for_a_post_that_is_closed(cast: Cast, now: datetime) -> None:
    cast.cook.post.closed_at = now
    cast.cook.post.save()
    with pytest.raises(NotYourPost):
        act_for(cast.cook.user, cast.cook.post.pk, now)


def test_there_is_one_organisation(cast: Cast, now: datetime) -> None:
    with pytest.raises(ValueError, match="exists"):
        set_up("另一个", now=now)


def test_a_unit_below_a_unit_that_moved_meanwhile_stands_in_the_new_line(
    cast: Cast, now: datetime
) -> None:
    stale = Unit.objects.get(pk=cast.canteen.pk)
    move_unit(cast.canteen, cast.transport, now=now)
    kitchen = add_unit("K", "后厨", parent=stale, now=now)
    assert line_of(kitchen.pk)[1:] == line_of(cast.canteen.pk)


def test_complained_of_are_holders_once_and_those_below_still(cast: Cast, now: datetime) -> None:
    everybody = [cast.works_head.user.pk, cast.cook.user.pk, cast.clerk.user.pk]
    later = now + timedelta(days=1)
    assert complained_of(everybody, Barred(cast.works.pk), now) == set(everybody[:2])
    release(cast.works_head.post.tenures.get(), now=later)
    head = Barred(post=cast.works_head.post.pk)  # who takes the unit along, below it as well
    assert complained_of(everybody, head, later) == set(everybody[:2])
    release(cast.clerk.post.tenures.get(), now=later)
    assert complained_of(everybody, Barred(post=cast.clerk.post.pk), later) == {everybody[2]}
    assert everybody[0] not in complained_of(everybody, Barred(cast.works.pk), later)
    assert everybody[0] in complained_of(everybody, Barred(cast.works.pk, since=now), later)
    assert complained_of(everybody, Barred(), now) == set()


def test_the_ladder_climbs_past_the_vacant_and_those_complained_of(
    cast: Cast, now: datetime
) -> None:
    owner = cast.owner.post
    rungs = ("owner", "deputy", "head", "parent")
    expected = (owner, cast.works_deputy.post, cast.works_head.post, cast.group_head.post)
    assert tuple(Ladder(now).post(owner, rung) for rung in rungs) == expected
    assert Ladder(now).post(owner, "deputy", Barred(post=cast.works_deputy.post.pk)) == expected[2]
    assert Ladder(now).post(owner, "owner", Barred(cast.works.pk)) == cast.group_head.post
    assert Ladder(now).post(owner, "owner", Barred(cast.group.pk)) is None
    release(cast.works_deputy.post.tenures.get(), now=now)
    assert Ladder(now).post(owner, "deputy") == cast.works_head.post
    release(cast.owner.post.tenures.get(), now=now)
    assert Ladder(now).post(owner, "owner") == cast.works_head.post
