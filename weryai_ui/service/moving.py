"""A history moves to another browser: by a one-time code, ten minutes long, that hands the visitor's token over.

The other browser then is that visitor, like the first, and both see the same. What it had before joins: its submissions
with their films, titles, stars, shared pages and what they took of a budget. Nobody has two budgets by it, or a key of
somebody else's: a key of one's own stays with the token that it came with, and is asked for where it is needed.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from weryai_ui.access import move_codes, visitors
from weryai_ui.access.accounts import visitor_id
from weryai_ui.access.throttle import Throttle
from weryai_ui.errors import Refusal, refuse
from weryai_ui.store.submissions import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Offered:
    """A code that hands a history over, and until when, in seconds since 1970."""

    code: str
    expires_at: float

    def __repr__(self) -> str:
        return f"Offered(expires_at={self.expires_at})"


@dataclass(frozen=True)
class Taken:
    """The visitor token that a code handed over; it stays out of every repr."""

    token: str

    def __repr__(self) -> str:
        return "Taken()"


class Moving:
    """What is done with codes. Thread-safe. Guesses are counted by address and for all together."""

    def __init__(self, store: Store, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._moves = store.moves
        self._throttle = Throttle(monotonic, store.alive)

    def offer(self, visitor: str) -> Offered | Refusal:
        """A new code for a visitor's history; the one before it is good no more."""
        if not visitors.is_token(visitor):
            return refuse("access.no_visitor")
        code = move_codes.new_code()
        expires_at = self._moves.offer(visitor_id(visitor), *move_codes.seal(code, visitor))
        return refuse("moves.too_many") if expires_at is None else Offered(code, expires_at)

    def take(self, visitor: str, typed: str, address: str) -> Taken | Refusal:
        """The token behind a code, which is good once. Wrong, used and late ones are refused in the same words."""
        if not visitors.is_token(visitor):
            return refuse("access.no_visitor")
        found: list[Taken | Refusal] = []

        def is_right() -> bool:
            found.extend(filter(None, [self._look(visitor_id(visitor), move_codes.read_code(typed))]))
            return bool(found)

        right, wait = self._throttle.attempt(f"code:{address}", is_right)
        return found[0] if right else refuse("moves.wrong", seconds=math.ceil(wait))

    def _look(self, taker: str, code: str) -> Taken | Refusal | None:
        # What can be no code costs as much time as one that is not there.
        row = self._moves.take(move_codes.hash_of(code), taker)
        if row is None:
            return None
        owner, sealed = row
        if owner == taker:
            return refuse("moves.own")
        token = move_codes.unseal(code, sealed)
        log.info("moved visitor=%s to=%s", taker[:8], owner[:8])
        return Taken(token) if visitor_id(token) == owner else None

    def join(self, visitor: str, before: str) -> int | None:
        """Makes what a browser had as `before` the visitor's; how many submissions. None for what are no two tokens."""
        if visitor == before or not (visitors.is_token(visitor) and visitors.is_token(before)):
            return None
        return self._moves.join(visitor_id(before), visitor_id(visitor))
