"""The credits of each account of the sandbox: 1,240 at its first use, and again at the first use in each later hour."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from weryai_ui.sandbox.envelope import NO_CREDITS, ApiError

CREDITS: Final = 1240
REFILL_SECONDS: Final = 3600.0
PURSES_KEPT: Final = 1000


@dataclass
class _Purse:
    credits: int
    filled_at: float


class Purses:
    """One purse for each account; beyond `PURSES_KEPT` the one unused for longest is forgotten. Not thread-safe."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._purses: OrderedDict[str, _Purse] = OrderedDict()

    def credits(self, account: str) -> int:
        """Credits left."""
        return self._purse(account).credits

    def pay(self, account: str, price: int) -> None:
        """Takes the price. Raises ApiError 1011 (HTTP 200) where less is left."""
        purse = self._purse(account)
        if price > purse.credits:
            raise ApiError(200, NO_CREDITS, f"this costs {price} credits; {purse.credits} are left")
        purse.credits -= price

    def refund(self, account: str, price: int) -> None:
        """Gives a price back."""
        purse = self._purse(account)
        purse.credits = min(CREDITS, purse.credits + price)

    def _purse(self, account: str) -> _Purse:
        now = self._clock()
        purse = self._purses.setdefault(account, _Purse(CREDITS, now))
        self._purses.move_to_end(account)
        if now - purse.filled_at >= REFILL_SECONDS:
            purse.credits, purse.filled_at = CREDITS, now
        if len(self._purses) > PURSES_KEPT:
            self._purses.popitem(last=False)
        return purse
