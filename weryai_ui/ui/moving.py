"""What the history's script asks when a history moves to another browser."""

from __future__ import annotations

from typing import Any

from weryai_ui.access.policy import HERE, Caller
from weryai_ui.errors import Refusal
from weryai_ui.service import Service
from weryai_ui.store.moves import LASTS_S
from weryai_ui.ui.http.params import text


class MoveQuestions:
    """One method a question; each takes one JSON value. What is refused stands in `refused`, in a sentence."""

    def __init__(self, service: Service) -> None:
        self._moving = service.moving

    def offer_move(self, params: Any) -> dict[str, Any]:
        """A code for the history of `{"visitor"}`, and the seconds that it lasts."""
        offered = self._moving.offer(text(params, "visitor"))
        if isinstance(offered, Refusal):
            return {"refused": offered}
        return {"code": offered.code, "lasts_s": LASTS_S}

    def take_move(self, params: Any, caller: Caller = HERE) -> dict[str, Any]:
        """The visitor token that the `code` hands to `{"visitor"}`, once."""
        taken = self._moving.take(text(params, "visitor"), text(params, "code"), caller.address)
        return {"refused": taken} if isinstance(taken, Refusal) else {"token": taken.token}

    def join_history(self, params: Any) -> dict[str, Any]:
        """Makes what the browser had as the visitor `before` a part of the history of `{"visitor"}`."""
        joined = self._moving.join(text(params, "visitor"), text(params, "before"))
        return {"joined": joined or 0}
