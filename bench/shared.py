"""A shared page, cold in Chromium: its weight and its first paint, against the studio's page and against a bare one.

The three are opened in turn. The film is one that the sandbox made, and the bare page has the same.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import requests
from gradio_client import Client
from playwright.sync_api import Browser

from bench import apps
from bench.bare import FILM
from bench.browser import chromium, fresh
from bench.measure import CannotMeasure, Row
from bench.wire import Counter

MADE_WITHIN_S = 300.0
LOOK_EVERY_S = 0.5
MOST_KIB = 60_000 / 1024
VISITOR = "bench".ljust(43, "-")
MEDIA = frozenset({"Media", "Image"})
BODY = {
    "model": "SEEDANCE_2_0",
    "prompt": "A paper boat sails through a library to the sea",
    "duration": 5,
    "aspect_ratio": "16:9",
    "resolution": "480p",
}
PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


@dataclass(frozen=True)
class Load:
    """One cold load: milliseconds until something was painted, and KiB without films and pictures."""

    paint_ms: float
    kib: float


def rows(runs: int) -> list[Row]:
    """First paint in milliseconds, weight in KiB with the headers, films and pictures left out."""
    with _pages() as addresses, chromium() as browser:
        found: dict[str, list[Load]] = {name: [] for name in addresses}
        for _ in range(1 + runs):
            for name, url in addresses.items():
                found[name].append(_load(browser, url))
    loads = {name: each[1:] for name, each in found.items()}
    paints = {name: [load.paint_ms for load in each] for name, each in loads.items()}
    weights = {name: [load.kib for load in each] for name, each in loads.items()}
    against = ("the studio's page", "bare page, same film")
    return [
        *(Row("shared", "/r/ first paint", name, "ms", paints["shared"], paints[name], None) for name in against),
        *(Row("shared", "/r/ without media", name, "KiB", weights["shared"], weights[name], None) for name in against),
        Row("shared", "/r/ without media", "60 kB", "KiB", weights["shared"], [MOST_KIB] * runs, 1.0),
    ]


@contextlib.contextmanager
def _pages() -> Iterator[Mapping[str, str]]:
    """The addresses of the three pages, each served by a process of its own but the first two, which share one."""
    with apps.folder() as within, apps.folder() as beside, apps.studio(within) as studio:
        shared, film = _shared(studio.url)
        (beside / FILM).write_bytes(film)
        with apps.bare(beside) as bare:
            yield {"shared": shared, "the studio's page": studio.url, "bare page, same film": bare.url}


def _shared(url: str) -> tuple[str, bytes]:
    """The address of a page with a new film of the sandbox, and the film."""
    client = Client(url, verbose=False)
    try:
        made = client.predict(request=BODY, visitor=VISITOR, api_name="/generate")["task"]
        film = _film(client)
        link: str = client.predict(visitor=VISITOR, intents=[made["id"]], api_name="/share")["link"]
        return link, requests.get(film, timeout=60).content
    finally:
        client.close()


def _film(client: Client) -> str:
    """The address of the visitor's one film, once it is there."""
    end = time.monotonic() + MADE_WITHIN_S
    while time.monotonic() < end:
        (submitted,) = client.predict(visitor=VISITOR, limit=1, api_name="/tasks")
        videos: list[dict[str, Any]] = submitted["tasks"][0]["videos"]
        if videos:
            return str(videos[0]["url"])
        time.sleep(LOOK_EVERY_S)
    raise CannotMeasure("the sandbox made no film")


def _load(browser: Browser, url: str) -> Load:
    with fresh(browser) as (context, page, _troubles):
        counter = Counter(context, page, without=MEDIA)
        page.goto(url, wait_until="load")
        page.wait_for_function(PAINTED)
        kib = counter.total() / 1024
        return Load(float(page.evaluate(PAINTED)), kib)
