"""Sharing as the page's scripts and programs ask for it: what they sent, read; and what they are told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from weryai_ui.i18n import say, spoken
from weryai_ui.service import Service
from weryai_ui.service.sharing import Lasts, NotShared, Options
from weryai_ui.store.records import Intent
from weryai_ui.store.shares import Share
from weryai_ui.ui.http.params import text, texts
from weryai_ui.ui.kept import NAME_CHARACTERS, SHARED_PATH, day
from weryai_ui.ui.own_address import base_url
from weryai_ui.ui.shared.content import trial
from weryai_ui.ui.shared.document import Document

MOST_ASKED = 50


def options_of(given: Any) -> Options:
    """What was chosen for a page, whatever was sent; what is missing is as it is by itself."""
    notes = given.get("notes") if isinstance(given, Mapping) else None
    lasts = text(given, "lasts")
    return Options(
        title=text(given, "title"),
        note=text(given, "note"),
        notes={str(name): text(notes, name) for name in list(notes)[:MOST_ASKED]} if isinstance(notes, dict) else None,
        shows_prompt=_flag(given, "shows_prompt", True),
        shows_code=_flag(given, "shows_code", False),
        lasts=Lasts(lasts) if lasts in set(Lasts) else None,
    )


def link_of(service: Service, token: str, asked_by: Request | None) -> str:
    """The address of a page as others reach it; a path where nobody knows that."""
    return f"{base_url(service, asked_by)}{SHARED_PATH}/{token}"


class SharingQuestions:
    """What the board's and the history's scripts ask, one method a question."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._document = Document()

    def preview_share(self, params: Any) -> dict[str, Any]:
        """How the page for `{"visitor", "intents", "options"}` would look, or the page `share` once it is changed.

        `html` for a frame on the visitor's own page, which no one else can open; `results`: what the notes are for.
        """
        try:
            given = params.get("options") if isinstance(params, dict) else None
            asked = tuple(texts(params, "intents")), options_of(given), text(params, "share")
            page = self._service.sharing.preview(text(params, "visitor"), *asked)
        except NotShared as refused:
            return {"refused": str(refused)}
        said = trial(page, self._service.settings.models, spoken())
        return {"html": self._document.html(said), "results": [_named(each.intent) for each in page.results]}

    def share(self, params: Any) -> dict[str, Any]:
        """Makes a page for `{"visitor", "intents", "options"}`; its path on this origin, or why not."""
        try:
            given = params.get("options") if isinstance(params, dict) else None
            visitor, intents = text(params, "visitor"), tuple(texts(params, "intents"))
            token, made = self._service.sharing.share(visitor, intents, options_of(given))
        except NotShared as refused:
            return {"refused": str(refused)}
        hosts = self._service.settings.embed_hosts
        return {"path": f"{SHARED_PATH}/{token}", "embed_hosts": list(hosts), **_share(made)}

    def change_share(self, params: Any) -> dict[str, Any]:
        """Shows `{"visitor", "share", "options"}` another choice under the same link, or says why not."""
        try:
            given = params.get("options") if isinstance(params, dict) else None
            changed = self._service.sharing.change(text(params, "visitor"), text(params, "share"), options_of(given))
        except NotShared as refused:
            return {"refused": str(refused)}
        return _share(changed)

    def stop_sharing(self, params: Any) -> dict[str, Any]:
        """Ends the page `{"visitor", "share"}` at once."""
        return {"stopped": self._service.sharing.stop(text(params, "visitor"), text(params, "share"))}

    def list_shares(self, params: Any) -> dict[str, Any]:
        """What `{"visitor"}` shares, the newest first."""
        return {"shares": [_share(each) for each in self._service.sharing.shared_by(text(params, "visitor"))]}


def _share(share: Share) -> dict[str, Any]:
    title = share.title or say("shared.title_one" if len(share.results) == 1 else "shared.title_many")
    opened = say("sharing.opened", date=share.opened_on) if share.opened_on else say("sharing.never_opened")
    ends = "" if share.expires_at is None else say("shared.ends", date=day(share.expires_at))
    return {
        "id": share.id,
        "own_title": share.title,
        "note": share.note,
        "shows_prompt": share.shows_prompt,
        "shows_code": share.shows_code,
        "title": title,
        "says": " · ".join(filter(None, (day(share.created_at), opened, ends))),
        "intents": [each.intent_id for each in share.results],
        "notes": {each.intent_id: each.note for each in share.results},
    }


def _named(intent: Intent) -> dict[str, str]:
    """A result by its first words."""
    words = " ".join(str(intent.payload.get("prompt", "")).split())
    return {"intent": intent.id, "words": words[:NAME_CHARACTERS]}


def _flag(given: Any, name: str, otherwise: bool) -> bool:
    value = given.get(name) if isinstance(given, Mapping) else None
    return value if isinstance(value, bool) else otherwise
