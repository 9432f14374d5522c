"""A server's database is shared by many: one app keeps no more connections to it than it is told."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, create_engine, text

from tests.durability.conftest import SERVER
from tests.durability.scripted import new_intent, submission
from tests.durability.waiting import until
from weryai_ui.client.outcome import Outcome
from weryai_ui.store.submissions import Store

pytestmark = pytest.mark.skipif(not SERVER, reason="needs a server: TEST_DATABASE_URL")

MOST = 4


@pytest.fixture
def beside(database_url: str) -> Iterator[Connection]:
    """A connection of the test's own, which stays open: one that was closed may count a moment longer."""
    engine = create_engine(database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def connections(beside: Connection) -> int:
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend'"
    )
    return int(beside.execute(text(others)).scalar_one())


def test_many_threads_share_the_connections_of_an_app(database_url: str, beside: Connection) -> None:
    store = Store(database_url, connections=MOST)
    until(lambda: connections(beside) == 0)  # those by which the tables were made have ended

    def submits(number: int) -> None:
        begun = store.begin(new_intent(idempotency_key=f"key-{number:028}"))
        store.finish(begun.intent.id, submission(Outcome.ACCEPTED, f"t{number}"), 0.0)
        store.of_visitor("v", limit=10)

    with ThreadPoolExecutor(24) as pool:
        under_way = [pool.submit(submits, number) for number in range(120)]
        seen = [connections(beside)]
        while not all(each.done() for each in under_way):
            seen.append(connections(beside))
    assert [each.exception() for each in under_way if each.exception()] == []
    assert max(seen) <= MOST
    store.close()
    until(lambda: connections(beside) == 0)
