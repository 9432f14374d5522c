"""The app's own route for results that are kept here: `GET /kept/<id>` and `…/poster`, with ranges.

Whoever knows the id of a copy may see it, as with a file that somebody gave. It is nobody's once it was forgotten.
"""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weryai_ui.errors import DatabaseAway
from weryai_ui.files.object_storage import ObjectStorage, StorageAway
from weryai_ui.service import Service
from weryai_ui.store.copy_records import Copy
from weryai_ui.store.records import Intent
from weryai_ui.ui.http.ranges import AWAY, INSIDE_A_PAGE, Object, answer
from weryai_ui.ui.kept import KEPT_PATH, POSTER, copy_name

HEADERS = {"Cache-Control": "private, max-age=86400"}


def routes(service: Service) -> list[Route]:
    """`GET /kept/<id>` and `GET /kept/<id>/poster`."""

    async def show(request: Request) -> Response:
        try:
            found = await run_in_threadpool(service.kept_copy, request.path_params["id"])
        except DatabaseAway:
            return Response(status_code=503, headers=AWAY)
        if found is None:
            return Response(status_code=404)
        if request.url.path.endswith(f"/{POSTER}"):
            return await run_in_threadpool(poster, service.storage, found[1], HEADERS)
        return await answer(service.storage, as_object(*found), request, HEADERS)

    return [Route(f"/{KEPT_PATH}/{{id}}", show), Route(f"/{KEPT_PATH}/{{id}}/{POSTER}", show)]


def as_object(intent: Intent, copy: Copy, *, download: bool = False, with_words: bool = True) -> Object:
    """A kept copy as an object to be answered with; `with_words`: whether its name may tell the prompt."""
    name, tag = copy_name(intent, copy, with_words=with_words), (copy.sha256 or "")[:32]
    return Object(str(copy.key), copy.size or 0, str(copy.mime), name, tag, download)


def poster(storage: ObjectStorage, copy: Copy, headers: dict[str, str]) -> Response:
    """The picture that was drawn of a film; 404 where there is none."""
    if not copy.has_poster:
        return Response(status_code=404)
    try:
        picture = storage.read(copy.poster_key)
    except FileNotFoundError:
        return Response(status_code=404)
    except StorageAway:
        return Response(status_code=503, headers=AWAY)
    return Response(picture, media_type="image/jpeg", headers={**INSIDE_A_PAGE, **headers})
