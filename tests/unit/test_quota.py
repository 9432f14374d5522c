"""Who makes room for what comes: never somebody who holds less than another."""

from __future__ import annotations

import random

import pytest

from weryai_ui.quota import Held, Quota

QUOTA = Quota(whole=100, share=40)


def held(name: str, owner: str, size: int, since: float = 0.0, *, in_use: bool = False, group: str = "") -> Held:
    return Held(name, owner, group or owner, size, since, in_use)


def gone(new: Held, *there: Held) -> list[str] | None:
    found = QUOTA.room_for(new, there)
    return None if found is None else [each.name for each in found]


def test_nothing_goes_while_there_is_room() -> None:
    assert gone(held("new", "ann", 10), held("a", "ann", 30), held("b", "bob", 40)) == []


def test_beyond_a_share_the_owners_own_oldest_goes_and_nothing_of_another() -> None:
    there = (held("old", "ann", 20, 1), held("young", "ann", 20, 2), held("older", "bob", 20, 0))
    assert gone(held("new", "ann", 10, 3), *there) == ["old"]


def test_beyond_the_whole_the_oldest_of_who_holds_most_goes() -> None:
    there = (held("a1", "ann", 20, 5), held("a2", "ann", 20, 6), held("b", "bob", 30, 1), held("c", "cid", 25, 0))
    assert gone(held("new", "dan", 10, 9), *there) == ["a1"]


def test_an_attacker_with_many_small_files_makes_room_for_who_has_few() -> None:
    attacker = [held(f"x{number}", "mallory", 1, number) for number in range(40)]
    there = (held("a", "ann", 30), held("b", "bob", 29))
    assert gone(held("new", "cid", 10, 99), *attacker, *there) == [f"x{number}" for number in range(9)]


def test_of_groups_the_one_that_holds_most_makes_room_however_many_owners_it_has() -> None:
    many = [held(f"x{number}", f"token-{number}", 2, number, group="one address") for number in range(35)]
    quiet = held("quiet", "ann", 28, group="another address")
    assert gone(held("new", "bob", 4, 99, group="a third"), *many, quiet) == ["x0"]


def test_what_is_in_use_goes_for_nobody() -> None:
    in_use = [held(f"a{number}", "ann", 10, number, in_use=True) for number in range(4)]
    others = (held("b", "bob", 30), held("c", "cid", 30))
    assert gone(held("new", "dan", 10, 9), *in_use, *others) == ["b"]
    assert gone(held("new", "ann", 10, 9), *in_use) is None


def test_who_holds_most_by_what_cannot_go_gets_nothing_of_another() -> None:
    arriving = [held(f"x{number}", f"token-{number}", 20, 5, in_use=True, group="mallory") for number in range(3)]
    there = (held("a", "ann", 20, 1), held("b", "bob", 20, 2))
    assert gone(held("new", "token-9", 10, 9, group="mallory"), *arriving, *there) is None


@pytest.mark.parametrize("size", [41, 1000])
def test_what_is_larger_than_a_share_does_not_fit(size: int) -> None:
    assert gone(held("new", "ann", size)) is None


def test_whatever_comes_nobody_loses_anything_to_who_holds_more() -> None:
    lot = random.Random(11)
    fitted = gave = 0
    for _ in range(1000):
        there = [_any(lot, str(at), 12) for at in range(lot.randrange(30))]
        new = _any(lot, "new", 30)
        found = QUOTA.room_for(new, there)
        if found is None:
            continue
        fitted += 1
        left = [*there, new]
        for each in found:
            of = {group: sum(one.size for one in left if one.group == group) for group in (new.group, each.group)}
            left.remove(each)
            gave += each.owner != new.owner
            assert not each.in_use
            assert of[each.group] >= of[new.group]
        assert sum(one.size for one in left if one.owner == new.owner) <= QUOTA.share
        assert sum(one.size for one in left) <= QUOTA.whole
    assert fitted > 500 and gave > 100


def _any(lot: random.Random, name: str, most: int) -> Held:
    owner = lot.randrange(8)
    return Held(name, f"v{owner}", f"g{owner // 2}", lot.randrange(1, most), lot.random(), lot.random() < 0.3)
