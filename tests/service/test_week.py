"""A week of use: the ledger's sums are the sandbox's own to the credit, and "about" says where it guessed.

The week passes in seconds: the app's clocks are moved on between two submissions, the sandbox's purses fill by a real
one.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from tests.conftest import settings_in
from tests.ready_made import quick_sandbox
from tests.service.conftest import until
from tests.service.test_ledger import credits_of, pressed, settled
from tests.service.week_victim import SENT
from tests.visitors import visitor_named
from weryai_ui.client.outcome import Outcome
from weryai_ui.sandbox.keys import Customer, Keys
from weryai_ui.sandbox.scenarios import SCENARIOS
from weryai_ui.sandbox.server import SandboxServer
from weryai_ui.service import Service
from weryai_ui.service.preparing import Submission
from weryai_ui.store.ledger_records import End
from weryai_ui.store.records import Intent, SendTo
from weryai_ui.store.submissions import Store

ANN, BOB, CID = (visitor_named(name) for name in ("ann", "bob", "cid"))
OWNERS, OWN = "sk-sandbox", "sk-sandbox-completed"
DAY_S = 24 * 3600.0
BETWEEN_S = 3600.0


class Week:
    """The clocks, which are moved on, and what the sandbox does with the next submit, whichever key comes."""

    def __init__(self, days: int) -> None:
        self.behind = self._in_all = days * DAY_S
        self.scenario = OWNERS

    def clock(self) -> float:
        return time.time() - self.behind

    def monotonic(self) -> float:
        return time.monotonic() + self._in_all - self.behind

    def customer(self, keys: Keys, key: str) -> Customer | None:
        return Customer(SCENARIOS[self.scenario], key) if key in (OWNERS, OWN) else None


@dataclass
class Books:
    """What is expected of each submission: its cost as the sandbox takes it, and whether the app can know that."""

    service: Service
    rows: list[tuple[str, Intent, float, bool]] = field(default_factory=list)

    def note(self, what: str, intents: Sequence[Intent], costs: Sequence[float], *, about: bool = False) -> None:
        self.rows += [(what, intent, cost, about) for intent, cost in zip(intents, costs, strict=True)]


@dataclass
class Office:
    """The app, the service behind it, and the week that passes."""

    service: Service
    upstream: SandboxServer
    week: Week
    folder: Path
    books: Books

    def sent(self, visitor: str, scenario: str = OWNERS, key: str = "", **values: Any) -> Intent:
        self.week.scenario = scenario
        return pressed(self.service, visitor, key=key, **values)

    def moment(self) -> None:
        """All has been settled, an hour passes, and somebody opens the page, which shows the credits."""
        settled(self.service)
        self.week.behind -= BETWEEN_S
        for send_to, visitor in ((SendTo.OWNER_KEY, ANN), (SendTo.MY_KEY, BOB)):
            self.service.balance(Submission({}, send_to, visitor))


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Office]:
    week = Week(request.param)
    monkeypatch.setattr("weryai_ui.jobs.bookkeeping.LOOK_EVERY_S", 0.05)
    monkeypatch.setattr(Keys, "customer", lambda keys, key: week.customer(keys, key))
    settings = settings_in(tmp_path, api_key=SecretStr(OWNERS))
    with quick_sandbox(monkeypatch) as upstream:
        settings = settings_in(tmp_path, api_key=SecretStr(OWNERS), base_url=upstream.url)
        store = Store(settings.database_url, clock=week.clock, monotonic=week.monotonic)
        service = Service(settings, store, clock=week.clock, monotonic=week.monotonic)
        service.start(upstream.url)
        service.remember_key(BOB, OWN)
        yield Office(service, upstream, week, tmp_path, Books(service))
        service.stop()


def one_by_one(office: Office, day: int) -> None:
    for visitor, seconds in ((ANN, 5 + day % 3), (CID, 9)):
        office.moment()
        office.books.note("alone", [office.sent(visitor, duration=seconds)], [seconds])


def own_key(office: Office, day: int) -> None:
    office.moment()
    intent = office.sent(BOB, key=OWN, duration=6, video_number=2)
    office.books.note("own key, two videos", [intent], [12])


def failures(office: Office, day: int) -> None:
    for what, scenario, number, cost in (
        ("failed, paid back", "sk-sandbox-fails", 1, 0),
        ("partly", "sk-sandbox-partial", 3, 10),
        ("refused", "sk-sandbox-queue-full", 1, 0),
        ("failed without a word", "sk-sandbox-no-reason", 1, 0),
    ):
        office.moment()
        office.books.note(what, [office.sent(CID, scenario, video_number=number)], [cost])


def together(office: Office, day: int) -> None:
    office.moment()
    at_once = [office.sent(visitor, duration=seconds) for visitor, seconds in ((ANN, 5), (BOB, 8), (CID, 11))]
    office.books.note("together", at_once, [5, 8, 11], about=True)


def unknown(office: Office, day: int) -> None:
    for scenario in ("sk-sandbox-made-timeout", "sk-sandbox-made-empty"):
        office.moment()
        lost = office.sent(ANN, scenario)
        office.books.note("answer lost", [lost], [5], about=True)
    office.moment()  # an hour later it is in nobody's doubt any more
    office.books.note("alone", [office.sent(ANN)], [5])


def killed(office: Office, day: int) -> None:
    """A second process at the same database is killed after the service took its request."""
    office.moment()
    office.week.scenario = OWNERS
    url = office.service.settings.database_url
    words = [str(office.folder / "killed"), url, office.upstream.url, str(office.week.behind)]
    with subprocess.Popen(
        [sys.executable, "-m", "tests.service.week_victim", *words], stdout=subprocess.PIPE, text=True
    ) as victim:
        assert victim.stdout is not None
        assert victim.stdout.readline().strip() == SENT
        victim.kill()
    office.week.behind -= 60.0  # its heartbeat is over
    visitor = visitor_named("killed")
    until(lambda: office.service.tasks(visitor)[0].outcome is Outcome.UNKNOWN)
    office.books.note("killed", office.service.tasks(visitor, limit=1), [5], about=True)


Step = Callable[[Office, int], None]
EVERY_DAY: tuple[Step, ...] = (one_by_one, own_key, together)
BY_DAY: dict[int, tuple[Step, ...]] = {
    0: (unknown, killed, failures),
    1: (failures,),
    2: (unknown,),
    3: (killed, failures),
    4: (unknown, failures),
    5: (killed,),
    6: (failures, unknown),
}


def lived(office: Office, days: int) -> None:
    """Lives through some days and compares the books of both."""
    had = {key: credits_of(office.upstream, key) for key in (OWNERS, OWN)}
    for day in range(days):
        for step in (*EVERY_DAY, *BY_DAY[day]):
            step(office, day)
        settled(office.service)
        office.week.behind = min(office.week.behind, (days - day - 1) * DAY_S)
    rows = settled(office.service)
    taken = {key: had[key] - credits_of(office.upstream, key) for key in had}
    print_table(office.books, rows, taken)
    assert len(rows) == len(office.books.rows)
    for what, intent, cost, about in office.books.rows:
        row = rows[intent.id]
        assert (what, row.credits - row.refunded, row.about) == (what, cost, about)
    for key, send_to in ((OWNERS, SendTo.OWNER_KEY), (OWN, SendTo.MY_KEY)):
        written = sum(row.credits - row.refunded for row in rows.values() if row.send_to == send_to)
        assert written == taken[key]
    check_the_owners_page(office, rows)


def check_the_owners_page(office: Office, rows: dict[str, Any]) -> None:
    """Its month has the same sums, and shows apart what is only about."""
    month = office.service.overview().month
    owners = [row for row in rows.values() if row.send_to == SendTo.OWNER_KEY]
    for figure, about in ((month.credits, False), (month.credits_about, True)):
        assert figure == sum(row.credits - row.refunded for row in owners if row.about is about)
    assert month.ends == {
        end: sum(row.ended == end for row in rows.values()) for end in {r.ended for r in rows.values()}
    }
    assert End.UNKNOWN in month.ends


def print_table(books: Books, rows: dict[str, Any], taken: dict[str, int]) -> None:
    """What was done, how often, what the sandbox takes for it and what the ledger says; seen with `-s`."""
    print(f"\n{'what':24}{'times':>6}{'sandbox':>9}{'ledger':>9}  about")
    for what in dict.fromkeys(each[0] for each in books.rows):
        mine = [each for each in books.rows if each[0] == what]
        ledger = sum(rows[intent.id].credits - rows[intent.id].refunded for _, intent, _, _ in mine)
        about = sum(rows[intent.id].about for _, intent, _, _ in mine)
        print(f"{what:24}{len(mine):6}{sum(each[2] for each in mine):9g}{ledger:9g}  {about or ''}")
    print(
        f"{'all':24}{len(books.rows):6}{sum(taken.values()):9g}{sum(r.credits - r.refunded for r in rows.values()):9g}"
    )


@pytest.mark.parametrize("office", [1], indirect=True)
def test_a_day_of_several_visitors_is_in_the_books_to_the_credit(office: Office) -> None:
    lived(office, 1)


@pytest.mark.slow
@pytest.mark.parametrize("office", [7], indirect=True)
def test_a_week_of_several_visitors_is_in_the_books_to_the_credit(office: Office) -> None:
    lived(office, 7)
