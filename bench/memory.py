"""Memory of the server for each open page and for each 1,000 presses of history, against what each may take."""

from __future__ import annotations

import http.client
import json
from concurrent.futures import ThreadPoolExecutor, wait
from urllib.parse import urlsplit

from bench import apps, seed
from bench.measure import CannotMeasure, Row
from bench.pages import POLL_SECONDS, watching
from bench.watchers import Orders, Wiring, wiring_of
from weryai_ui.ui.handlers import HISTORY_PAGE

WARM_PAGES, PAGES = 50, 500
OPENED_WITHIN, WATCHED_FOR = 30.0, 15.0
A_PAGE_KB, A_THOUSAND_MB = 100.0, 5.0
PRESSES = 1000
LOOK_EVERY_S = 0.5


def rows(runs: int) -> list[Row]:
    """Growth of the resident memory: the most while the pages are open, and after all presses were listed."""
    pages = [_a_page() for _ in range(runs)]
    presses = _a_thousand(runs)
    return [
        Row("memory", f"each of {PAGES} open pages", f"{A_PAGE_KB:.0f} KB", "KB", pages, [A_PAGE_KB] * runs, 1.0),
        Row(
            "memory", "each 1,000 presses listed", f"{A_THOUSAND_MB:.0f} MB", "MB", presses, [A_THOUSAND_MB] * runs, 1.0
        ),
    ]


def _a_page() -> float:
    with apps.folder() as within, apps.imitated_service(within) as service:
        database_url = f"sqlite:///{within / 'pages.sqlite3'}"
        visitors = seed.visitors(WARM_PAGES + PAGES)
        seed.watched(database_url, visitors, POLL_SECONDS)
        settings = {**apps.on_the_owners_key(service), "WERYAI_DATABASE_URL": database_url}
        with apps.studio(within, **settings, WERYAI_LOG_LEVEL="warning") as server:
            _watch(server.url, visitors[:WARM_PAGES], 3.0, 5.0)
            before = server.memory()
            most = before
            with ThreadPoolExecutor(1) as pool:
                watching = pool.submit(_watch, server.url, visitors[WARM_PAGES:], OPENED_WITHIN, WATCHED_FOR)
                while not wait([watching], LOOK_EVERY_S).done:
                    most = max(most, server.memory())
                watching.result()
            return (most - before) / 1000 / PAGES


def _watch(url: str, visitors: list[str], opened_within: float, seconds: float) -> None:
    found = watching(Orders(url, visitors, seconds, opened_within, 0.0, 1.0, whole_pages=True))
    if found.troubles:
        raise CannotMeasure(f"{len(found.troubles)} errors: {found.troubles[0]}")


def _a_thousand(runs: int) -> list[float]:
    """Megabytes for each further 1,000 presses, once the visitor has listed all of them."""
    with apps.folder() as within:
        database_url = f"sqlite:///{within / 'history.sqlite3'}"
        (visitor,) = seed.visitors(1)
        seed.history(database_url, visitor, PRESSES)
        with apps.studio(within, WERYAI_DATABASE_URL=database_url, WERYAI_LOG_LEVEL="warning") as server:
            session = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=60)
            session.request("GET", "/config")
            wiring = wiring_of(json.loads(session.getresponse().read()))
            found = []
            for count in range(1, runs + 2):
                before = server.memory()
                _list_all(session, wiring, visitor, count * PRESSES)
                found.append((server.memory() - before) / 1e6)
                seed.history(database_url, visitor, PRESSES)
            session.close()
            return found[1:]


def _list_all(session: http.client.HTTPConnection, wiring: Wiring, visitor: str, count: int) -> None:
    last: dict[str, object] = {}
    for listed in range(0, count, HISTORY_PAGE):
        asked = {"visitor": visitor, "shelf": "all", "after": last}
        body = {"component_id": wiring.history, "fn_name": "list_history", "session_hash": "bench", "data": asked}
        headers = {"Content-Type": "application/json"}
        session.request("POST", "/gradio_api/component_server/", json.dumps(body), headers)
        answer = session.getresponse()
        found = answer.read()
        if answer.status != 200 or len(rows := json.loads(found)["rows"]) != HISTORY_PAGE:
            raise CannotMeasure(f"the history after {listed}: HTTP {answer.status} {found[:200]!r}")
        last = rows[-1]
