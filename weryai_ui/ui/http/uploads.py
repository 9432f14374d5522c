"""The app's own routes for files: one to give a file, two to see it again."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from weryai_ui.files.storage import NoRoom
from weryai_ui.files.uploads import Upload
from weryai_ui.i18n import locale_of, say, speaking
from weryai_ui.media import (
    HEAD_BYTES,
    MEDIA_LIMITS,
    MediaError,
    MediaKind,
    TooHeavy,
    kind_of_name,
    sniff,
    too_heavy,
)
from weryai_ui.request.fields import UPLOAD_SCHEME
from weryai_ui.service import Service
from weryai_ui.ui import views
from weryai_ui.ui.http.caller import owner_of

log = logging.getLogger(__name__)

UPLOADS_PATH = "uploads"
ANY_BYTES = MEDIA_LIMITS.bytes_of(None)
RETRY_AFTER_S = "30"
NAME_BYTES = 4096
"""Of the name as it arrives, percent-encoded; what is kept of it `uploads` decides."""
# Files come from strangers: they are shown inside a page, never as one.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, max-age=86400",
}


def routes(service: Service) -> list[Route]:
    """`POST /uploads` (the bytes as the body, the name percent-encoded in `X-Name`, the visitor token in `X-Visitor`),
    `GET /uploads/<id>.<extension>` and `…/preview`. Every refusal is `{"refused": sentence}`."""

    async def give(request: Request) -> Response:
        with speaking(locale_of(request.headers.get("accept-language"))):
            try:
                return await take(request)
            except NoRoom as refused:
                return _refused(str(refused), 429, {"Retry-After": RETRY_AFTER_S})
            except TooHeavy as refused:
                return _refused(str(refused), 413)
            except MediaError as refused:
                return _refused(str(refused), 200)
            except OSError as error:
                log.error("an upload was not kept: %s", type(error).__name__)
                return _refused(say("upload.no_room"), 507)
            except ClientDisconnect:
                return Response(status_code=400)

    async def take(request: Request) -> Response:
        name, size = _name(request), _announced(request)
        claimed = kind_of_name(name, request.headers.get("content-type", ""))
        if size is not None and size > ANY_BYTES:
            raise _too_heavy(claimed, size)
        arrived = await run_in_threadpool(
            service.uploads.incoming, owner_of(request), ANY_BYTES if size is None else size
        )
        try:
            await _receive(request, arrived, claimed)
            upload = await run_in_threadpool(service.uploads.take_in, arrived, name)
        finally:
            service.uploads.release(arrived)
        return JSONResponse(views.upload(upload, service.uploads.preview(upload)))

    def show(request: Request) -> Response:
        upload = _upload(request)
        if upload is None:
            return Response(status_code=404)
        return FileResponse(service.uploads.path(upload), media_type=upload.media.mime, headers=HEADERS)

    def show_preview(request: Request) -> Response:
        upload = _upload(request)
        path = None if upload is None else service.uploads.preview(upload)
        return (
            Response(status_code=404) if path is None else FileResponse(path, media_type="image/jpeg", headers=HEADERS)
        )

    def _upload(request: Request) -> Upload | None:
        return service.uploads.get(UPLOAD_SCHEME + str(request.path_params["file"]))

    return [
        Route(f"/{UPLOADS_PATH}", give, methods=["POST"]),
        Route(f"/{UPLOADS_PATH}/{{file}}", show),
        Route(f"/{UPLOADS_PATH}/{{file}}/preview", show_preview),
    ]


async def _receive(request: Request, target: Path, claimed: MediaKind | None) -> None:
    """Writes the body to `target`. Raises `TooHeavy` as soon as it is clear that it is larger than a file of its kind
    may be: by what was announced, by its first bytes, by how much came. `claimed` is what its name says that it is."""
    announced = _announced(request)
    kind, head, size = None, b"", 0
    with target.open("wb") as file:
        async for block in request.stream():
            size += len(block)
            if len(head) < HEAD_BYTES:
                head += block[: HEAD_BYTES - len(head)]
                kind = found[0] if (found := sniff(head)) else None
            if max(size, announced or 0) > MEDIA_LIMITS.bytes_of(kind):
                raise _too_heavy(kind or claimed, announced)
            file.write(block)


def _refused(sentence: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse({"refused": sentence}, status, headers)


def _too_heavy(kind: MediaKind | None, size: int | None) -> TooHeavy:
    return TooHeavy(too_heavy(kind, size, MEDIA_LIMITS.bytes_of(kind)))


def _announced(request: Request) -> int | None:
    length = request.headers.get("content-length", "")
    # Where a body comes in chunks, the server reads on whatever length was announced.
    return int(length) if length.isdecimal() and "transfer-encoding" not in request.headers else None


def _name(request: Request) -> str:
    return unquote(request.headers.get("x-name", "")[:NAME_BYTES])
