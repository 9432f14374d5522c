"""An object of the storage as an answer: whole or a part of it (RFC 9110, one range), streamed, named by us."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from weryai_ui.files.object_storage import ObjectStorage, StorageAway

_RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))")
NO_PAGE = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}
"""What others made is shown inside a page, never as one."""
INSIDE_A_PAGE = {**NO_PAGE, "Cross-Origin-Resource-Policy": "same-origin"}
AWAY = {"Retry-After": "5"}
"""Of an answer while the storage or the database is away."""


@dataclass(frozen=True)
class Object:
    """An object of the storage, and what is said of it. `tag` changes when its bytes do."""

    key: str
    size: int
    mime: str
    name: str
    tag: str
    download: bool = False

    @property
    def headers(self) -> dict[str, str]:
        """What every answer about it says."""
        how = "attachment" if self.download else "inline"
        return {
            **INSIDE_A_PAGE,
            "Accept-Ranges": "bytes",
            "ETag": f'"{self.tag}"',
            "Content-Type": self.mime,
            "Content-Disposition": f"{how}; filename*=UTF-8''{quote(self.name, safe='')}",
        }


async def answer(storage: ObjectStorage, found: Object, request: Request, headers: Mapping[str, str]) -> Response:
    """The object, or the part of it that is asked for; 404 when it is not there, 503 while the storage is away."""
    said = {**found.headers, **headers}
    if request.headers.get("if-none-match") == said["ETag"]:
        return Response(status_code=304, headers=said)
    wanted = request.headers.get("range", "")
    if request.headers.get("if-range", said["ETag"]) != said["ETag"]:
        wanted = ""
    part = asked(wanted, found.size)
    if part is None:
        return Response(status_code=416, headers={**said, "Content-Range": f"bytes */{found.size}"})
    begin, end = part
    said["Content-Length"] = str(end - begin)
    partly = (begin, end) != (0, found.size)
    if partly:
        said["Content-Range"] = f"bytes {begin}-{end - 1}/{found.size}"
    status = 206 if partly else 200
    if request.method == "HEAD":
        return Response(status_code=status, headers=said)
    try:
        body = await _begun(storage.blocks(found.key, begin, end))
    except FileNotFoundError:
        return Response(status_code=404)
    except StorageAway:
        return Response(status_code=503, headers=AWAY)
    return StreamingResponse(body, status, said)


def asked(header: str, size: int) -> tuple[int, int] | None:
    """Where the bytes begin and end that a Range header asks for; all of them for what is no single range.

    None when it asks for bytes that are not there.
    """
    found = _RANGE.fullmatch(header.strip())
    if found is None:
        return 0, size
    if found[3] is not None:
        last = min(int(found[3]), size)
        return (size - last, size) if last else None
    begin, end = int(found[1]), min(int(found[2]) + 1 if found[2] else size, size)
    return (begin, end) if begin < end else None


async def _begun(blocks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same blocks, of which the first is there: what fails fails before the answer begins."""
    first = await anext(blocks, b"")

    async def all_of_them() -> AsyncIterator[bytes]:
        yield first
        async for block in blocks:
            yield block

    return all_of_them()
