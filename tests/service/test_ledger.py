"""The ledger against a sandbox in the service's place: its sums are the sandbox's own wherever that can be known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from tests.conftest import settings_in
from tests.ready_made import quick_sandbox
from tests.service.conftest import FORM, until
from tests.visitors import VISITOR, visitor_named
from weryai_ui.client.weryai import WeryAIClient
from weryai_ui.jobs.resolving import Adopted
from weryai_ui.request.price import Shape, read_tariff
from weryai_ui.sandbox.server import SandboxServer
from weryai_ui.service import Service
from weryai_ui.service.preparing import Submission
from weryai_ui.store.ledger_records import End, Price
from weryai_ui.store.records import Intent, SendTo
from weryai_ui.store.schema import ledger
from weryai_ui.store.submissions import Store

OWNERS = "sk-sandbox"
ANN, BOB = visitor_named("ann"), visitor_named("bob")


@pytest.fixture
def upstream(monkeypatch: pytest.MonkeyPatch) -> Iterator[SandboxServer]:
    with quick_sandbox(monkeypatch) as server:
        yield server


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every question for a balance."""
    questions: list[str] = []
    balance = WeryAIClient.balance

    def counted(self: WeryAIClient) -> int | None:
        questions.append(repr(self))
        return balance(self)

    monkeypatch.setattr(WeryAIClient, "balance", counted)
    monkeypatch.setattr("weryai_ui.jobs.bookkeeping.LOOK_EVERY_S", 0.05)
    return questions


@pytest.fixture
def service(tmp_path: Path, upstream: SandboxServer, asked: list[str]) -> Iterator[Service]:
    settings = settings_in(tmp_path, api_key=SecretStr(OWNERS), base_url=upstream.url)
    service = Service(settings, Store(settings.database_url))
    service.start(upstream.url)
    yield service
    service.stop()


def pressed(service: Service, visitor: str = VISITOR, key: str = "", **values: Any) -> Intent:
    """A submission with the owner's key, or with a key of the visitor's own."""
    to = SendTo.MY_KEY if key else SendTo.OWNER_KEY
    intent = service.submit(Submission({**FORM, **values}, to, visitor, key=key)).intent
    assert intent is not None
    return intent


def settled(service: Service) -> dict[str, Any]:
    """Every entry by its submission, once all are settled."""
    until(lambda: not service._store.ledger.open())
    with service._store._reader.connect() as connection:
        return {row.intent_id: row for row in connection.execute(select(ledger))}


def credits_of(upstream: SandboxServer, key: str) -> int:
    """What the sandbox itself says that an account has."""
    found = WeryAIClient(upstream.url, key).balance()
    assert found is not None
    return found


def seen(service: Service, intent: Intent, visitor: str = VISITOR) -> Intent:
    opened = service.open(visitor, intent.id)
    assert opened is not None
    return opened[0]


def test_one_by_one_each_costs_what_the_sandbox_took_and_two_questions_tell_it(
    service: Service, upstream: SandboxServer, asked: list[str]
) -> None:
    had = credits_of(upstream, OWNERS)
    service.balance(Submission({}, SendTo.OWNER_KEY, VISITOR))
    asked.clear()
    first = pressed(service, duration=5)
    assert settled(service)[first.id].credits == 5
    second = pressed(service, duration=7, video_number=2)
    rows = settled(service)
    assert [(rows[each.id].credits, rows[each.id].about) for each in (first, second)] == [(5, False), (14, False)]
    assert len(asked) == 2  # what is known after a group is what is known before the next
    assert sum(row.credits for row in rows.values()) == had - credits_of(upstream, OWNERS)
    charged = seen(service, second).charged
    assert charged is not None and (charged.credits, charged.about) == (14, False)


def test_a_task_that_was_found_later_ends_in_the_ledger_too_and_keeps_its_cost(
    service: Service, upstream: SandboxServer
) -> None:
    key = "sk-sandbox-made-reset"
    pressed(service, key=key)  # from then on the balance before the next one is known
    settled(service)
    lost = pressed(service, key=key, duration=5)
    before = settled(service)[lost.id]
    assert (before.ended, before.credits) == (End.UNKNOWN, 5)
    found = service.unresolved(VISITOR, lost.id)
    assert found is not None
    task = max(WeryAIClient(upstream.url, key).listed(), key=lambda task: task.created_at or 0.0)
    assert service.adopt(VISITOR, lost.id, task.task_id) is Adopted.FOLLOWED
    after = settled(service)[lost.id]
    assert (after.ended, after.credits, after.about) == (End.READY, before.credits, before.about)


def test_those_that_run_together_share_the_sum_to_the_credit_and_each_is_about(
    service: Service, upstream: SandboxServer, asked: list[str]
) -> None:
    had = credits_of(upstream, OWNERS)
    service.balance(Submission({}, SendTo.OWNER_KEY, VISITOR))
    asked.clear()
    together = [pressed(service, who, duration=seconds) for who, seconds in ((ANN, 5), (BOB, 9), (VISITOR, 12))]
    rows = settled(service)
    assert {rows[each.id].group_id for each in together} == {together[0].id}
    assert [rows[each.id].credits for each in together] == [5, 9, 12]
    assert all(rows[each.id].about for each in together)
    assert sum(row.credits for row in rows.values()) == had - credits_of(upstream, OWNERS)
    assert len(asked) == 2  # one of them this test's own


@pytest.mark.parametrize(
    ("key", "values", "cost", "end"),
    [
        ("sk-sandbox-fails", {}, 0, End.FAILED),
        ("sk-sandbox-partial", {"video_number": 3}, 10, End.PARTLY),
        ("sk-sandbox-no-credits", {}, 0, End.REFUSED),
        ("sk-sandbox-made-timeout", {}, 5, End.UNKNOWN),
    ],
)
def test_what_fails_is_seen_to_be_paid_back_and_what_is_lost_is_only_about(
    service: Service, upstream: SandboxServer, key: str, values: dict[str, Any], cost: int, end: End
) -> None:
    service.remember_key(VISITOR, key)
    had = credits_of(upstream, key)
    assert service.balance(Submission({}, SendTo.MY_KEY, VISITOR)) == had
    intent = pressed(service, key=key, **values)
    row = settled(service)[intent.id]
    assert (row.credits, row.ended, row.about) == (cost, end, end is End.UNKNOWN)
    assert had - credits_of(upstream, key) == cost


def test_a_refusal_costs_nothing_and_asks_nothing(service: Service, asked: list[str]) -> None:
    key = "sk-sandbox-no-credits"
    service.remember_key(VISITOR, key)
    service.balance(Submission({}, SendTo.MY_KEY, VISITOR))
    asked.clear()
    for _ in range(2):
        intent = pressed(service, key=key)
        row = settled(service)[intent.id]
        assert (row.credits, row.credits_before) == (0, 0)
    assert asked == []


def test_without_a_balance_before_nothing_is_said_and_the_next_is_known(service: Service) -> None:
    first = pressed(service)
    assert settled(service)[first.id].credits is None
    second = pressed(service)
    row = settled(service)[second.id]
    assert (row.credits, row.about) == (5, False)


def test_credits_that_come_back_later_are_a_refund_of_the_one_that_failed(service: Service) -> None:
    service.balance(Submission({}, SendTo.OWNER_KEY, VISITOR))
    intent = pressed(service)
    row = settled(service)[intent.id]
    books = service._store.ledger
    with service._store._engine.begin() as connection:
        connection.execute(ledger.update().values(ended=End.FAILED))
    books.learn(row.account, row.credits_after + 5, service._clock())
    charged = seen(service, intent).charged
    assert charged is not None and charged.refunded == 5
    books.learn(row.account, row.credits_after + 10, service._clock())  # a top-up
    assert seen(service, intent).charged == charged


def test_a_balance_that_grew_meanwhile_tells_nothing(service: Service) -> None:
    service.balance(Submission({}, SendTo.OWNER_KEY, VISITOR))
    books, account = (
        service._store.ledger,
        service.accounts.choose(
            SendTo.OWNER_KEY, VISITOR, Submission({}, SendTo.OWNER_KEY, VISITOR).caller, key="", scenario=""
        ).fingerprint,
    )
    books.learn(account, 3, service._clock())
    intent = pressed(service)
    assert settled(service)[intent.id].credits is None


def test_the_price_is_what_the_last_ones_like_it_cost_else_the_tariff_else_not_known(service: Service) -> None:
    payload = dict(FORM)
    assert service.price(SendTo.OWNER_KEY, payload) is None
    service.access.settings = service.settings
    object.__setattr__(service.settings, "tariff", read_tariff("SEEDANCE_2_0 480p=3,*=9"))
    assert service.price(SendTo.OWNER_KEY, payload) == Price(15, 15)
    service.balance(Submission({}, SendTo.OWNER_KEY, VISITOR))
    for _ in range(2):
        pressed(service)
        settled(service)
    assert service.price(SendTo.MY_KEY, payload) == Price(5, 5, 2)
    assert service.price(SendTo.OWNER_KEY, {**payload, "resolution": "720p"}) == Price(45, 45)


def test_a_week_of_several_visitors_sums_up_to_the_sandboxs_own(service: Service, upstream: SandboxServer) -> None:
    keys = {ANN: "sk-sandbox-partial", BOB: "sk-sandbox-fails"}
    had = {key: credits_of(upstream, key) for key in (OWNERS, *keys.values())}
    for visitor, key in keys.items():
        service.remember_key(visitor, key)
        service.balance(Submission({}, SendTo.MY_KEY, visitor))
    service.balance(Submission({}, SendTo.OWNER_KEY, VISITOR))
    for day in range(4):
        for visitor, key in keys.items():
            pressed(service, visitor, key=key, duration=5 + day, video_number=2)
        for visitor in (ANN, BOB, VISITOR)[: 1 + day % 3]:
            pressed(service, visitor, duration=5 + day)
        settled(service)
    rows = settled(service).values()
    spent = {key: had[key] - credits_of(upstream, key) for key in had}
    by_account = {row.account: sum(each.credits for each in rows if each.account == row.account) for row in rows}
    assert sorted(by_account.values()) == sorted(spent.values())
    alone = {row.group_id for row in rows} & {row.intent_id for row in rows if not row.about}
    assert all(row.about is (row.group_id not in alone) for row in rows)
    assert len(rows) == 4 * 2 + 1 + 2 + 3 + 1


def test_a_shape_is_what_the_price_depends_on() -> None:
    assert Shape.of({**FORM, "generate_audio": "true"}) == Shape("SEEDANCE_2_0", "480p", 5, "true", 1)
