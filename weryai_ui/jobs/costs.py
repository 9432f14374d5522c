"""What each submission of a group cost, by the balance of their account before and after. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

BEFORE_LASTS_S = 600.0
"""A balance that was asked for longer before a submission says little of the moment before it."""


@dataclass(frozen=True)
class Member:
    """A submission of a group. `known`: what it cost, where that is known by itself; `weight`: its part of the rest."""

    intent_id: str
    known: float | None
    weight: float


@dataclass(frozen=True)
class Cost:
    """Credits, None where nobody can say; `about` where another submission may have its part in the figure."""

    credits: float | None
    about: bool


def costs(members: Sequence[Member], before: int | None, after: int | None, *, doubtful: bool) -> Mapping[str, Cost]:
    """The cost of each member. What is not known by itself shares the difference of the two balances, to the credit.

    A single one has all of it. `doubtful`: something else of this account may have moved the balance. Credits that grew
    in between tell nothing.
    """
    found = {member.intent_id: Cost(member.known, False) for member in members}
    rest = [member for member in members if member.known is None]
    if not rest:
        return found
    spent = None if before is None or after is None else before - after - sum(member.known or 0.0 for member in members)
    if spent is None or spent < 0:
        return found
    about = doubtful or len(rest) > 1
    return found | {
        member.intent_id: Cost(share, about)
        for member, share in zip(rest, _shared(spent, [member.weight for member in rest]), strict=True)
    }


def _shared(amount: float, weights: Sequence[float]) -> list[float]:
    """Parts of an amount by weight, whole where the amount is whole, that sum up to it."""
    total = sum(weights) or float(len(weights))
    weights = weights if sum(weights) else [1.0] * len(weights)
    whole = float(amount).is_integer()
    parts: list[float] = []
    weight_so_far = given = 0.0
    for weight in weights:
        weight_so_far += weight
        until = amount * weight_so_far / total
        until = float(round(until)) if whole else until
        parts.append(until - given)
        given = until
    return parts
