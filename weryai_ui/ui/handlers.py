"""What happens on an event: values in, one service call, views out."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from weryai_ui.access import SendTo
from weryai_ui.request import FIELDS
from weryai_ui.service import Press, Service
from weryai_ui.store.records import Intent
from weryai_ui.ui import views

SANDBOX_PATH = "sandbox"
CARDS = 20


@dataclass(frozen=True)
class Shown:
    """What the page shows after an event; None leaves a part as it is."""

    findings: dict[str, Any]
    request: dict[str, Any] | None = None
    response: dict[str, Any] | None = None
    board: dict[str, Any] | None = None


class Handlers:
    """One method an event. Thread-safe: a visitor's state is a token, and everything else is in the store."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def check(self, form: Mapping[str, Any]) -> Shown:
        """*Check only*: everything but the post. A key that was typed is kept for following from here on."""
        press = _press(form)
        checked = self._service.check(press.values)
        refusal = self._service.refusal(press)
        if refusal is None and press.send_to is SendTo.MY_KEY:
            self._service.remember_key(press.visitor, press.key)
        pane = self._request_pane(press, None if checked.request is None else checked.request.payload())
        return Shown(views.findings(checked, refusal), pane, {"facts": [], "text": ""})

    def generate(self, form: Mapping[str, Any]) -> Shown:
        """*Generate*: check, send once, show what went out and what came back."""
        press = _press(form)
        visitor = press.visitor or self._service.new_visitor()
        press = Press(**{**vars(press), "visitor": visitor})
        submitted = self._service.submit(press)
        found = views.findings(submitted.checked, submitted.refusal)
        if submitted.intent is None:
            return Shown(found)
        return Shown(
            found,
            self._request_pane(press, submitted.intent.payload),
            views.response_pane(submitted.intent),
            self._board(visitor),
        )

    def refresh(self, asked: Any) -> dict[str, Any]:
        """The board for `{"visitor", "stamp"}`: with cards only when something changed since the stamp."""
        visitor = _text(asked, "visitor")
        if not visitor:
            return views.board(self._service.new_visitor(), "", [], time.time(), self._links())
        if self._service.stamp(visitor) == _text(asked, "stamp"):
            return {"visitor": visitor, "now": time.time()}
        return self._board(visitor)

    def forget(self, asked: Any) -> dict[str, Any]:
        """Deletes `{"visitor", "intent"}` here, if it is theirs, and gives the board."""
        visitor = _text(asked, "visitor")
        self._service.forget(visitor, _text(asked, "intent"))
        return self._board(visitor)

    def _board(self, visitor: str) -> dict[str, Any]:
        stamp = self._service.stamp(visitor)
        intents: tuple[Intent, ...] = self._service.tasks(visitor, limit=CARDS)
        return views.board(visitor, stamp, intents, time.time(), self._links())

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
