"""Ceilings in credits: reserved by what the last ones cost, settled by the real figure, exact in a crowd."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from tests.conftest import settings_in
from tests.durability.scripted import Clock
from tests.security.conftest import FORM, OWNER_KEY, Witness
from tests.security.crowd import spent_by_a_crowd
from tests.visitors import VISITOR, visitor_named
from weryai_ui.access.policy import Caller
from weryai_ui.errors import SettingsError
from weryai_ui.request.price import read_tariff
from weryai_ui.service import Service
from weryai_ui.service.preparing import Submission, SubmitResult
from weryai_ui.settings import Settings
from weryai_ui.store.budget import DAY_S, UNPRICED_TASKS, Rule
from weryai_ui.store.ledger_records import End, Settled
from weryai_ui.store.records import SendTo
from weryai_ui.store.schema import reservations
from weryai_ui.store.submissions import Store
from weryai_ui.ui.live_check import LiveCheck


@pytest.fixture
def service(tmp_path: Path, witness: Witness, clock: Clock) -> Iterator[Service]:
    """An app on the owner's key, at a service that accepts everything; neither follower nor bookkeeper runs."""
    settings = settings_in(tmp_path, api_key=SecretStr(OWNER_KEY), base_url=witness.url)
    service = Service(settings, Store(settings.database_url, clock=clock), clock=clock)
    yield service
    service._store.close()


def limited(service: Service, **limits: Any) -> Service:
    tariff = read_tariff(limits.pop("tariff", ""))
    service.settings = service.access.settings = replace(service.settings, tariff=tariff, **limits)
    return service


def submit(service: Service, visitor: str = VISITOR, videos: int = 1, **more: Any) -> SubmitResult:
    return service.submit(Submission({**FORM, "video_number": videos}, SendTo.OWNER_KEY, visitor, **more))


def price_said(service: Service, videos: int) -> str:
    """What stands beside *Generate*."""
    form = {"values": {**FORM, "video_number": str(videos)}, "send_to": "owner-key"}
    return str(LiveCheck(service).check_values(form)["price"])


def settle(service: Service, credits: float | None, end: End = End.READY) -> None:
    """Settles what is open, as the bookkeeper would once it has ended."""
    group = service._store.ledger.open()
    settled = [Settled(entry.intent_id, end, credits, False) for entry in group]
    assert service._store.ledger.settle(group, settled, None, 0.0)


def reserved(service: Service) -> list[float | None]:
    with service._store._reader.connect() as connection:
        return list(connection.execute(select(reservations.c.credits).order_by(reservations.c.at)).scalars())


def test_the_tariff_is_reserved_and_the_real_cost_takes_its_place(service: Service, clock: Clock) -> None:
    limited(service, credits_per_day=100, tariff="*=10")
    assert submit(service).intent is not None
    assert reserved(service) == [50]
    assert submit(service).intent is not None
    says = submit(service).refusal or ""
    assert says.startswith("The owner's key spends at most 100 credits in 24 hours; none is left. It opens again in 24")
    settle(service, 30)
    assert reserved(service) == [30, 30]
    assert submit(service).intent is not None  # by what the last ones cost
    assert "10 left, and this asks for 30" in (submit(service).refusal or "")
    clock.now += DAY_S + 1
    assert submit(service).intent is not None


def test_what_the_last_ones_cost_at_most_counts_more_than_the_tariff(service: Service) -> None:
    limited(service, credits_per_day=200, tariff="*=10")
    for cost in (58, 62, 60):
        assert submit(service).intent is not None
        settle(service, cost)
    refused = submit(service)
    assert refused.intent is None
    assert "20 left, and this asks for 62" in (refused.refusal or "")


def test_a_failure_that_cost_nothing_gives_its_credits_back(service: Service) -> None:
    limited(service, credits_per_day=50, tariff="*=10")
    for _ in range(3):
        assert submit(service).intent is not None
        settle(service, 0, End.FAILED)
    assert submit(service).intent is not None


def test_a_visitor_and_a_login_have_a_ceiling_of_their_own(service: Service, clock: Clock) -> None:
    limited(service, credits_per_visitor_day=60, tariff="*=10")
    ann = Caller(login="ann")
    assert submit(service, visitor_named("one"), caller=ann).intent is not None
    says = submit(service, visitor_named("two"), caller=ann).refusal or ""
    assert says.startswith("You can spend at most 60 credits of the owner's key in 24 hours; 10 left")
    assert submit(service, visitor_named("bob")).intent is not None
    own = Submission(FORM, SendTo.MY_KEY, visitor_named("one"), key="sk-own", caller=ann)
    assert service.submit(own).intent is not None  # their own money
    clock.now += DAY_S + 1
    assert submit(service, visitor_named("two"), caller=ann).intent is not None


def test_without_a_price_tasks_are_counted_and_the_page_says_so(service: Service) -> None:
    limited(service, credits_per_day=10_000)
    not_known = "Price not known yet: until it is, at most 10 such tasks in 24 hours."
    assert price_said(service, videos=1) == not_known
    for _ in range(UNPRICED_TASKS // 2):
        assert submit(service, videos=2).intent is not None
    says = submit(service).refusal or ""
    assert says.startswith("The price of this is not known yet, and of such requests the owner's key makes at most 10")
    settle(service, 20)
    assert submit(service).intent is not None  # what was settled has a price
    assert price_said(service, videos=1) == not_known
    assert price_said(service, videos=2) == "The last 5 like this cost 20 credits."


def test_a_spent_ceiling_closes_to_what_has_no_price_too(service: Service) -> None:
    limited(service, credits_per_day=50, tariff="SEEDANCE_2_0=10")
    assert submit(service).intent is not None
    limited(service, credits_per_day=50)
    assert "none is left" in (submit(service).refusal or "")


def test_what_is_left_is_told_in_credits(service: Service) -> None:
    limited(service, credits_per_day=120, credits_per_visitor_day=70, tariff="*=10")
    submit(service)
    left = {each.rule: each.left for each in service.allowance(VISITOR).left[SendTo.OWNER_KEY]}
    assert left == {Rule.CREDITS: 70, Rule.PAYER_CREDITS: 20}


@pytest.mark.parametrize("costs", [[58, 60, 62, 59, 61] * 2, [62] * 10])
def test_eight_processes_at_once_never_spend_more_than_the_ceiling(tmp_path: Path, costs: list[int]) -> None:
    url, ceiling = settings_in(tmp_path).database_url, 1000
    Store(url).close()
    spent = sum(spent_by_a_crowd(url, ceiling, costs, 62))
    assert ceiling - 62 < spent <= ceiling


def test_where_every_price_rises_no_more_is_spent_than_the_error_of_what_was_under_way(tmp_path: Path) -> None:
    url, ceiling, rise = settings_in(tmp_path).database_url, 1000, 8
    Store(url).close()
    spent = sum(spent_by_a_crowd(url, ceiling, [62 + rise] * 10, 62))
    assert ceiling - 62 - rise < spent < ceiling + 8 * rise


@pytest.mark.parametrize("name", ["WERYAI_CREDITS_PER_DAY", "WERYAI_CREDITS_PER_VISITOR_DAY"])
def test_a_ceiling_that_is_no_number_stops_the_start(name: str) -> None:
    assert Settings.from_env({name: "500"}) != Settings.from_env({})
    with pytest.raises(SettingsError, match=name):
        Settings.from_env({name: "many"})
