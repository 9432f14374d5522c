"""The app's own route for a zip: `POST /zip`, as a form of the page sends it, so that the browser saves what comes.

A form carries the visitor's token in its body, where a link would carry it in an address.
"""

from __future__ import annotations

import time
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


def routes(service: Service) -> list[Route]:
    """`POST /zip` with `visitor` and `intent`, as often as there are submissions."""

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
        return StreamingResponse(zipped(service, visitor, intents), media_type="application/zip", headers=headers)

    return [Route(f"/{ZIP_PATH}", fetch, methods=["POST"])]
