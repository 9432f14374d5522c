"""How often all pages together ask for their boards, in simulated time: as often with one process as with three."""

from __future__ import annotations

import heapq
import random

import pytest

from weryai_ui.ui.http.board_interval import ASKED_PER_SECOND, FASTEST_MS, SLOWEST_MS, BoardInterval

SETTLED_S, MEASURED_S = 20.0, 60.0


class Crowd:
    """Pages that ask for as long as the test lasts, each time any of the replicas."""

    def __init__(self, pages: int, replicas: int) -> None:
        self.now = 0.0
        self.told: list[int] = []
        """Milliseconds, once the pace has settled."""
        chance = random.Random(0)
        all_of_them = [BoardInterval(lambda: replicas, lambda: self.now) for _ in range(replicas)]
        due = [(chance.uniform(0, FASTEST_MS / 1000), page) for page in range(pages)]
        heapq.heapify(due)
        while self.now < SETTLED_S + MEASURED_S:
            self.now, page = heapq.heappop(due)
            told = chance.choice(all_of_them).next_ms()
            if self.now > SETTLED_S:
                self.told.append(told)
            heapq.heappush(due, (self.now + told / 1000, page))

    @property
    def per_second(self) -> float:
        return len(self.told) / MEASURED_S


@pytest.mark.parametrize("replicas", [1, 3])
def test_many_pages_ask_all_replicas_together_as_often_as_one_alone(replicas: int) -> None:
    assert Crowd(300, replicas).per_second == pytest.approx(ASKED_PER_SECOND, rel=0.1)


@pytest.mark.parametrize("replicas", [1, 3])
def test_a_few_pages_ask_quickly_and_a_thousand_no_slower_than_the_slowest(replicas: int) -> None:
    assert set(Crowd(9, replicas).told) == {FASTEST_MS}
    assert FASTEST_MS < max(Crowd(1000, replicas).told) <= SLOWEST_MS
