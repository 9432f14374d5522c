"""A submission whose answer was lost: the balance tells, and the task that a person found is followed as its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from tests.conftest import StartApp, settings_in
from tests.durability.scripted import new_intent, submission
from tests.service.conftest import FORM, new_submission, until
from tests.visitors import VISITOR
from weryai_ui.client.outcome import Outcome
from weryai_ui.client.tasks import TaskState
from weryai_ui.i18n import say
from weryai_ui.jobs.resolving import KNOWN_SECONDS, Adopted, Balances
from weryai_ui.sandbox.profile import Profile
from weryai_ui.sandbox.scenarios import SCENARIOS
from weryai_ui.sandbox.server import SandboxServer
from weryai_ui.service import Service
from weryai_ui.store.records import Intent, SendTo
from weryai_ui.store.submissions import Store
from weryai_ui.ui.unresolved import balance_words

LOST = [key for key in SCENARIOS if key.startswith("sk-sandbox-made-")]
OTHER = "w" * 43


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A service beside a sandbox that knows no proof of this process, so that all visitors have one account."""
    settings = settings_in(tmp_path / "data")
    with SandboxServer(pace=0, profile=Profile.MEASURED) as sandbox:
        service = Service(settings, Store(settings.database_url))
        service.start(sandbox.url)
        yield service
        service.stop()


def lost(service: Service, key: str, visitor: str = VISITOR) -> Intent:
    """A submission that made a task, and whose answer was lost."""
    intent = service.submit(new_submission(visitor, scenario=key)).intent
    assert intent is not None
    assert (intent.outcome, intent.tasks) == (Outcome.UNKNOWN, ())
    return intent


def now(service: Service, intent: Intent, visitor: str = VISITOR) -> Intent:
    opened = service.open(visitor, intent.id)
    assert opened is not None
    return opened[0]


@pytest.mark.parametrize("key", LOST)
def test_a_task_whose_answer_was_lost_is_found_adopted_and_ends_in_its_film(service: Service, key: str) -> None:
    asked = new_submission(scenario=key)
    before = service.balance(asked)
    intent = lost(service, key)
    found = service.unresolved(VISITOR, intent.id)
    assert found is not None and before is not None
    assert (found.before, found.now) == (before, before - FORM["duration"])
    (listed,) = found.listed
    assert service.adopt(VISITOR, intent.id, f"  {listed.task_id}\n") is Adopted.FOLLOWED
    adopted = now(service, intent)
    assert (adopted.outcome, adopted.explanation) == (Outcome.ACCEPTED, None)
    assert [task.upstream_id for task in adopted.tasks] == [listed.task_id]
    until(lambda: now(service, intent).tasks[0].state is TaskState.SUCCEEDED)
    assert now(service, intent).tasks[0].videos
    assert service.unresolved(VISITOR, intent.id) is None
    assert service.balance(asked) == before - FORM["duration"]  # nothing was sent again


@pytest.mark.parametrize(
    ("typed", "adopted"), [("task_of_nobody", Adopted.NOT_KNOWN), ("", Adopted.NO_ID), ("..", Adopted.NO_ID)]
)
def test_a_wrong_id_says_so_and_changes_nothing(service: Service, typed: str, adopted: Adopted) -> None:
    intent = lost(service, LOST[0])
    assert service.adopt(VISITOR, intent.id, typed) is adopted
    assert now(service, intent) == intent


def test_an_id_that_another_submission_has_is_nobody_elses(service: Service) -> None:
    theirs = lost(service, LOST[0], OTHER)
    found = service.unresolved(OTHER, theirs.id)
    assert found is not None
    task_id = found.listed[0].task_id
    assert service.adopt(OTHER, theirs.id, task_id) is Adopted.FOLLOWED
    mine = lost(service, LOST[0])
    assert service.adopt(VISITOR, mine.id, task_id) is Adopted.TAKEN
    assert now(service, mine) == mine
    assert service.adopt(OTHER, theirs.id, task_id) is Adopted.SETTLED
    assert service.adopt(VISITOR, theirs.id, task_id) is None
    assert service.unresolved(VISITOR, theirs.id) is None


def test_whether_a_failed_task_was_charged_is_what_the_balance_says(service: Service) -> None:
    pressed = new_submission(scenario="sk-sandbox-fails")
    before = service.balance(pressed)
    intent = service.submit(pressed).intent
    assert intent is not None and before is not None
    assert service.unresolved(VISITOR, intent.id) is None
    until(lambda: now(service, intent).tasks[0].state is TaskState.FAILED)
    found = service.unresolved(VISITOR, intent.id)
    assert found is not None
    assert (found.before, found.now) == (before, service.balance(pressed))
    assert service.unresolved(OTHER, intent.id) is None


def test_without_the_key_that_it_was_sent_with_nothing_is_asked(service: Service) -> None:
    body = '{"model":"SEEDANCE_2_0","duration":5}'
    store = service._store
    new = replace(new_intent(send_to=SendTo.MY_KEY, visitor=lost(service, LOST[0]).visitor), body=body)
    intent = store.finish(store.begin(new).intent.id, submission(Outcome.UNKNOWN), 0.0)
    assert service.adopt(VISITOR, intent.id, "task_1") is Adopted.NO_KEY
    assert now(service, intent) == intent


def test_what_the_post_itself_learns_later_is_recorded_beside_the_task_that_was_found(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{(tmp_path / 'a.sqlite3').as_posix()}")
    begun = store.begin(new_intent()).intent
    with store._engine.begin() as connection:  # as another process settles one that it thinks dead
        connection.exec_driver_sql("UPDATE intents SET outcome = 'UNKNOWN'")
    assert store.adopt(begun.id, "task_1", 0.0)
    assert not store.adopt(begun.id, "task_2", 0.0)
    finished = store.finish(begun.id, submission(Outcome.ACCEPTED, "task_1", "task_2"), 0.0)
    assert [(task.number, task.upstream_id) for task in finished.tasks] == [(1, "task_1"), (2, "task_2")]
    store.close()


def test_a_balance_is_of_the_moment_before_one_submission_and_not_of_long_ago() -> None:
    at = [0.0]
    balances = Balances(lambda: at[0])
    balances.learn("a", 1240)
    assert (balances.spend("a"), balances.spend("a"), balances.spend("b")) == (1240, None, None)
    balances.learn("a", 1240)
    at[0] = KNOWN_SECONDS + 1
    assert balances.spend("a") is None
    balances.learn("a", 5)
    balances.learn("a", None)
    assert balances.spend("a") is None


def test_the_balance_says_what_it_can() -> None:
    assert balance_words(1240, 1180) == "The balance is 1,180 credits: 60 fewer than before this press."
    assert balance_words(60, 60) == say("adopt.balance_same", now="60")
    assert balance_words(None, 60) == say("adopt.balance_now", now="60")
    assert balance_words(60, 70) == say("adopt.balance_more", n="10", now="70")
    assert balance_words(60, None) == say("adopt.balance_unknown")


def test_the_page_asks_what_became_of_it_and_adopts_by_the_visitors_token_alone(start_app: StartApp) -> None:
    app = start_app(sandbox_profile=Profile.MEASURED)
    intent = lost(app.service, "sk-sandbox-made-reset")

    def ask(path: str, **params: str) -> requests.Response:
        return requests.post(f"{app.url}/{path}", json={"intent": intent.id, **params}, timeout=10)

    assert ask("unresolved", visitor=OTHER).json() == {}
    told = ask("unresolved", visitor=VISITOR).json()
    assert (told["history"], len(told["listed"])) == (None, 1)
    assert "adopted" not in ask("adopt", visitor=OTHER, task_id=told["listed"][0]["id"]).json()
    assert ask("adopt", visitor=VISITOR, task_id="task_of_nobody").json()["adopted"] == "not_known"
    board = ask("adopt", visitor=VISITOR, task_id=told["listed"][0]["id"]).json()
    assert (board["adopted"], board["said"]) == ("followed", say("adopt.followed"))
    assert board["cards"][0]["outcome"] == "ACCEPTED"
    until(lambda: now(app.service, intent).tasks[0].state is TaskState.SUCCEEDED)
