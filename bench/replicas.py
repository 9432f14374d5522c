"""Open pages and presses behind nginx with the shipped file: three processes that serve the page against one.

Each with one worker at one PostgreSQL whose commits are durable, as `compose.yaml` has them; the imitated service
answers after 100 ms. On a machine of two cores three cannot be faster than one: processor per request says more.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, create_engine, text

from bench import apps, seed
from bench.following import durable_postgres
from bench.measure import CannotMeasure, Row, percentile
from bench.pages import PAGES_OPENED_A_SECOND, POLL_SECONDS, SETTLE_SECONDS, watching
from bench.processor import own_seconds, server_of, with_children
from bench.watchers import Found, Orders
from tests.machine import find_nginx
from tests.nginx import Proxy
from tests.process import AppProcess

PAGES, REPLICAS = 300, 3
SUBMITS_PER_SECOND = 1.5
SECONDS = 40.0
CONNECTIONS = 20
"""Of each process: a server has a hundred for all."""
CODE = "of the bench"
LOOK_EVERY_S = 0.5
CONNECTED = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND backend_type = 'client backend'"
)
POLLED = text("SELECT sum(polls) FROM tasks")


@dataclass(frozen=True)
class Level:
    """What one run showed: milliseconds of processor a request, the most connections to the database at once, and the
    polls of the service.
    """

    found: Found
    apps_ms: float
    database_ms: float
    connections: int
    polls: int


def rows(runs: int) -> list[Row]:
    """Three replicas against one, new processes and a new database for each, in turn."""
    if find_nginx() is None:
        raise CannotMeasure("There is no nginx here. Install it, or run `python -m tests`, which unpacks Debian's.")
    pairs = [(_level(REPLICAS), _level(1)) for _ in range(runs)]
    three, one = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    troubles = [words for each in (*three, *one) for words in each.found.troubles]
    spoiled = f"{len(troubles)} errors: {troubles[0]}" if troubles else ""

    def row(what: str, unit: str, of: Callable[[Level], float], goal: float | None = None) -> Row:
        ours, theirs = list(map(of, three)), list(map(of, one))
        return Row("replicas", what, "1 replica", unit, ours, theirs, goal, spoiled=spoiled)

    errors = [len(a.found.troubles) + len(b.found.troubles) for a, b in pairs]
    connections, most = [each.connections for each in three], [CONNECTIONS * (REPLICAS + 1)] * runs
    return [
        Row("replicas", "errors of both", "1", "", errors, [1] * runs, 0.0, note=_note(three[-1], one[-1])),
        row("processor of a request, apps and nginx", "ms", lambda each: each.apps_ms, 1.0),
        row("processor of a request, PostgreSQL", "ms", lambda each: each.database_ms),
        row("board questions a second", "", lambda each: len(each.found.questions) / SECONDS, 1.1),
        row("board question p95", "ms", lambda each: 1000 * percentile(each.found.questions, 0.95), 1.5),
        row("submission p95", "ms", lambda each: 1000 * percentile(each.found.submits, 0.95)),
        Row("replicas", "connections to PostgreSQL at most", "allowed", "", connections, most, 1.0),
    ]


def _note(*levels: Level) -> str:
    return "; ".join(
        f"{each.found.answered} requests, {each.found.put_off} put off, {each.found.heard} of {PAGES} pages heard of "
        f"their task, {each.connections} connections, {each.polls} polls"
        for each in levels
    )


def _level(replicas: int) -> Level:
    with ExitStack() as stack:
        within = Path(stack.enter_context(apps.folder()))
        service = stack.enter_context(apps.imitated_service(within))
        database = stack.enter_context(durable_postgres())
        visitors = seed.visitors(PAGES)
        seed.watched(database, visitors, POLL_SECONDS)
        settings = {
            **apps.on_the_owners_key(service),
            "WERYAI_DATABASE_URL": database,
            "WERYAI_DATABASE_CONNECTIONS": str(CONNECTIONS),
            "WERYAI_ACCESS_CODE": CODE,
            "WERYAI_DATA_DIR": str(within / "data"),
            "WERYAI_LOG_LEVEL": "warning",
        }
        roles = ["worker", *["web"] * replicas]
        made = [_process(stack, within / f"{number}", role, settings) for number, role in enumerate(roles)]
        proxy = stack.enter_context(Proxy(within / "nginx", made[1:]))
        engine = create_engine(database, isolation_level="AUTOCOMMIT", pool_size=1, max_overflow=0)
        stack.callback(engine.dispose)
        opened = PAGES / PAGES_OPENED_A_SECOND
        orders = Orders(proxy.url, visitors, SECONDS, opened, SETTLE_SECONDS, SUBMITS_PER_SECOND, CODE)
        return _watched(orders, lambda: sum(own_seconds(each.pid) for each in made) + with_children(proxy.pid), engine)


def _process(stack: ExitStack, within: Path, role: str, settings: dict[str, str]) -> AppProcess:
    within.mkdir()
    return stack.enter_context(AppProcess(within, **settings, WERYAI_ROLE=role))


def _watched(orders: Orders, seconds_of_apps: Callable[[], float], engine: Engine) -> Level:
    server = server_of(engine)
    before, database_before, most = seconds_of_apps(), with_children(server), 0
    with ThreadPoolExecutor(1) as thread, engine.connect() as connection:
        polls = connection.execute(POLLED).scalar_one()
        under_way = thread.submit(watching, orders)
        while wait([under_way], LOOK_EVERY_S).not_done:
            most = max(most, connection.execute(CONNECTED).scalar_one())
        found, polls = under_way.result(), connection.execute(POLLED).scalar_one() - polls
    thousands = found.answered / 1000
    spent, database_spent = seconds_of_apps() - before, with_children(server) - database_before
    return Level(found, spent / thousands, database_spent / thousands, most, polls)
