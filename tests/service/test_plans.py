"""Several variants of one form as one plan: checked as one, priced as one, each sent once, stopped by what repeats."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from tests.durability.upstream import Answer, Upstream
from tests.service.conftest import FORM, new_submission, until
from tests.visitors import VISITOR, visitor_named
from weryai_ui.access.policy import HERE
from weryai_ui.client.outcome import Outcome
from weryai_ui.i18n import say
from weryai_ui.request.price import read_tariff
from weryai_ui.sandbox.server import SandboxServer
from weryai_ui.service import Service
from weryai_ui.service.planning import GOES_ON_S
from weryai_ui.service.preparing import Submission
from weryai_ui.settings import Settings
from weryai_ui.store.plan_records import Plan, PlanState, VariantState
from weryai_ui.store.records import SendTo
from weryai_ui.store.submissions import Store
from weryai_ui.variables import Role

RATIOS = ("1:1", "16:9", "9:16")
KEY = "plan-key-of-the-page"
OTHER = visitor_named("other")
Started = Callable[..., Service]


class Refusing(Upstream):
    """Answers the submits of one ratio with an envelope of its own, as long as it is told to."""

    def __init__(self, ratio: str, status: int, envelope: Mapping[str, Any]) -> None:
        super().__init__()
        self.ratio = ratio
        self.asked: list[str] = []
        self._refusal: Answer = (status, envelope, {})

    def take_submit(self, body: Mapping[str, Any]) -> Answer:
        self.asked.append(body["aspect_ratio"])
        if body["aspect_ratio"] == self.ratio:
            return self._refusal
        return super().take_submit(body)


def variants(values: Sequence[Any] = RATIOS, varies: str = "aspect_ratio", **more: Any) -> list[Submission]:
    return [new_submission(values={**FORM, varies: each}, **more) for each in values]


def by_owner(values: Sequence[Any] = RATIOS) -> list[Submission]:
    return variants(values, send_to=SendTo.OWNER_KEY)


def started_plan(service: Service, submissions: Sequence[Submission], varies: str = "aspect_ratio") -> Plan:
    planned = service.start_plan(KEY, varies, submissions)
    assert planned.plan is not None, planned.checked
    return planned.plan


def rested(service: Service, state: PlanState = PlanState.DONE, visitor: str = VISITOR) -> Plan:
    """The visitor's newest plan once it is in that state."""
    return until(lambda: next((each for each in service.plans_of(visitor)[:1] if each.state is state), None))


def states(plan: Plan) -> list[str]:
    return [each.state.value for each in plan.variants]


@pytest.fixture
def start(settings: Settings) -> Iterator[Started]:
    """Starts services at one database whose owner's account is at an upstream."""
    running: list[Service] = []

    def begun(upstream_url: str, **changes: Any) -> Service:
        live = replace(settings, api_key=SecretStr("sk-owner"), base_url=upstream_url, **changes)
        service = Service(live, Store(live.database_url))
        service.start(upstream_url)
        running.append(service)
        return service

    yield begun
    for service in running:
        service.stop()


def test_every_variant_is_sent_once_in_order_and_under_a_key_of_its_own(
    service: Service, sandbox: SandboxServer
) -> None:
    started_plan(service, variants())
    plan = rested(service)
    assert [json.loads(each.body)["aspect_ratio"] for each in sandbox.ledger] == list(RATIOS)
    assert states(plan) == ["sent"] * 3
    assert len({each.idempotency_key for each in plan.variants}) == 3
    sent = service.intents_of(plan)
    assert [sent[str(each.intent_id)].payload["aspect_ratio"] for each in plan.variants] == list(RATIOS)
    assert {each.outcome for each in sent.values()} == {Outcome.ACCEPTED}


def test_what_was_sent_leaves_no_words_behind_in_the_plan(service: Service) -> None:
    started_plan(service, variants(("A red boat", "A blue boat"), "prompt"), "prompt")
    plan = rested(service)
    assert [(each.name, dict(each.asked)) for each in plan.variants] == [("", {}), ("", {})]


def test_the_same_plan_that_arrives_twice_at_once_is_one(service: Service, sandbox: SandboxServer) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: started_plan(service, variants()).id, range(4)))
    assert len(set(made)) == 1
    rested(service)
    assert len(list(sandbox.ledger)) == 3


def test_a_plan_that_arrives_again_after_it_was_taken_away_sends_nothing_again(
    service: Service, sandbox: SandboxServer
) -> None:
    plan = started_plan(service, variants())
    rested(service)
    assert service.remove_plan(VISITOR, plan.id)
    started_plan(service, variants())
    assert states(rested(service)) == ["sent"] * 3
    assert len(list(sandbox.ledger)) == 3


def test_one_wrong_variant_keeps_all_from_being_sent_and_says_what_is_wrong(
    service: Service, sandbox: SandboxServer
) -> None:
    planned = service.start_plan(KEY, "duration", variants((5, 4, 99), "duration"))
    assert planned.plan is None
    assert [[found.field for found in each.problems] for each in planned.checked.checks] == [
        [],
        ["duration"],
        ["duration"],
    ]
    assert (list(sandbox.ledger), service.plans_of(VISITOR)) == ([], ())


@pytest.mark.parametrize(
    ("values", "varies", "refusal"),
    [
        (("1:1",), "aspect_ratio", "plan.how_many"),
        (("1:1", "16:9", "9:16", "4:3", "3:4"), "aspect_ratio", "plan.how_many"),
        (("1:1", "1:1"), "aspect_ratio", "plan.same"),
        (("a", "b"), "webhook_url", "plan.how_many"),
    ],
)
def test_what_is_no_plan_is_refused_with_a_sentence(
    values: tuple[str, ...], varies: str, refusal: str, service: Service
) -> None:
    planned = service.start_plan(KEY, varies, variants(values, varies))
    assert (planned.plan, planned.checked.refusal) == (None, say(refusal))


def test_the_price_of_all_is_told_before_any_is_sent(start: Started) -> None:
    with Upstream() as upstream:
        service = start(upstream.url, tariff=read_tariff("480p=10"))
        checked = service.check_plan(variants((5, 10), "duration", send_to=SendTo.OWNER_KEY), "duration")
    assert [each and each.most for each in checked.prices] == [50, 100]
    assert checked.whole is not None
    assert (checked.passes, checked.whole.least, checked.whole.most) == (True, 150, 150)
    assert upstream.submits == []


def test_too_few_credits_stop_the_rest_and_going_on_sends_what_was_not_sent(start: Started) -> None:
    refusal = {"status": 1011, "message": "insufficient credits"}
    with Refusing("16:9", 400, refusal) as upstream:
        service = start(upstream.url)
        plan = started_plan(service, by_owner())
        stopped = rested(service, PlanState.STOPPED)
        assert states(stopped) == ["sent", "waiting", "waiting"]
        assert service.intents_of(stopped)[str(stopped.stopped_by)].outcome is Outcome.REJECTED
        assert upstream.asked == ["1:1", "16:9"]
        upstream.ratio = ""
        assert service.go_on_with_plan(VISITOR, plan.id, "", "", HERE)
        assert states(rested(service)) == ["sent"] * 3
        assert upstream.asked == ["1:1", "16:9", "16:9", "9:16"]
    assert len(upstream.submits) == 3


def test_what_is_wrong_with_one_variant_alone_does_not_stop_the_others(start: Started) -> None:
    with Refusing("16:9", 400, {"status": 1002, "message": "aspect_ratio is wrong"}) as upstream:
        service = start(upstream.url)
        started_plan(service, by_owner())
        assert states(rested(service)) == ["sent", "refused", "sent"]
    assert upstream.asked == list(RATIOS)


def test_a_prompt_that_the_service_does_not_take_stops_a_plan_of_ratios(start: Started) -> None:
    with Refusing("1:1", 400, {"status": 2003, "message": "content moderation"}) as upstream:
        service = start(upstream.url)
        started_plan(service, by_owner())
        assert states(rested(service, PlanState.STOPPED)) == ["waiting"] * 3
    assert upstream.asked == ["1:1"]


def test_an_unknown_outcome_stops_the_rest_and_is_never_sent_again(start: Started) -> None:
    with Refusing("1:1", 200, {"unreadable": True}) as upstream:
        service = start(upstream.url)
        plan = started_plan(service, by_owner())
        stopped = rested(service, PlanState.STOPPED)
        assert states(stopped) == ["sent", "waiting", "waiting"]
        assert service.intents_of(stopped)[str(stopped.stopped_by)].outcome is Outcome.UNKNOWN
        service.go_on_with_plan(VISITOR, plan.id, "", "", HERE)
        assert states(rested(service)) == ["sent"] * 3
    assert upstream.asked == list(RATIOS)


def test_a_budget_that_is_used_up_stops_the_rest_with_its_sentence(start: Started) -> None:
    with Upstream() as upstream:
        service = start(upstream.url, tasks_per_day=2)
        started_plan(service, by_owner())
        stopped = rested(service, PlanState.STOPPED)
    assert states(stopped) == ["sent", "sent", "waiting"]
    assert "2 tasks" in str(stopped.said)
    assert len(upstream.submits) == 2


def test_its_visitor_stops_it_and_nobody_else_does(start: Started) -> None:
    with Upstream() as upstream:
        service = start(upstream.url)
        service.plan_sender.stop()
        plan = started_plan(service, by_owner())
        stranger = visitor_named("stranger")
        assert not service.stop_plan(stranger, plan.id)
        assert not service.go_on_with_plan(stranger, plan.id, "", "", HERE)
        assert not service.remove_plan(stranger, plan.id)
        service.send_next(plan.id)
        assert service.stop_plan(VISITOR, plan.id)
        service.send_next(plan.id)
    assert states(rested(service, PlanState.STOPPED)) == ["sent", "waiting", "waiting"]
    assert len(upstream.submits) == 1


def test_a_key_of_ones_own_is_kept_by_the_process_and_asked_for_again_by_the_next(
    start: Started, settings: Settings
) -> None:
    mine = variants(send_to=SendTo.MY_KEY, key="sk-of-the-visitor")
    with Upstream() as upstream:
        first = start(upstream.url)
        first.plan_sender.stop()
        plan = started_plan(first, mine)
        first.send_next(plan.id)
        first._store.close()
        second = start(upstream.url)
        stopped = rested(second, PlanState.STOPPED)
        assert (stopped.said, states(stopped)) == (say("plan.needs_key"), ["sent", "waiting", "waiting"])
        second.go_on_with_plan(VISITOR, plan.id, "sk-of-the-visitor", "", HERE)
        assert states(rested(second)) == ["sent"] * 3
    assert len(upstream.submits) == 3
    assert b"sk-of-the-visitor" not in b"".join(
        each.read_bytes() for each in settings.data_dir.rglob("*") if each.is_file()
    )


def test_two_processes_at_one_plan_send_nothing_twice(start: Started, tmp_path: Path) -> None:
    with Upstream() as upstream:
        services = [start(upstream.url, data_dir=tmp_path / str(number)) for number in range(2)]
        # What a process does that lost its heartbeat without knowing: both take the plan for theirs.
        for each in services:
            each._store.plans._process_id = services[1]._store.process_id
        plan = started_plan(services[0], by_owner())
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda number: services[number % 2].send_next(plan.id), range(32)))
        assert states(rested(services[0])) == ["sent"] * 3
    assert len(upstream.submits) == 3


def test_what_a_dead_process_left_is_gone_on_with_by_the_next(start: Started) -> None:
    with Upstream() as upstream:
        first = start(upstream.url)
        first.plan_sender.stop()
        plan = started_plan(first, by_owner())
        first.send_next(plan.id)
        first._store.plans.next(plan.id)  # the second is marked, and never submitted
        first._store.close()
        second = start(upstream.url)
        assert states(rested(second)) == ["sent"] * 3
    assert len(upstream.submits) == 3


def test_a_process_that_only_serves_leaves_plans_to_one_that_works_but_those_of_keys_that_it_alone_has(
    start: Started, tmp_path: Path
) -> None:
    with Upstream() as upstream:
        web = start(upstream.url, role=Role.WEB)
        own = started_plan(web, variants(send_to=SendTo.MY_KEY, key="sk-mine-0123456789", visitor=OTHER))
        assert states(rested(web, visitor=OTHER)) == ["sent"] * 3
        until(lambda: all(task.state.is_final for each in web.intents_of(own).values() for task in each.tasks))
        started_plan(web, by_owner())
        assert len(upstream.submits) == 3
        worker = start(upstream.url, role=Role.WORKER, data_dir=tmp_path / "worker")
        assert states(rested(web)) == ["sent"] * 3
        until(lambda: all(task.state.is_final for each in web.tasks(VISITOR) for task in each.tasks))
        assert worker.plan_sender.under_way() == frozenset()
        assert len(upstream.submits) == 6


@pytest.mark.parametrize("send_to", [SendTo.OWNER_KEY, SendTo.MY_KEY])
def test_a_plan_whose_history_moves_while_a_variant_is_on_its_way_is_sent_once_and_found_there(
    start: Started, send_to: SendTo
) -> None:
    arrived, moved = threading.Event(), threading.Event()

    def hold() -> None:
        arrived.set()
        moved.wait(60)

    with Upstream(stall=hold) as upstream:
        service = start(upstream.url)
        plan = started_plan(service, variants(send_to=send_to, key="sk-mine-0123456789"))
        assert arrived.wait(60)
        assert service.moving.join(OTHER, VISITOR) == 1
        moved.set()
        found = rested(service, visitor=OTHER)
        assert (found.id, states(found)) == (plan.id, ["sent"] * 3)
        assert service.plans_of(VISITOR) == ()
        sent = service.intents_of(found)
        assert [sent[str(each.intent_id)].payload["aspect_ratio"] for each in found.variants] == list(RATIOS)
        until(lambda: all(task.state.is_final for each in service.tasks(OTHER) for task in each.tasks))
    assert len(upstream.submits) == 3


def test_a_plan_that_nobody_could_send_for_long_waits_for_its_visitor(start: Started) -> None:
    with Upstream() as upstream:
        service = start(upstream.url)
        service.plan_sender.stop()
        plan = started_plan(service, by_owner())
        now = service._clock()
        service._clock = lambda: now + GOES_ON_S + 1
        service.send_next(plan.id)
        stopped = rested(service, PlanState.STOPPED)
        assert (stopped.said, states(stopped)) == (say("plan.paused"), ["waiting"] * 3)
    assert upstream.submits == []


def test_a_visitor_has_three_unfinished_plans_at_most(service: Service) -> None:
    service.plan_sender.stop()
    for number in range(3):
        assert service.start_plan(f"{KEY}-{number}", "aspect_ratio", variants()).plan is not None
    planned = service.start_plan(f"{KEY}-more", "aspect_ratio", variants())
    assert (planned.plan, planned.checked.refusal) == (None, say("plan.too_many"))
    assert VariantState.WAITING in {each.state for each in service.plans_of(VISITOR)[0].variants}


def test_a_plan_that_fails_by_an_error_of_the_app_stops_after_five_tries_and_goes_on_when_its_owner_has_it(
    start: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("weryai_ui.jobs.plan_sender.LOOKS_EVERY_S", 0.01)
    with Upstream() as upstream:
        service = start(upstream.url)
        tries: list[str] = []

        def broken(submission: Submission) -> None:
            tries.append(submission.idempotency_key)
            raise ZeroDivisionError(submission.values["prompt"])

        with monkeypatch.context() as patch:
            patch.setattr(service, "submit", broken)
            started_plan(service, by_owner())
            stopped = rested(service, PlanState.STOPPED)
        assert (stopped.said, len(tries), len(set(tries))) == (say("plan.broke"), 5, 1)
        work, (aside,) = service.work()
        assert {each.kind: (each.queue, each.set_aside) for each in work}["plan"] == (0, 1)
        assert aside.error.startswith("ZeroDivisionError at weryai_ui/service/planning.py:")
        service.try_again()
        assert states(rested(service)) == ["sent"] * 3
        assert service.work()[1] == []
    assert len(upstream.submits) == 3
