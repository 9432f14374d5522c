"""Who makes room when something new comes: first who brings it, then whoever holds most. Pure.

So nobody loses anything to somebody who holds more, and many who hold little lose nothing to one who holds much.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass

BESIDE_BYTES = 64 * 1024
"""Counted with each file for what is kept beside it, a preview or a record; so the number of files is bounded too."""


@dataclass(frozen=True)
class Held:
    """Something that takes room. Owners of one `group` are likely one person, such as all visitors of one address."""

    name: str
    owner: str
    group: str
    size: int
    since: float
    in_use: bool = False
    """It does not go, whoever needs room."""


@dataclass(frozen=True)
class Quota:
    """Room for all together, and for each owner."""

    whole: int
    share: int

    def room_for(self, new: Held, held: Iterable[Held]) -> list[Held] | None:
        """What has to go so that something new fits, the first first; None when it has no room.

        What goes for the share of its owner is theirs, the oldest first. What goes for the whole is of the group that
        holds most, in it of the owner who holds most, and of theirs the oldest; never of a group that holds less than
        the new one's.
        """
        held = list(held)
        mine = sum(each.size for each in held if each.owner == new.owner)
        if mine + new.size <= self.share and sum(each.size for each in held) + new.size <= self.whole:
            return []
        holdings = _Holdings(new, held)
        gone = []
        while (owner := holdings.next_to_give(self)) is not None:
            gone.append(holdings.take_from(owner))
        return gone if holdings.fit(self) else None


class _Holdings:
    """Who holds how much, as it becomes less."""

    def __init__(self, new: Held, held: Iterable[Held]) -> None:
        self._new = new
        self._of_owners: Counter[str] = Counter()
        self._of_groups: Counter[str] = Counter()
        self._oldest: dict[str, deque[Held]] = defaultdict(deque)
        for each in (*sorted(held, key=lambda each: each.since), new):
            self._of_owners[each.owner] += each.size
            self._of_groups[each.group] += each.size
            if not each.in_use and each is not new:
                self._oldest[each.owner].append(each)

    def fit(self, quota: Quota) -> bool:
        """Whether everything that is left is within the quota."""
        return self._of_owners[self._new.owner] <= quota.share and self._of_owners.total() <= quota.whole

    def next_to_give(self, quota: Quota) -> str | None:
        """Who has to give something up now; None when nobody has to, or nobody can."""
        new = self._new
        if self._of_owners[new.owner] > quota.share:
            return new.owner if self._oldest[new.owner] else None
        if self._of_owners.total() <= quota.whole:
            return None
        owners = [owner for owner, left in self._oldest.items() if left]
        largest = max(owners, key=self._rank, default=None)
        return None if largest is None or self._rank(largest)[0] < self._of_groups[new.group] else largest

    def take_from(self, owner: str) -> Held:
        """The oldest of an owner, which is no longer counted."""
        gone = self._oldest[owner].popleft()
        self._of_owners[owner] -= gone.size
        self._of_groups[gone.group] -= gone.size
        return gone

    def _rank(self, owner: str) -> tuple[int, int]:
        return self._of_groups[self._oldest[owner][0].group], self._of_owners[owner]
