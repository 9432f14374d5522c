"""The app's own route for a zip: `POST /zip`, as a form of the page sends it, so that the browser saves what comes.

A form carries the visitor's token in its body, where a link would carry it in an address.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncIterator
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from weryai_ui.access import visitors
from weryai_ui.service import Service
from weryai_ui.ui.http.params import body_of, intent_id
from weryai_ui.ui.http.ranges import INSIDE_A_PAGE
from weryai_ui.ui.zipped import MOST_ZIPPED, zip_name, zipped

ZIP_PATH = "zip"
MAX_BYTES = 8 * 1024
AT_ONCE, OF_VISITOR = 16, 2
"""Zips under way: who reads one slowly holds a place for long, and so keeps nobody from anything else."""
RETRY_AFTER = {"Retry-After": "30"}


def routes(service: Service) -> list[Route]:
    """`POST /zip` with `visitor` and `intent`, as often as there are submissions. 429 where too many are under way."""
    under_way = Counter[str]()

    async def fetch(request: Request) -> Response:
        body = await body_of(request, MAX_BYTES)
        if body is None:
            return Response(status_code=413)
        asked = parse_qs(body.decode("utf-8", "replace"))
        visitor = asked.get("visitor", [""])[0]
        intents = [each for each in dict.fromkeys(asked.get("intent", [])) if intent_id(each)]
        if not visitors.is_token(visitor) or not 1 <= len(intents) <= MOST_ZIPPED:
            return Response(status_code=404)
        headers = {
            **INSIDE_A_PAGE,
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{zip_name(time.time())}"',
        }
        if under_way[visitor] >= OF_VISITOR or under_way.total() >= AT_ONCE:
            return Response(status_code=429, headers=RETRY_AFTER)
        blocks = _counted(zipped(service, visitor, intents), under_way, visitor)
        return StreamingResponse(blocks, media_type="application/zip", headers=headers)

    return [Route(f"/{ZIP_PATH}", fetch, methods=["POST"])]


async def _counted(blocks: AsyncIterator[bytes], under_way: Counter[str], visitor: str) -> AsyncIterator[bytes]:
    """The same, counted for as long as it takes."""
    under_way[visitor] += 1
    try:
        async for block in blocks:
            yield block
    finally:
        under_way[visitor] -= 1
        if not under_way[visitor]:
            del under_way[visitor]
