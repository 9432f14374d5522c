"""What the store hands out of plans: several variants of one form, sent one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from weryai_ui.store.records import SendTo

LEAST_VARIANTS, MOST_VARIANTS = 2, 4


class PlanState(StrEnum):
    """Where a plan stands. STOPPED: by its visitor, or by what would repeat; its visitor may have it go on."""

    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"


class VariantState(StrEnum):
    """Where a variant stands. SENDING: it may be on its way. SENT: its submission is there, whatever comes of it.

    REFUSED: for what is wrong with it alone.
    """

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"


@dataclass(frozen=True)
class PlanOrder:
    """What is asked of a plan. `id` is the same for every arrival of one request.

    `varies`: the field in which its variants differ. `caller`: what the server knew of who asked, as data. `language`:
    of what is said of it. `account`: the fingerprint of the account that it goes with, where that is its visitor's own.
    """

    id: str
    visitor: str
    varies: str
    send_to: SendTo
    scenario: str
    came_from: str
    caller: Mapping[str, Any]
    language: str
    account: str = field(default="", kw_only=True)


@dataclass(frozen=True)
class NewPlan(PlanOrder):
    """A plan to be, its variants in the order of sending: what the form had (`asked`) under its idempotency key."""

    variants: tuple[tuple[str, Mapping[str, Any]], ...]


@dataclass(frozen=True)
class Variant:
    """One variant. `asked` is empty once nothing of it is to be sent any more.

    `intent_id`: its submission, or the one that was refused before it waits again. `said`: why it was refused, where no
    submission tells it.
    """

    place: int
    idempotency_key: str
    asked: Mapping[str, Any]
    state: VariantState
    name: str
    intent_id: str | None = None
    said: str | None = None


@dataclass(frozen=True)
class Plan(PlanOrder):
    """A plan. `said`: why it stopped, where neither its visitor nor a submission did it.

    `stopped_by`: the submission that did it. `faults`: how often in a row sending failed in a way that nobody foresaw.
    """

    state: PlanState
    said: str | None
    stopped_by: str | None
    created_at: float
    updated_at: float
    faults: int
    variants: tuple[Variant, ...]

    @property
    def unsent(self) -> int:
        """How many variants are still to be sent."""
        return sum(each.state is VariantState.WAITING for each in self.variants)


@dataclass(frozen=True)
class Settled:
    """What became of a try to send a variant. With `stops` the plan goes no further by itself.

    `new_key`: under which it may be sent again, where it is certain that nothing came of this try.
    """

    state: VariantState
    intent_id: str | None = None
    said: str | None = None
    stops: bool = False
    new_key: str = ""
