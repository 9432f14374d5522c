"""Figures of two things measured in turn, and their ratio.

A ratio is the median of ours over the median of what it stands against, both of the same run of this program, so
that a slow machine slows both. The spread is that of the ratios pair by pair.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


class CannotMeasure(Exception):
    """A figure could not be had: something went wrong in the app, or what is needed is not there."""


@dataclass(frozen=True)
class Row:
    """One line of the table: `ours[i]` and `theirs[i]` were measured one after the other, in `unit`.

    `goal`: the largest ratio that is good; None where the row only informs. `below`: the ratio has to be smaller than
    the goal. `spoiled`: why the goal is missed whatever the ratio, such as errors on the way. `note`: said below
    the table.
    """

    name: str
    what: str
    against: str
    unit: str
    ours: Sequence[float]
    theirs: Sequence[float]
    goal: float | None
    below: bool = False
    spoiled: str = ""
    note: str = ""

    @property
    def ratio(self) -> float:
        """The ratio of the medians."""
        return _ratio(statistics.median(self.ours), statistics.median(self.theirs))

    @property
    def pairs(self) -> list[float]:
        """The ratio of each pair."""
        return [_ratio(a, b) for a, b in zip(self.ours, self.theirs, strict=True)]

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without a goal."""
        if self.goal is None:
            return None
        return not self.spoiled and (self.ratio < self.goal if self.below else self.ratio <= self.goal)

    def as_data(self) -> dict[str, Any]:
        """The row for a file."""
        return {
            "name": self.name,
            "what": self.what,
            "against": self.against,
            "unit": self.unit,
            "ours": _summary(self.ours),
            "theirs": _summary(self.theirs),
            "ratio": round(self.ratio, 4),
            "ratio_of_pairs": _summary(self.pairs),
            "goal": self.goal,
            "met": self.met,
            "spoiled": self.spoiled,
            "note": self.note,
        }


def in_turn(
    ours: Callable[[], float], theirs: Callable[[], float], runs: int, warm_up: int = 1
) -> tuple[list[float], list[float]]:
    """`runs` figures of each, measured in turn, so that noise hits both; the first `warm_up` pairs are not kept."""
    pairs = [(ours(), theirs()) for _ in range(warm_up + runs)][warm_up:]
    return [a for a, _ in pairs], [b for _, b in pairs]


def each_seconds(act: Callable[[], object], times: int) -> float:
    """Seconds of one call, over so many calls in a row."""
    began = time.perf_counter()
    for _ in range(times):
        act()
    return (time.perf_counter() - began) / times


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` of all values (0 to 1) do not exceed."""
    if not values:
        raise CannotMeasure("nothing was measured")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def _ratio(ours: float, theirs: float) -> float:
    return ours / theirs if theirs else float("inf")


def _summary(values: Sequence[float]) -> dict[str, Any]:
    quarters = statistics.quantiles(values, n=4) if len(values) > 1 else [values[0]] * 3
    return {
        "median": round(statistics.median(values), 6),
        "min": round(min(values), 6),
        "quartiles": [round(quarters[0], 6), round(quarters[2], 6)],
        "max": round(max(values), 6),
        "runs": [round(value, 6) for value in values],
    }
