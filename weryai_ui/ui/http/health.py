"""What a supervisor asks: `/healthz`, whether submissions are taken; `/readyz`, whether all they need is there."""

from __future__ import annotations

import asyncio
import time

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from weryai_ui.jobs.serving import Stage
from weryai_ui.service import Service

RETRY_AFTER = {"Retry-After": "2"}
STORAGE_ANSWERS_WITHIN_S = 3.0
STORAGE_ASKED_EVERY_S = 5.0
"""However often a supervisor asks, and however many: a bucket counts its requests."""
OK, AWAY = "ok", "away"


def routes(service: Service) -> list[Route]:
    """`GET /healthz` and `GET /readyz`."""
    health = Health(service)
    return [Route("/healthz", health.healthz), Route("/readyz", health.readyz)]


class Health:
    """What the routes do. Nobody who asks waits for the database, and all who ask wait for one question to a bucket."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._lock = asyncio.Lock()
        self._storage: tuple[float, bool] | None = None

    async def healthz(self, _request: Request) -> PlainTextResponse:
        """`ok` once submissions are taken; 503 with the stage before that, and from the moment the app is to end."""
        stage = self._service.serving.stage
        ready = stage is Stage.READY
        return PlainTextResponse(stage, 200 if ready else 503, headers=None if ready else RETRY_AFTER)

    async def readyz(self, _request: Request) -> JSONResponse:
        """Each part by name, `ok` or what is the matter with it; 503 where one is not `ok`."""
        follower = self._service.follower
        found = {
            "app": str(self._service.serving.stage),
            "database": OK if follower.database_takes else AWAY,
            "storage": OK if await self._storage_answers() else AWAY,
            "follower": OK if follower.is_alive else "stopped",
        }
        ready = set(found.values()) == {OK}
        return JSONResponse(found, 200 if ready else 503, headers=None if ready else RETRY_AFTER)

    async def _storage_answers(self) -> bool:
        async with self._lock:
            if self._storage is None or time.monotonic() - self._storage[0] > STORAGE_ASKED_EVERY_S:
                try:
                    answers = await asyncio.wait_for(self._service.storage.answers(), STORAGE_ANSWERS_WITHIN_S)
                except TimeoutError:
                    answers = False
                self._storage = time.monotonic(), answers
            return self._storage[1]
