"""What the scripts ask about films that are kept here: one as a reference, and the end of one."""

from __future__ import annotations

from math import isfinite
from typing import Any

from weryai_ui.media import MediaError
from weryai_ui.service import Service
from weryai_ui.service.joining import MOST_JOINED
from weryai_ui.ui.http.params import number, text, texts
from weryai_ui.ui.links import links_for
from weryai_ui.ui.views import panes
from weryai_ui.ui.views.comparing import to_join


class FilmQuestions:
    """One method a question; each takes one JSON value and looks everything up for the visitor that it names."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def use_kept(self, params: Any) -> dict[str, Any]:
        """The visitor's kept film `{"visitor", "copy"}` as a file for the form, or `refused`."""
        try:
            upload = self._service.use_kept(text(params, "visitor"), text(params, "copy"))
        except MediaError as refused:
            return {"refused": str(refused)}
        return panes.upload(upload)

    def continue_film(self, params: Any) -> dict[str, Any]:
        """The last frame of the visitor's film `{"visitor", "intent", "link"}` as a file for the form, or `refused`."""
        try:
            upload = self._service.continue_film(text(params, "visitor"), text(params, "intent"), text(params, "link"))
        except MediaError as refused:
            return {"refused": str(refused)}
        return panes.upload(upload)

    def continue_seconds(self, params: Any) -> dict[str, Any]:
        """The last `seconds` of the visitor's film, otherwise as `continue_film`; `replaces`: the number of a video."""
        wanted, replaces = number(params, "seconds"), number(params, "replaces")
        if not isfinite(wanted):
            wanted = 0.0
        try:
            upload = self._service.continue_seconds(
                text(params, "visitor"),
                text(params, "intent"),
                text(params, "link"),
                wanted,
                int(replaces) if isfinite(replaces) else 0,
            )
        except MediaError as refused:
            return {"refused": str(refused)}
        return panes.upload(upload)

    def joinable(self, params: Any) -> dict[str, Any]:
        """The films of `{"visitor", "intents"}` that can be joined, in that order, or why they cannot (`refused`)."""
        visitor, asked = text(params, "visitor"), dict.fromkeys(texts(params, "intents"))
        found = [opened[0] for each in list(asked)[:MOST_JOINED] if (opened := self._service.open(visitor, each))]
        return to_join(found, links_for(self._service, found))

    def join_films(self, params: Any) -> dict[str, Any]:
        """Begins to join the films `{"visitor", "copies"}`; `begun` is the link to ask `fit_states` about."""
        try:
            return {"begun": self._service.join_films(text(params, "visitor"), texts(params, "copies"))}
        except MediaError as refused:
            return {"refused": str(refused)}
