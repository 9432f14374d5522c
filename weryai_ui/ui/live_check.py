"""What is said and shown of a form while somebody types: its findings, and what would go out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weryai_ui.request.fields import FIELDS
from weryai_ui.request.findings import CheckResult
from weryai_ui.request.validation import as_typed
from weryai_ui.service import Service
from weryai_ui.store.records import SendTo
from weryai_ui.ui.form_values import measured_of
from weryai_ui.ui.http.params import text
from weryai_ui.ui.portable import programs
from weryai_ui.ui.views import panes

LIVE_CHARACTERS = 64_000
"""Of a body that is shown while somebody types; a longer one is shown once it is checked."""
NO_KEY = "sk-"
"""What stands for the key of a request that is not sent yet."""


class LiveCheck:
    """What the problem list's script asks 150 ms after the last key."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def check_values(self, params: Any) -> dict[str, Any]:
        """The findings of `{"values", "measured", "send_to"}` while a person types: the form's values by field.

        The page asks this 150 ms after the last key; what it says is what *Check only* and *Generate* say of values.
        `price`: what it may cost, in a sentence. `request` is the pane with the body that would go out, `code` the
        programs, where `{"code"}` asks for them.
        """
        given = params.get("values") if isinstance(params, dict) else None
        values = {name: given.get(name) for name in FIELDS} if isinstance(given, dict) else {}
        where = text(params, "send_to")
        send_to = SendTo(where) if where in set(SendTo) else SendTo.SANDBOX
        models = self._service.settings.models
        measured = measured_of(text(params, "measured"))
        own = send_to is SendTo.MY_KEY
        checked = self._service.check(values, measured, models.with_any_key() if own else models)
        found = {**panes.findings(checked), "price": self._price(checked, send_to)}
        return {**found, **self._live(checked, values, send_to, params)}

    def _price(self, checked: CheckResult, send_to: SendTo) -> str:
        """What the form may cost, where it costs and can be sent."""
        if checked.request is None or send_to is SendTo.SANDBOX or send_to not in self._service.access.offers:
            return ""
        limits = self._service.access.budget(send_to)
        counted = limits is not None and limits.counts_credits
        return panes.price(self._service.price(send_to, checked.request.payload()), counted=counted)

    def _live(self, checked: CheckResult, values: Mapping[str, Any], send_to: SendTo, params: Any) -> dict[str, Any]:
        """The panes of a form that is not sent yet."""
        if not self._service.accounts.base_url(send_to):
            return {}  # in the first moments the server does not know its own address, which is the sandbox's
        payload = as_typed(values) if checked.request is None else checked.request.payload()
        pane = panes.request_pane(self._service.endpoint(send_to), payload, NO_KEY)
        if len(pane["text"]) > LIVE_CHARACTERS:
            return {}
        live: dict[str, Any] = {"request": {**pane, "wrong": [found.field for found in checked.problems]}}
        if checked.request is not None and isinstance(params, dict) and params.get("code") is True:
            live["code"] = programs(self._service, payload, send_to)
        return live
