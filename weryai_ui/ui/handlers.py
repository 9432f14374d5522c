"""What happens on an event: values in, one service call, views out."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from weryai_ui.access import SendTo
from weryai_ui.errors import ApiKeyError
from weryai_ui.request import FIELDS
from weryai_ui.service import Press, Service, Submitted
from weryai_ui.store.records import Shelf
from weryai_ui.ui import views

SANDBOX_PATH = "sandbox"
CARDS = 4
"""The newest presses; everything older is in the history."""
HISTORY_PAGE = 20
EXPORTED = 1000


@dataclass(frozen=True)
class Shown:
    """What the page shows after an event; None leaves a part as it is."""

    findings: dict[str, Any] | None = None
    request: dict[str, Any] | None = None
    response: dict[str, Any] | None = None
    board: dict[str, Any] | None = None


class Handlers:
    """One method an event. Thread-safe: a visitor's state is a token, and everything else is in the store.

    What a widget's script asks comes as one JSON value that anybody may have written: only texts are taken
    from it, and everything is looked up for the visitor whose token it names.
    """

    def __init__(self, service: Service) -> None:
        self._service = service

    # --- the buttons of the form -------------------------------------------------------------------

    def check(self, form: Mapping[str, Any]) -> Shown:
        """*Check only*: everything but the post."""
        press = _press(form)
        checked = self._service.check(press.values)
        payload = None if checked.request is None else checked.request.payload()
        return Shown(
            views.findings(checked, self._service.refusal(press)),
            self._request_pane(press, payload),
            {"facts": [], "text": ""},
        )

    def generate(self, form: Mapping[str, Any]) -> Shown:
        """*Generate*: check, send once, show what went out and what came back."""
        press = _press(form)
        press = replace(press, visitor=press.visitor or self._service.new_visitor())
        return self._after(press, self._service.submit(press))

    def submit_again(self, asked: Mapping[str, Any]) -> Shown:
        """*Submit again (may be charged twice)* on a press whose outcome nobody knows."""
        visitor = str(asked["visitor"] or "")
        submitted = self._service.submit_again(
            visitor, str(asked["intent"] or ""), key=str(asked["my-key"] or ""), token=str(asked["press"] or "")
        )
        if submitted is None:
            return Shown(board=self._board(visitor))
        if submitted.intent is None:
            return Shown(views.findings(submitted.checked, submitted.refusal))
        press = Press({}, SendTo(submitted.intent.send_to), visitor, key=str(asked["my-key"] or ""))
        return replace(self._after(press, submitted), findings=None)

    def _after(self, press: Press, submitted: Submitted) -> Shown:
        found = views.findings(submitted.checked, submitted.refusal)
        if submitted.intent is None:
            return Shown(found)
        return Shown(
            found,
            self._request_pane(press, submitted.intent.payload),
            views.response_pane(submitted.intent),
            self._board(press.visitor),
        )

    # --- the board ---------------------------------------------------------------------------------

    def refresh(self, asked: Any) -> dict[str, Any]:
        """The board for `{"visitor", "stamp"}`: with cards only when something changed since the stamp."""
        visitor = _text(asked, "visitor") or self._service.new_visitor()
        if self._stamp(visitor) == _text(asked, "stamp"):
            return {"visitor": visitor, "now": time.time()}
        return self._board(visitor)

    def forget(self, asked: Any) -> dict[str, Any]:
        """Deletes `{"visitor", "intent"}` here, if it is theirs, and gives the board."""
        visitor = _text(asked, "visitor")
        self._service.forget(visitor, _text(asked, "intent"))
        return self._board(visitor)

    def give_key(self, asked: Any) -> dict[str, Any]:
        """Keeps `{"visitor", "key"}` in memory, so that the visitor's tasks are followed on; gives the board."""
        visitor = _text(asked, "visitor")
        try:
            self._service.remember_key(visitor, _text(asked, "key"))
        except ApiKeyError as error:
            return {**self._board(visitor), "said": str(error)}
        return self._board(visitor)

    # --- the history -------------------------------------------------------------------------------

    def list_history(self, asked: Any) -> dict[str, Any]:
        """A page of `{"visitor", "shelf", "offset"}`."""
        shelf = _text(asked, "shelf")
        offset = asked.get("offset") if isinstance(asked, dict) else 0
        found = self._service.tasks(
            _text(asked, "visitor"),
            limit=HISTORY_PAGE,
            offset=offset if isinstance(offset, int) and 0 <= offset < 2**31 else 0,
            shelf=Shelf(shelf) if shelf in set(Shelf) else Shelf.ALL,
        )
        return {"rows": [views.row(intent) for intent in found]}

    def open_intent(self, asked: Any) -> dict[str, Any]:
        """Everything about `{"visitor", "intent"}`; empty when it is not theirs."""
        visitor = _text(asked, "visitor")
        opened = self._service.open(visitor, _text(asked, "intent"))
        if opened is None:
            return {}
        intent, timeline = opened
        exported = views.pretty(views.as_data(intent, timeline))
        return {
            **views.detail(intent, timeline, self._links(), has_key=self._service.has_key(visitor)),
            "export": exported,
        }

    def forget_intent(self, asked: Any) -> dict[str, Any]:
        """Deletes `{"visitor", "intent"}` here, if it is theirs."""
        return {"forgotten": self._service.forget(_text(asked, "visitor"), _text(asked, "intent"))}

    def export_history(self, asked: Any) -> dict[str, Any]:
        """Everything of `{"visitor"}` as JSON text, the newest `EXPORTED` presses."""
        found = self._service.tasks(_text(asked, "visitor"), limit=EXPORTED)
        return {"text": views.pretty([views.as_data(intent) for intent in found])}

    # --- pieces --------------------------------------------------------------------------------------

    def _board(self, visitor: str) -> dict[str, Any]:
        stamp = self._stamp(visitor)
        intents = self._service.tasks(visitor, limit=CARDS)
        has_key = self._service.has_key(visitor)
        return views.board(visitor, stamp, intents, time.time(), self._links(), has_key=has_key)

    def _stamp(self, visitor: str) -> str:
        return f"{self._service.stamp(visitor)}-{self._service.has_key(visitor)}"

    def _links(self) -> views.Links:
        return views.Links(self._service.sandbox_url, SANDBOX_PATH)

    def _request_pane(self, press: Press, payload: Mapping[str, Any] | None) -> dict[str, Any]:
        return views.request_pane(self._service.endpoint(press.send_to), payload, self._service.key_of(press))


def _press(form: Mapping[str, Any]) -> Press:
    return Press(
        values={name: form[name] for name in FIELDS},
        send_to=SendTo(form["send-to"]),
        visitor=str(form["visitor"] or ""),
        key=str(form["my-key"] or ""),
        scenario=str(form["scenario"] or ""),
        token=str(form["press"] or ""),
    )


def _text(asked: object, name: str) -> str:
    """One text of what a browser sent, whatever it sent."""
    value = asked.get(name) if isinstance(asked, dict) else None
    return value if isinstance(value, str) else ""
