"""The app's own routes for files: one to give a file, two to see it again."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterable, Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import unquote

from pydantic import Field, TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from weryai_ui.files.names import Source, file_name
from weryai_ui.files.storage import FilesAway, NoRoom
from weryai_ui.files.upload_records import Given, Upload
from weryai_ui.i18n import locale_of, say, speaking
from weryai_ui.media import (
    HEAD_BYTES,
    MIMES,
    Media,
    MediaError,
    MediaKind,
    MediaLimits,
    TooHeavy,
    kind_of_name,
    sniff,
    too_heavy,
)
from weryai_ui.request.fields import UPLOAD_SCHEME
from weryai_ui.service import Service
from weryai_ui.ui.http.caller import VISITOR_HEADER, owner_of
from weryai_ui.ui.http.pools import Pools, TooMany, Who
from weryai_ui.ui.http.ranges import AWAY, INSIDE_A_PAGE, Object, answer
from weryai_ui.ui.http.turns import as_answer, who_asks
from weryai_ui.ui.views import panes

log = logging.getLogger(__name__)

UPLOADS_PATH = "uploads"
RETRY_AFTER_S = "30"
NAME_BYTES = 4096
"""Of the name as it arrives, percent-encoded; what is kept of it `uploads` decides."""
HEADERS = {**INSIDE_A_PAGE, "Cache-Control": "private, max-age=86400"}
Figure = Annotated[int, Field(gt=0, lt=2**53)]
MadeOf = tuple[Given, Source] | tuple[()]


@dataclass(frozen=True)
class Original:
    """What the browser says of a photo that it made smaller before it left. It is only told again."""

    name: str
    extension: Literal["jpg", "png"]
    size: Figure
    width: Figure
    height: Figure


_original = TypeAdapter(Original)


def routes(service: Service, pools: Pools) -> list[Route]:
    """`POST /uploads`, `GET /uploads/<id>.<extension>` and `…/preview`. Every refusal is `{"refused": sentence}`.

    A file comes as the body, with its name percent-encoded in `X-Name`, the visitor token in `X-Visitor`, and in
    `X-Made-Of`, as percent-encoded JSON, the `Original` of a photo that the browser made smaller.
    """
    door = Door(service, pools)

    async def take(request: Request) -> Response:
        name, size = _name(request), announced(request)
        claimed = kind_of_name(name, request.headers.get("content-type", ""))
        limits = service.uploads.limits
        if size is not None and size > limits.arriving_bytes_of(None):
            raise _too_heavy(claimed, size, limits)
        async with pools.place("arrival", door.who(request)):
            upload = await door.keep(request, name, request.stream(), claimed, size, _made_of(request))
        return JSONResponse(panes.upload(upload))

    async def give(request: Request) -> Response:
        return await answered(request, take)

    return [Route(f"/{UPLOADS_PATH}", give, methods=["POST"]), *_shown(service)]


def _shown(service: Service) -> list[Route]:
    async def show(request: Request) -> Response:
        try:
            upload = await run_in_threadpool(_upload, request)
        except FilesAway:
            return Response(status_code=503, headers=AWAY)
        if upload is None:
            return Response(status_code=404)
        media, tag = upload.media, upload.sha256[:32]
        found = Object(upload.file, media.size, media.mime, upload.name, tag)
        return await answer(service.uploads.objects, found, request, HEADERS)

    def show_preview(request: Request) -> Response:
        try:
            upload = _upload(request)
            picture = None if upload is None else service.uploads.preview(upload)
        except FilesAway:
            return Response(status_code=503, headers=AWAY)
        if picture is None:
            return Response(status_code=404)
        return Response(picture, media_type="image/jpeg", headers=HEADERS)

    def _upload(request: Request) -> Upload | None:
        return service.uploads.get(UPLOAD_SCHEME + str(request.path_params["file"]))

    return [Route(f"/{UPLOADS_PATH}/{{file}}", show), Route(f"/{UPLOADS_PATH}/{{file}}/preview", show_preview)]


class Door:
    """Where a file comes in, by whichever route: counted, bounded, measured and kept in the same way."""

    def __init__(self, service: Service, pools: Pools) -> None:
        self._service = service
        self._pools = pools

    def who(self, request: Request) -> Who:
        """Whose share an upload takes."""
        return who_asks(request, request.headers.get(VISITOR_HEADER, ""))

    async def keep(
        self,
        request: Request,
        name: str,
        blocks: AsyncIterable[bytes],
        claimed: MediaKind | None,
        size: int | None,
        made_of: MadeOf = (),
    ) -> Upload:
        """Takes one file in. `size`: as it was announced; `claimed`: what its name says that it is.

        Raises `NoRoom`, `TooHeavy`, `MediaError` and `TooMany`; nothing is kept then.
        """
        uploads = self._service.uploads
        room = uploads.limits.arriving_bytes_of(None) if size is None else size
        arrived = await run_in_threadpool(uploads.incoming, owner_of(request), room)
        try:
            await _receive(blocks, arrived, claimed, size, uploads.limits)
            async with self._pools.place("file", self.who(request)):
                return await run_in_threadpool(uploads.take_in, arrived, name, *made_of)
        finally:
            uploads.release(arrived)


async def answered(request: Request, take: Callable[[Request], Awaitable[Response]], not_taken: int = 200) -> Response:
    """What `take` answers, or the sentence of why a file is not taken; `not_taken` is the status for its content."""
    with speaking(locale_of(request.headers.get("accept-language"))):
        try:
            return await take(request)
        except TooMany as refused:
            return await as_answer(refused)
        except NoRoom as refused:
            return refusal(str(refused), 429, {"Retry-After": RETRY_AFTER_S})
        except FilesAway as refused:
            return refusal(str(refused), 503, AWAY)
        except TooHeavy as refused:
            return refusal(str(refused), 413)
        except MediaError as refused:
            return refusal(str(refused), not_taken)
        except OSError as error:
            log.error("an upload was not kept: %s", type(error).__name__)
            return refusal(say("upload.no_room"), 507)
        except ClientDisconnect:
            return Response(status_code=400)


async def _receive(
    blocks: AsyncIterable[bytes], target: Path, claimed: MediaKind | None, announced: int | None, limits: MediaLimits
) -> None:
    """Writes a file to `target`. Raises `TooHeavy` as soon as it is clear that it is larger than a file of its kind
    may be: by what was announced, by its first bytes, by how much came."""
    kind, head, size = None, b"", 0
    with target.open("wb") as file:
        async for block in blocks:
            size += len(block)
            if len(head) < HEAD_BYTES:
                head += block[: HEAD_BYTES - len(head)]
                kind = found[0] if (found := sniff(head)) else None
            if max(size, announced or 0) > limits.arriving_bytes_of(kind):
                raise _too_heavy(kind or claimed, announced, limits)
            file.write(block)


def refusal(sentence: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """Why a file is not taken, as an answer."""
    return JSONResponse({"refused": sentence}, status, headers)


def _too_heavy(kind: MediaKind | None, size: int | None, limits: MediaLimits) -> TooHeavy:
    return TooHeavy(too_heavy(kind, size, limits.arriving_bytes_of(kind)))


def announced(request: Request) -> int | None:
    """The length of a request's body as it was announced; None when it was not."""
    length = request.headers.get("content-length", "")
    # Where a body comes in chunks, the server reads on whatever length was announced.
    return int(length) if length.isdecimal() and "transfer-encoding" not in request.headers else None


def _name(request: Request) -> str:
    return unquote(request.headers.get("x-name", "")[:NAME_BYTES])


def _made_of(request: Request) -> MadeOf:
    try:
        told = _original.validate_json(unquote(request.headers.get("x-made-of", "")[:NAME_BYTES]))
    except ValidationError:
        return ()
    kind, mime = MIMES[told.extension]
    given = Given("", Media(kind, mime, told.extension, told.size, told.width, told.height, None, None))
    return given, Source(file_name(told.name, f"image.{told.extension}"))
