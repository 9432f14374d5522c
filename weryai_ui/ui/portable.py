"""A request in from elsewhere and out to elsewhere: pasted bodies and commands, links that carry a form, code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from weryai_ui.files.names import told_apart
from weryai_ui.portable.body import ImportedForm
from weryai_ui.portable.paste import read_pasted
from weryai_ui.portable.programs import Language, snippet
from weryai_ui.portable.share_link import decode, encode
from weryai_ui.request.fields import FIELDS
from weryai_ui.service import Service
from weryai_ui.store.copy_records import Copy, Role
from weryai_ui.store.records import Intent, SendTo
from weryai_ui.ui.http.params import text
from weryai_ui.ui.own_address import service_url


class ImportExport:
    """What the *carry* widget asks, one method a question; nothing here sends anything."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def read_pasted(self, params: Any) -> dict[str, Any]:
        """The form that `{"text"}` (JSON, a command or code) fills, with a note for all that it does not."""
        return _as_form(read_pasted(text(params, "text"), self._service.settings.models.with_any_key()))

    def share_form(self, params: Any) -> dict[str, Any]:
        """The text of a link for `{"values"}`, with a sentence for what cannot travel."""
        values = params.get("values") if isinstance(params, dict) else None
        known = {name: value for name, value in values.items() if name in FIELDS} if isinstance(values, dict) else {}
        recipe = encode(known)
        return {"text": recipe.text, "left_out": list(recipe.left_out)}

    def open_shared(self, params: Any) -> dict[str, Any]:
        """The form behind the `{"text"}` of a link."""
        return _as_form(decode(text(params, "text"), self._service.settings.models.with_any_key()))


def programs(service: Service, payload: Mapping[str, Any] | None, send_to: SendTo) -> dict[str, Any]:
    """The request as a program in each language; files on this server become local files of their own names."""
    if payload is None:
        return {"programs": []}
    base_url = service_url(service, send_to)
    links = [link for name in ("images", "videos", "audios") for link in payload.get(name, ())]
    found = [upload for link in links if (upload := service.uploads.get(link)) is not None]
    names = told_apart([(upload.name, upload.sha256) for upload in found])
    files = {upload.link: name for upload, name in zip(found, names, strict=True)}
    sources = {upload.link: upload.source for upload in found if upload.source is not None}
    return {
        "programs": [
            {
                "language": language.value,
                "file": language.file_name,
                "text": snippet(language, payload, base_url=base_url, files=files, sources=sources),
            }
            for language in Language
        ]
    }


def programs_of(service: Service, intent: Intent, copies: Iterable[Copy]) -> dict[str, Any]:
    """A submission as a program in each language, with the files of this server that it used where they are still here.

    What went out has the service's links in their places, which end.
    """
    payload = intent.asked
    for copy in copies:
        links = payload.get(copy.field or "")
        if copy.role is Role.REFERENCE and isinstance(links, list) and service.uploads.get(copy.source):
            links[copy.number - 1] = copy.source
    return programs(service, payload, intent.send_to)


def _as_form(pasted: ImportedForm) -> dict[str, Any]:
    # A field that was not named keeps its place on the form empty: what is shown is what was pasted.
    return {"values": pasted.values, "notes": list(pasted.notes), "ok": pasted.ok}
