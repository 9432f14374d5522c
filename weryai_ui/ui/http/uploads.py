"""The app's own routes for files: one to give a file, two to see it again."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from weryai_ui.files.uploads import Upload
from weryai_ui.i18n import locale_of, speaking
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

UPLOADS_PATH = "uploads"
NAME_BYTES = 4096
"""Of the name as it arrives, percent-encoded; what is kept of it `uploads` decides."""
# Files come from strangers: they are shown inside a page, never as one.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, max-age=86400",
}


def routes(service: Service) -> list[Route]:
    """`POST /uploads` (the bytes as the body, the name percent-encoded in `X-Name`), `GET /uploads/<id>.<extension>`
    and `…/preview`."""

    async def give(request: Request) -> Response:
        with speaking(locale_of(request.headers.get("accept-language"))):
            return await take(request)

    async def take(request: Request) -> Response:
        arrived = await run_in_threadpool(service.uploads.incoming)
        try:
            name = _name(request)
            await _receive(request, arrived, kind_of_name(name, request.headers.get("content-type", "")))
            upload = await run_in_threadpool(service.uploads.take_in, arrived, name)
        except TooHeavy as refused:
            return JSONResponse({"refused": str(refused)}, status_code=413)
        except MediaError as refused:
            return JSONResponse({"refused": str(refused)})
        except ClientDisconnect:
            return Response(status_code=400)
        finally:
            arrived.unlink(missing_ok=True)
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
    if announced is not None and announced > MEDIA_LIMITS.bytes_of(None):
        raise _too_heavy(claimed, announced)
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


def _too_heavy(kind: MediaKind | None, size: int | None) -> TooHeavy:
    return TooHeavy(too_heavy(kind, size, MEDIA_LIMITS.bytes_of(kind)))


def _announced(request: Request) -> int | None:
    length = request.headers.get("content-length", "")
    return int(length) if length.isdecimal() else None


def _name(request: Request) -> str:
    return unquote(request.headers.get("x-name", "")[:NAME_BYTES])
