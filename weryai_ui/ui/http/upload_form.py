"""`POST /gradio_api/upload`: files as Gradio's clients and the Hub's agents give them, through the door of our own.

Gradio's own route would keep whatever comes under a path that it reads for others. This one answers the same shape, a
list with a text for each file, and the texts are links for `images`, `videos` and `audios`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from weryai_ui.i18n import say
from weryai_ui.media import TooHeavy, kind_of_name, too_heavy
from weryai_ui.service import Service
from weryai_ui.ui.http.caller import owner_of
from weryai_ui.ui.http.pools import Pools
from weryai_ui.ui.http.uploads import Door, announced, answered, refusal

UPLOAD_FORM_PATH = "gradio_api/upload"
FILES = "files"
MOST_FILES = 15
"""As many as one request has references."""
FIELDS_BYTES = 4096
AROUND_BYTES = 256 * 1024
"""Of the form, around what may arrive in it in all."""
BLOCK_BYTES = 256 * 1024


def routes(service: Service, pools: Pools) -> list[Route]:
    """`POST /gradio_api/upload`: a form with `files`; gives their links in order, or `{"refused": sentence}`.

    The visitor token in `X-Visitor` counts them as that visitor's. The first file that is not taken ends it.
    """
    door = Door(service, pools)

    async def take(request: Request) -> Response:
        async with pools.place("arrival", door.who(request)):
            form = await _arrived(service, request)
            try:
                files = [each for each in form.getlist(FILES) if isinstance(each, UploadFile)]
                if not files:
                    return refusal(say("upload.no_files"), 400)
                kept = [await _keep(door, request, each) for each in files]
            finally:
                await form.close()
        return JSONResponse(kept)

    async def give(request: Request) -> Response:
        try:
            return await answered(request, take, not_taken=400)
        except HTTPException:
            return refusal(say("upload.no_form", most=MOST_FILES), 400)

    async def nothing(_request: Request) -> Response:
        return Response(status_code=404)

    # What is below is this app's own as well, or a route that a new Gradio brings there would be open.
    return [
        Route(f"/{UPLOAD_FORM_PATH}", give, methods=["POST"]),
        Route(f"/{UPLOAD_FORM_PATH}/{{rest:path}}", nothing, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
    ]


async def _arrived(service: Service, request: Request) -> FormData:
    """The form, of which the files lie in temporary files; the room for them is counted meanwhile.

    Raises `NoRoom`, `TooHeavy`, and `HTTPException` for what is no form.
    """
    size, most = announced(request), service.uploads.limits.arriving_bytes_of(None)
    if size is not None and size > most + AROUND_BYTES:
        raise TooHeavy(too_heavy(None, size, most))
    held = await run_in_threadpool(service.uploads.incoming, owner_of(request), most if size is None else size)
    try:
        return await request.form(max_files=MOST_FILES, max_fields=MOST_FILES, max_part_size=FIELDS_BYTES)
    finally:
        service.uploads.release(held)


async def _keep(door: Door, request: Request, file: UploadFile) -> str:
    name = file.filename or ""
    claimed = kind_of_name(name, file.content_type or "")
    return (await door.keep(request, name, _blocks(file), claimed, file.size)).link


async def _blocks(file: UploadFile) -> AsyncIterator[bytes]:
    while block := await file.read(BLOCK_BYTES):
        yield block
