"""What the tray's script asks of files: what they are, to cut one, to make one fit, and how far they are."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from weryai_ui.access.accounts import visitor_id
from weryai_ui.files.reach import by_itself
from weryai_ui.media import MediaError, fits_at_once
from weryai_ui.service import Service
from weryai_ui.ui.http.params import number, text, texts
from weryai_ui.ui.views import panes


class TrayQuestions:
    """One method a question; each takes one JSON value."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def describe_uploads(self, params: Any) -> dict[str, Any]:
        """What is known of `{"links"}` that are files here, by link."""
        uploads = self._service.uploads
        found = [uploads.get(link) for link in texts(params, "links")]
        return {"known": {each.link: panes.upload(each) for each in found if each is not None}}

    def cut_upload(self, params: Any) -> dict[str, Any]:
        """Cuts the clip `{"visitor", "link", "start", "end"}` (seconds); gives the new file, or `refused`."""
        uploads = self._service.uploads
        try:
            cut = uploads.cut(
                text(params, "link"),
                number(params, "start"),
                number(params, "end"),
                visitor_id(text(params, "visitor")),
            )
        except MediaError as refused:
            return {"refused": str(refused)}
        return panes.upload(cut)

    def fit_upload(self, params: Any) -> dict[str, Any]:
        """Makes the file `{"visitor", "link", "white"}` fit; `white`: what is clear in it white. Or `refused`.

        A video is only begun with: `fit_states` tells how far it is.
        """
        uploads, link, visitor = self._service.uploads, text(params, "link"), visitor_id(text(params, "visitor"))
        found = uploads.get(link)
        try:
            if found is not None and not fits_at_once(found.media):
                self._service.fitter.start(link, visitor)
                return {"begun": True}
            made = uploads.fit(link, white=text(params, "white") == "white", visitor=visitor)
        except MediaError as refused:
            return {"refused": str(refused)}
        return panes.upload(made)

    def fit_states(self, params: Any) -> dict[str, Any]:
        """How far the videos `{"links"}` are that are made to fit, with the new file of each that is ready."""
        uploads, states = self._service.uploads, self._service.fitter.states(texts(params, "links"))
        made = {link: uploads.get(state.link) for link, state in states.items() if state.link is not None}
        new = {link: panes.upload(each) for link, each in made.items() if each is not None}
        return {"states": {link: {**asdict(state), "new": new.get(link)} for link, state in states.items()}}

    def give_up_fit(self, params: Any) -> dict[str, Any]:
        """Ends what is done about the video `{"link"}`."""
        self._service.fitter.give_up(text(params, "link"))
        return {}

    def reach_link(self, params: Any) -> dict[str, Any]:
        """Whether the service can likely read `{"link"}`, as `good`, and why.

        Where the owner does not let this server ask links, only what the link says by itself; nothing where that is not
        enough.
        """
        link = text(params, "link")
        found = self._service.reach.ask(link) if self._service.settings.measure_links else by_itself(link)
        return {} if found is None else asdict(found)

    def upload_states(self, params: Any) -> dict[str, Any]:
        """How far the files `{"links"}` are on their way to where the request goes."""
        states = self._service.uploader.progress(texts(params, "links"))
        return {"states": {link: asdict(state) for link, state in states.items()}}
