"""Budgets: reserved with the intent, kept over forgetting, given back only for what cost nothing, exact in a crowd."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from tests.conftest import settings_in
from tests.durability.scripted import Clock
from tests.security.conftest import FORM, OWNER_KEY
from tests.security.crowd import CAP, reserved_by_a_crowd
from tests.visitors import VISITOR, visitor_named
from weryai_ui.access.accounts import visitor_id
from weryai_ui.access.policy import Caller, spent_words
from weryai_ui.sandbox.server import SandboxServer
from weryai_ui.service import Service
from weryai_ui.service.preparing import Submission, SubmitResult
from weryai_ui.settings import Settings
from weryai_ui.store.budget import DAY_S, HOUR_S, UNSEEN_RUNS_S, BudgetSpent, Rule
from weryai_ui.store.records import SendTo
from weryai_ui.store.submissions import Store

START = Clock.now


@pytest.fixture
def service(tmp_path: Path, upstream: SandboxServer, clock: Clock) -> Iterator[Service]:
    """An app on the owner's key whose follower does not run: tasks stay as they are."""
    settings = settings_in(tmp_path, api_key=SecretStr(OWNER_KEY), base_url=upstream.url)
    service = Service(settings, Store(settings.database_url, clock=clock), clock=clock)
    service.accounts.sandbox_url = upstream.url
    yield service
    service._store.close()


def limited(service: Service, **limits: Any) -> Service:
    service.access.settings = replace(service.settings, **limits)
    return service


def submit(service: Service, visitor: str = VISITOR, send_to: SendTo = SendTo.OWNER_KEY, **more: Any) -> SubmitResult:
    values = {**FORM, "video_number": more.pop("videos", 1)}
    return service.submit(Submission(values, send_to, visitor, **more))


def accepted(service: Service, **more: Any) -> bool:
    return submit(service, **more).intent is not None


def test_a_day_is_the_last_24_hours_and_the_refusal_says_when_it_opens(service: Service, clock: Clock) -> None:
    limited(service, tasks_per_day=3)
    assert accepted(service)
    clock.now += HOUR_S
    assert accepted(service, videos=2)
    says = submit(service).refusal or ""
    assert says.startswith(
        "The owner's key makes at most 3 tasks in 24 hours; none is left. It opens again in 23 h 0 min"
    )
    assert says.endswith("Nothing was sent.")
    clock.now = START + DAY_S - 1
    assert not accepted(service)
    clock.now = START + DAY_S + 1
    assert accepted(service)
    assert not accepted(service)


def test_several_videos_are_several_tasks_and_open_when_enough_places_do(service: Service, clock: Clock) -> None:
    limited(service, tasks_per_day=3)
    for _ in range(3):
        assert accepted(service)
        clock.now += HOUR_S
    assert "in 22 h 0 min" in (submit(service, videos=2).refusal or "")
    assert "and this asks for 4" in (submit(service, videos=4).refusal or "")


def test_an_hour_is_each_visitors_own_whosever_key_it_is(service: Service, clock: Clock) -> None:
    limited(service, tasks_per_visitor_hour=2)
    assert accepted(service)
    assert accepted(service, send_to=SendTo.MY_KEY, key="sk-sandbox")
    assert "in an hour" in (submit(service).refusal or "")
    assert "in an hour" in (submit(service, send_to=SendTo.MY_KEY, key="sk-sandbox").refusal or "")
    assert accepted(service, visitor=visitor_named("bob"))
    clock.now += HOUR_S + 1
    assert accepted(service)


def test_a_new_visitor_token_is_no_new_hour_for_the_same_login(service: Service) -> None:
    limited(service, tasks_per_visitor_hour=1)
    ann = Caller(login="ann")
    assert accepted(service, visitor=visitor_named("one"), caller=ann)
    assert not accepted(service, visitor=visitor_named("two"), caller=ann)
    assert not accepted(service, visitor=visitor_named("three"), caller=ann, send_to=SendTo.MY_KEY, key="sk-sandbox")


def test_the_day_of_the_owners_key_is_not_about_a_key_of_ones_own(service: Service) -> None:
    limited(service, tasks_per_day=1)
    assert accepted(service)
    assert accepted(service, send_to=SendTo.MY_KEY, key="sk-sandbox")
    assert not accepted(service)


def test_the_sandbox_counts_for_nothing(service: Service) -> None:
    limited(service, tasks_per_day=1, tasks_per_visitor_hour=1, tasks_at_once=1)
    assert all(accepted(service, send_to=SendTo.SANDBOX) for _ in range(5))
    assert accepted(service)


def test_what_runs_at_once_is_counted_and_ends_give_places_back(service: Service, clock: Clock) -> None:
    limited(service, tasks_at_once=2)
    intent = submit(service, videos=2).intent
    assert intent is not None
    says = submit(service, visitor=visitor_named("bob")).refusal or ""
    assert (
        says == "At most 2 tasks may run at once; none is left. It opens again when one of them ends. Nothing was sent."
    )
    _end(service, intent.tasks[0].id)
    assert accepted(service, visitor=visitor_named("bob"))
    assert not accepted(service, visitor=visitor_named("bob"))


def test_at_once_is_for_each_visitors_own_key_by_itself(service: Service) -> None:
    limited(service, tasks_at_once=1)
    own: dict[str, Any] = {"send_to": SendTo.MY_KEY, "key": "sk-sandbox"}
    assert accepted(service, **own)
    assert not accepted(service, **own)
    assert accepted(service, visitor=visitor_named("bob"), **own)
    assert accepted(service)


def test_forgetting_gives_no_budget_back_and_what_runs_unseen_still_counts(service: Service, clock: Clock) -> None:
    limited(service, tasks_per_day=2, tasks_at_once=1)
    intent = submit(service).intent
    assert intent is not None
    assert service.forget(VISITOR, intent.id)
    assert "at once" in (submit(service).refusal or "")
    clock.now += UNSEEN_RUNS_S + 1
    assert accepted(service)
    clock.now += UNSEEN_RUNS_S + 1
    assert "24 hours" in (submit(service, videos=1).refusal or "")


def test_a_forgotten_submission_that_had_ended_takes_no_place(service: Service) -> None:
    limited(service, tasks_at_once=1)
    intent = submit(service).intent
    assert intent is not None
    _end(service, intent.tasks[0].id)
    assert service.forget(VISITOR, intent.id)
    assert accepted(service)


@pytest.mark.parametrize(
    ("key", "given_back"),
    [
        ("sk-sandbox-no-credits", True),
        ("sk-sandbox-bad-key", True),
        ("sk-sandbox-malformed", False),
        ("sk-sandbox", False),
    ],
)
def test_only_what_certainly_cost_nothing_is_given_back(service: Service, key: str, given_back: bool) -> None:
    limited(service, tasks_per_visitor_hour=1)
    assert accepted(service, send_to=SendTo.MY_KEY, key=key)
    assert accepted(service, send_to=SendTo.MY_KEY, key="sk-sandbox") is given_back


def test_what_never_left_is_given_back(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, api_key=SecretStr(OWNER_KEY), base_url="http://127.0.0.1:9", tasks_per_day=1)
    service = Service(settings, Store(settings.database_url))
    assert submit(service).intent is not None
    assert submit(service).intent is not None
    service._store.close()


def test_the_same_submission_again_reserves_once_and_is_found_with_nothing_left(
    service: Service, upstream: SandboxServer
) -> None:
    limited(service, tasks_per_day=1)
    first = submit(service, idempotency_key="press-0001").intent
    again = submit(service, idempotency_key="press-0001").intent
    assert first is not None and again is not None
    assert first.id == again.id
    assert len(upstream.ledger) == 1


def test_submitting_again_takes_budget_like_any_other(service: Service) -> None:
    limited(service, tasks_per_day=2)
    intent = submit(service).intent
    assert intent is not None
    assert (
        service.submit_again(VISITOR, intent.id, key="", idempotency_key="again-01") or submit(service)
    ).intent is not None
    refused = service.submit_again(VISITOR, intent.id, key="", idempotency_key="again-02")
    assert refused is not None and refused.intent is None
    assert "24 hours" in (refused.refusal or "")


def test_a_refused_submission_records_nothing_and_sends_nothing(service: Service, upstream: SandboxServer) -> None:
    limited(service, tasks_per_day=1)
    assert accepted(service)
    before = service.tasks(VISITOR)
    assert not accepted(service)
    assert service.tasks(VISITOR) == before
    assert len(upstream.ledger) == 1


def test_what_is_left_is_told_for_each_destination(service: Service) -> None:
    limited(service, tasks_per_day=5, tasks_per_visitor_hour=3, tasks_at_once=4)
    submit(service, videos=2)
    left = service.allowance(VISITOR).left
    assert {found.rule: found.left for found in left[SendTo.OWNER_KEY]} == {Rule.DAY: 3, Rule.HOUR: 1, Rule.AT_ONCE: 2}
    assert {found.rule: found.left for found in left[SendTo.MY_KEY]} == {Rule.HOUR: 1, Rule.AT_ONCE: 4}
    assert SendTo.SANDBOX not in left
    assert {found.rule: found.left for found in service.allowance(visitor_named("bob")).left[SendTo.OWNER_KEY]}[
        Rule.HOUR
    ] == 3


def test_one_task_is_not_tasks() -> None:
    assert "at most 1 task in" in spent_words(BudgetSpent(Rule.DAY, 1, 0, 1, 100.0), 40.0)


# --- a crowd -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", ["per_day", "per_payer_hour", "at_once"])
def test_eight_processes_at_once_reserve_exactly_the_cap(tmp_path: Path, rule: str) -> None:
    url = settings_in(tmp_path).database_url
    Store(url).close()
    assert sum(reserved_by_a_crowd(url, rule)) == CAP
    store = Store(url)
    assert len(store.of_visitor("ann", limit=1000)) == CAP
    store.close()


def _end(service: Service, task_id: str) -> None:
    """Brings a task to its end, as a look at the service would."""
    from sqlalchemy import update

    from weryai_ui.store.schema import tasks

    with service._store._engine.begin() as connection:
        connection.execute(update(tasks).where(tasks.c.id == task_id).values(ended_at=START, due_at=None))


def test_the_payer_is_a_hash() -> None:
    assert len(visitor_id("ann")) == 64


def test_the_settings_have_no_limit_by_themselves() -> None:
    settings = Settings()
    assert (settings.tasks_per_day, settings.tasks_per_visitor_hour, settings.tasks_at_once) == (None, None, None)
