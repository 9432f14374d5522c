"""What the ledger takes and hands out: frozen rows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from weryai_ui.client.outcome import Outcome
from weryai_ui.request.price import Shape
from weryai_ui.store.sealed_keys import SealedKey


class End(StrEnum):
    """How a submission ended, for the books. LEFT: it was not followed to its end."""

    READY = "ready"
    PARTLY = "partly"
    FAILED = "failed"
    REFUSED = "refused"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"
    LEFT = "left"


@dataclass(frozen=True)
class NewEntry:
    """What a submission brings into the books. `account`: a hash; `who`: the checked name of who pays, or empty.

    `key`: the key of the account, where it is a visitor's own and is kept sealed.
    """

    account: str
    service: str
    who: str
    shape: Shape
    key: SealedKey | None = None


@dataclass(frozen=True)
class OpenEntry:
    """A submission whose cost is not known yet.

    `outcome`, `running`: how its record stands, None where that is gone. `credits_before`, `before_at`: the balance
    before its group and when it was asked for, on the entry that began the group.
    """

    intent_id: str
    group_id: str
    account: str
    service: str
    send_to: str
    visitor: str
    at: float
    shape: Shape
    credits_before: int | None
    before_at: float | None
    outcome: Outcome | None
    running: bool | None

    @property
    def has_ended(self) -> bool:
        """Whether nothing more is to come of it."""
        return not self.running


@dataclass(frozen=True)
class Settled:
    """How a submission ended and what it cost. `credits` None: nobody can say; `about`: it may be another figure."""

    intent_id: str
    ended: End
    credits: float | None
    about: bool
    failure: str | None = None
    code: int | None = None
    http_status: int | None = None


@dataclass(frozen=True)
class Balance:
    """What an account had when it was asked last. `at_rest`: nothing of this app's has moved it since.

    `under_way`: something is being made with it.
    """

    credits: int | None
    asked_at: float
    at_rest: bool
    under_way: bool


@dataclass(frozen=True)
class Price:
    """What a request may cost: credits from and to, by the last `of` that were like it; none of them: the tariff."""

    least: float
    most: float
    of: int = 0
    about: bool = False
