"""Open pages of the plain app that follow a task: `python -m bench.plain_watchers URL PAGES SECONDS` counts who hears.

The pages open within so many seconds, one after the other.

A page hears of its task once the app's generator has told it the first state. Tasks are such as never end.
"""

from __future__ import annotations

import asyncio
import sys

import httpx

from bench.imitation import WATCHED

HEARD_WITHIN_S = 24.0
FOLLOW = "/gradio_api/call/follow"


async def heard(url: str, pages: int, opened_within: float) -> int:
    """How many of so many pages hear of their task, at most `HEARD_WITHIN_S` after the last was opened."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    told = set[int]()
    async with httpx.AsyncClient(base_url=url, timeout=2 * HEARD_WITHIN_S, limits=limits, trust_env=False) as client:
        watching = list[asyncio.Task[None]]()
        for number in range(pages):
            watching.append(asyncio.create_task(_watch(client, number, told)))
            await asyncio.sleep(opened_within / pages)
        await asyncio.wait(watching, timeout=HEARD_WITHIN_S)
        for each in watching:
            each.cancel()
        ended = await asyncio.gather(*watching, return_exceptions=True)
    troubles = [each for each in ended if isinstance(each, Exception)]
    if troubles and not told:
        raise troubles[0]
    return len(told)


async def _watch(client: httpx.AsyncClient, number: int, told: set[int]) -> None:
    envelope = {"status": 0, "data": {"task_id": f"{WATCHED}{number}"}}
    event = (await client.post(FOLLOW, json={"data": [envelope]})).json()["event_id"]
    async with client.stream("GET", f"{FOLLOW}/{event}") as answer:
        async for line in answer.aiter_lines():
            if line == "event: generating":
                told.add(number)


if __name__ == "__main__":
    print(asyncio.run(heard(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))))
