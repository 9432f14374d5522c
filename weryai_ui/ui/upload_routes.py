"""The app's own routes for files: one to give a file, two to see it again."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from weryai_ui.media import MediaRefused
from weryai_ui.request import UPLOAD_SCHEME
from weryai_ui.service import Service
from weryai_ui.ui import views
from weryai_ui.uploads import Upload
from weryai_ui.words import locale_of, say, speaking

UPLOADS_PATH = "uploads"
MAX_BYTES = 52 * 1024 * 1024
"""A little over the largest file that is taken, so that one slightly too large is refused with its size."""
NAME_CHARACTERS = 200
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
            if not await _received(request, arrived):
                return JSONResponse({"refused": say("upload.too_large", limit=MAX_BYTES // 1024**2)})
            name = _name(request)
            upload = await run_in_threadpool(service.uploads.take_in, arrived, name)
        except MediaRefused as refused:
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


async def _received(request: Request, target: Path) -> bool:
    """Writes the body to `target`; False as soon as it is over the limit."""
    size = 0
    with target.open("wb") as file:
        async for block in request.stream():
            size += len(block)
            if size > MAX_BYTES:
                return False
            file.write(block)
    return True


def _name(request: Request) -> str:
    return unquote(request.headers.get("x-name", ""))[:NAME_CHARACTERS]
