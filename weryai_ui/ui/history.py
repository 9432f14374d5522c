"""What the history's script asks: a page of it, one submission with everything, and all as JSON."""

from __future__ import annotations

import math
from typing import Any

from weryai_ui.access.accounts import visitor_id
from weryai_ui.service import Service
from weryai_ui.store.narrowing import Narrowing
from weryai_ui.store.records import MODEL_CHARACTERS, Filter
from weryai_ui.ui.http.params import number, place, text
from weryai_ui.ui.links import links_for
from weryai_ui.ui.portable import programs_of
from weryai_ui.ui.views import cards, details, panes

HISTORY_PAGE = 20
EXPORTED = 1000


class HistoryQuestions:
    """One method a question; each takes one JSON value and looks everything up for the visitor that it names."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def list_history(self, params: Any) -> dict[str, Any]:
        """A page of `{"visitor", "filter", "words", "after"}`, and how long it is kept.

        The first page, or the one after that row, of what stands in the filter and has all the words. `model`,
        `send_to`, `since` and `until` (seconds since 1970) narrow it further; `order` is "oldest" or anything else.
        """
        filter_ = text(params, "filter")
        found = self._service.tasks(
            text(params, "visitor"),
            limit=HISTORY_PAGE,
            after=place(params, "after"),
            filter_=Filter(filter_) if filter_ in set(Filter) else Filter.ALL,
            looked_for=text(params, "words"),
            narrowing=_narrowing(params),
        )
        links = links_for(self._service, found)
        return {"rows": [cards.row(intent, links) for intent in found], "kept": panes.kept(self._service.kept)}

    def open_intent(self, params: Any) -> dict[str, Any]:
        """Everything about `{"visitor", "intent"}`; empty when it is not theirs."""
        visitor = text(params, "visitor")
        opened = self._service.open(visitor, text(params, "intent"))
        if opened is None:
            return {}
        intent, timeline = opened
        exported = panes.pretty(details.as_data(intent, timeline))
        return {
            **details.detail(
                intent, timeline, links_for(self._service, [intent]), has_key=self._service.has_key(visitor)
            ),
            "export": exported,
            "har": panes.pretty(details.har(timeline)),
            "lineage": details.lineage(*self._service.lineage(visitor, intent)),
        }

    def panes_of(self, params: Any) -> dict[str, Any]:
        """What `{"visitor", "intent"}` sent and got, as the panes show it, and its `card`; empty when it is not theirs.

        `final` is the last status answer, once there is nothing more to come.
        """
        visitor = text(params, "visitor")
        opened = self._service.open(visitor, text(params, "intent"))
        if opened is None:
            return {}
        intent, timeline = opened
        links = links_for(self._service, [intent])
        return {
            "of": intent.id,
            "request": details.request_pane(intent),
            "response": panes.response_pane(intent),
            "timeline": details.timeline_of(intent, timeline),
            "final": None if cards.is_busy(intent) else details.final_pane(timeline),
            "code": programs_of(self._service, intent, links.kept.by_intent.get(intent.id, ())),
            "card": cards.card(intent, links, has_key=self._service.has_key(visitor)),
        }

    def forget_intent(self, params: Any) -> dict[str, Any]:
        """Deletes `{"visitor", "intent"}` here, if it is theirs."""
        return {"forgotten": self._service.forget(text(params, "visitor"), text(params, "intent"))}

    def set_title(self, params: Any) -> dict[str, Any]:
        """Gives `{"visitor", "intent"}` the `title`; the one that is kept, None where the submission is not theirs."""
        who = visitor_id(text(params, "visitor"))
        return {"title": self._service.titles.put(who, text(params, "intent"), text(params, "title"))}

    def set_note(self, params: Any) -> dict[str, Any]:
        """Gives `{"visitor", "intent"}` the `note`; the one that is kept, None where the submission is not theirs."""
        who = visitor_id(text(params, "visitor"))
        return {"note": self._service.titles.put_note(who, text(params, "intent"), text(params, "note"))}

    def export_history(self, params: Any) -> dict[str, Any]:
        """Everything of `{"visitor"}` as JSON text, the newest `EXPORTED` submissions."""
        found = self._service.tasks(text(params, "visitor"), limit=EXPORTED)
        return {"text": panes.pretty([details.as_data(intent) for intent in found])}


def _narrowing(params: Any) -> Narrowing:
    since, until = (number(params, name) for name in ("since", "until"))
    return Narrowing(
        model=text(params, "model")[:MODEL_CHARACTERS],
        send_to=text(params, "send_to"),
        since=since if math.isfinite(since) else None,
        until=until if math.isfinite(until) else None,
        oldest_first=text(params, "order") == "oldest",
    )
