"""Each key's way through, and the life of tasks."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.sandbox.conftest import NEVER_DRAWN, Caller, until
from weryai_ui.sandbox.animatic.queue import RenderQueue
from weryai_ui.sandbox.envelope import ApiError
from weryai_ui.sandbox.keys import Customer, Keys
from weryai_ui.sandbox.lifecycle import Lifecycle
from weryai_ui.sandbox.media import MediaStore
from weryai_ui.sandbox.purses import Purses
from weryai_ui.sandbox.scenarios import SCENARIOS
from weryai_ui.sandbox.server import SandboxServer
from weryai_ui.sandbox.tasks import Task, stage_of

DAYS = 3 * 24 * 3600.0
BODY: dict[str, Any] = {"model": "SEEDANCE_2_0", "duration": 5}


def customer(key: str, account: str = "one") -> Customer:
    return Customer(SCENARIOS[key], account)


@pytest.mark.parametrize(
    ("key", "http", "code"),
    [
        ("sk-sandbox-no-credits", 200, 1011),
        ("sk-sandbox-rate-limited", 429, 1001),
        ("sk-sandbox-queue-full", 200, 1007),
        ("sk-sandbox-bad-key", 401, 1002),
    ],
)
def test_a_refusing_key_makes_no_task(caller: Caller, server: SandboxServer, key: str, http: int, code: int) -> None:
    answer = caller.post(BODY, key)
    assert (answer.status_code, answer.json()["status"]) == (http, code)
    assert answer.json()["data"] is None
    assert (server.ledger[-1].key, server.ledger[-1].accepted) == (key, False)


def test_a_rate_limit_says_when_to_try_again(caller: Caller) -> None:
    assert caller.post(BODY, "sk-sandbox-rate-limited").headers["Retry-After"] == "5"


def test_a_malformed_answer_is_no_json_and_makes_no_task(caller: Caller, server: SandboxServer) -> None:
    answer = caller.post(BODY, "sk-sandbox-malformed")
    assert answer.status_code == 200
    with pytest.raises(ValueError, match="Expecting value"):
        answer.json()
    assert not server.ledger[-1].accepted


@pytest.mark.parametrize(
    ("key", "words"),
    [("sk-sandbox-fails", "6004"), ("sk-sandbox-content", "2003")],
)
def test_a_failing_key_is_accepted_and_then_fails_with_words(caller: Caller, key: str, words: str) -> None:
    data = caller.ended(caller.make(BODY, key))
    assert data["task_status"] == "failed"
    assert words in data["msg"]
    assert "videos" not in data


def test_several_videos_make_a_batch_that_lists_every_task(caller: Caller) -> None:
    data = caller.post({**BODY, "video_number": 3}, NEVER_DRAWN).json()["data"]
    assert set(data) == {"batch_id", "task_ids", "task_status"}
    assert len(set(data["task_ids"])) == 3
    batch = caller.data(f"batch/{data['batch_id']}/status")
    assert batch["task_ids"] == data["task_ids"]
    assert [task["task_id"] for task in batch["tasks"]] == data["task_ids"]


def test_of_several_videos_the_last_fails_with_the_partial_key(caller: Caller) -> None:
    body = {**BODY, "video_number": 2, "aspect_ratio": "1:1"}
    first, last = caller.post(body, "sk-sandbox-partial").json()["data"]["task_ids"]
    assert caller.ended(first)["task_status"] == "succeed"
    assert caller.ended(last)["task_status"] == "failed"


def test_a_single_video_succeeds_with_the_partial_key() -> None:
    only = Task("task_1", None, ("task_1",), 1, "sk-sandbox-partial", 0.0, 5, "", BODY)
    assert only.failure is None


@pytest.mark.parametrize(
    ("key", "age", "drawn", "status"),
    [
        ("sk-sandbox", 1.0, True, "waiting"),
        ("sk-sandbox", 2.0, True, "processing"),
        ("sk-sandbox", 4.5, False, "processing"),
        ("sk-sandbox", 4.5, True, "succeed"),
        ("sk-sandbox-slow", 80.0, True, "processing"),
        ("sk-sandbox-slow", 91.0, True, "succeed"),
        ("sk-sandbox-fails", 3.0, False, "processing"),
        ("sk-sandbox-fails", 5.0, False, "failed"),
    ],
)
def test_the_stage_follows_from_the_age_of_the_task(key: str, age: float, drawn: bool, status: str) -> None:
    task = Task("task_1", None, ("task_1",), 1, key, 100.0, 5, "", BODY)
    assert stage_of(task, 100.0 + age, 1.0, drawn=drawn, problem=None).status == status


def test_a_render_that_goes_wrong_fails_the_task_with_words() -> None:
    task = Task("task_1", None, ("task_1",), 1, "sk-sandbox", 100.0, 5, "", BODY)
    stage = stage_of(task, 101.0, 1.0, drawn=False, problem="took longer than 120 s")
    assert stage.status == "failed"
    assert "took longer than 120 s" in str(stage.words)


@pytest.mark.parametrize("path", ["task_unknown/status", "batch/batch_unknown/status"])
def test_an_unknown_id_is_not_found(caller: Caller, path: str) -> None:
    answer = caller.get(path)
    assert (answer.status_code, answer.json()["status"]) == (404, 1003)


@pytest.mark.parametrize("path", ["nowhere", "a/b/c/d", "balance/"])
def test_an_unknown_call_is_an_envelope_too(caller: Caller, path: str) -> None:
    answer = caller.get(path)
    assert (answer.status_code, answer.json()["status"]) == (404, 1010)


def test_a_wrong_method_is_an_envelope_too(caller: Caller) -> None:
    answer = caller.get("almighty-reference-to-video")
    assert (answer.status_code, answer.json()["status"]) == (405, 1002)


def test_the_twenty_first_unfinished_task_is_refused(fresh: Caller) -> None:
    for _ in range(5):
        assert fresh.post({**BODY, "video_number": 4}, NEVER_DRAWN).json()["status"] == 0
    answer = fresh.post(BODY, NEVER_DRAWN).json()
    assert answer["status"] == 6010
    assert "20" in answer["message"]


def test_the_balance_goes_down_by_the_seconds_of_the_videos(fresh: Caller) -> None:
    assert fresh.data("balance", NEVER_DRAWN) == 1240
    fresh.post({**BODY, "duration": 7, "video_number": 2}, NEVER_DRAWN)
    assert fresh.data("balance", NEVER_DRAWN) == 1240 - 14


def test_credits_run_out_and_come_back_with_the_next_hour(tmp_path: Any) -> None:
    now = [1000.0]
    life = Lifecycle(tmp_path / "tasks", MediaStore(tmp_path / "media"), 100, clock=lambda: now[0])
    body = {**BODY, "duration": 15, "video_number": 4}
    for _ in range(5):
        life.submit(customer(NEVER_DRAWN, "one"), body, "")
    assert (life.credits("one"), life.credits("another")) == (1240 - 300, 1240)
    now[0] += 3600
    assert (life.credits("one"), life.credits("another")) == (1240, 1240)


def test_a_task_ends_although_the_clock_was_set_back_by_days(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    life = Lifecycle(tmp_path / "tasks", MediaStore(tmp_path / "media"), 0)
    (task,) = life.submit(customer(NEVER_DRAWN), BODY, "")
    wall = time.time
    monkeypatch.setattr(time, "time", lambda: wall() - DAYS)
    assert life.task_data(task.task_id, "")["task_status"] == "failed"


def test_a_task_ends_after_a_restart_at_which_the_clock_was_set_back(tmp_path: Path) -> None:
    now = [1_800_000_000.0]
    life = Lifecycle(tmp_path / "tasks", MediaStore(tmp_path / "media"), 1, clock=lambda: now[0])
    (task,) = life.submit(customer(NEVER_DRAWN), BODY, "")
    now[0] -= DAYS
    again = Lifecycle(tmp_path / "tasks", MediaStore(tmp_path / "media"), 1, clock=lambda: now[0])
    again.begin()
    now[0] += SCENARIOS[NEVER_DRAWN].making_seconds
    assert again.task_data(task.task_id, "")["task_status"] == "failed"
    again.close()


def test_a_failed_task_is_refunded(caller: Caller) -> None:
    before = caller.data("balance", NEVER_DRAWN)
    caller.ended(caller.make(BODY, NEVER_DRAWN))
    assert caller.data("balance", NEVER_DRAWN) == before


def test_the_key_without_credits_has_a_balance_of_zero(caller: Caller) -> None:
    assert caller.get("balance", "sk-sandbox-no-credits").json()["data"] == 0


def test_submits_at_the_same_time_make_one_task_each(fresh: Caller) -> None:
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda _: fresh.make(BODY, NEVER_DRAWN), range(16)))
    assert len(set(ids)) == 16
    assert fresh.data("balance", NEVER_DRAWN) == 1240 - 16 * 5


def test_the_ledger_keeps_what_arrived(caller: Caller, server: SandboxServer) -> None:
    raw = b'{"model": "SEEDANCE_2_0",  "duration": 5}'
    task_id = caller.post(raw, NEVER_DRAWN).json()["data"]["task_id"]
    entry = server.ledger[-1]
    assert (entry.body, entry.parsed, entry.task_ids) == (raw, BODY, (task_id,))
    assert (entry.key, entry.http, entry.code) == (NEVER_DRAWN, 200, 0)


def test_help_explains_the_keys_and_how_to_call() -> None:
    command = [sys.executable, "-m", "weryai_ui.sandbox", "--help"]
    text = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout
    for key, scenario in SCENARIOS.items():
        assert key in text
        assert str(scenario) in text
    assert "curl http://127.0.0.1:8765/v1/generation/" in text


def test_the_balance_of_another_scenario_and_of_a_visitor_stays_as_it_was(fresh: Caller) -> None:
    fresh.post({**BODY, "video_number": 4}, NEVER_DRAWN)
    left = [fresh.get("balance", key).json()["data"] for key in (NEVER_DRAWN, "sk-sandbox", "sk-sandbox-slow")]
    assert left == [1240 - 20, 1240, 1240]


@pytest.mark.parametrize("scenario", ["sk-sandbox", NEVER_DRAWN, "sk-sandbox-no-credits"])
def test_a_visitors_key_is_the_scenario_with_an_account_of_their_own(scenario: str) -> None:
    keys = Keys()
    one, other = (keys.customer(keys.key_for(scenario, visitor)) for visitor in ("one", "another"))
    assert one is not None
    assert other is not None
    assert one.scenario is other.scenario is SCENARIOS[scenario]
    assert len({one.account, other.account, scenario}) == 3
    assert keys.customer(keys.key_for("sk-sandbox-slow", "one")) == Customer(SCENARIOS["sk-sandbox-slow"], one.account)


def test_an_account_without_its_proof_counts_as_the_scenarios_own_key() -> None:
    keys = Keys()
    true = keys.key_for("sk-sandbox", "a visitor")
    for invented in (true[:-16] + "0" * 16, Keys().key_for("sk-sandbox", "a visitor"), f"sk-sandbox.{'0' * 32}"):
        assert keys.customer(invented) == customer("sk-sandbox", "sk-sandbox")


@pytest.mark.parametrize("key", ["sk-sandbox.", "sk-sandbox.0", "sk-other." + "0" * 32, "sk-sandbox." + "0" * 33])
def test_what_is_no_key_with_an_account_is_not_known(key: str) -> None:
    assert Keys().customer(key) is None


def test_accounts_take_turns_at_drawing_and_every_other_is_of_the_one_with_the_fewest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn: list[str] = []
    first = threading.Event()
    rest = threading.Event()

    def draw(job: Any, _: object) -> None:
        first.set()
        rest.wait(10)
        drawn.append(job.out)

    monkeypatch.setattr("weryai_ui.sandbox.child.draw", draw)
    studio = RenderQueue()
    for account, count in (("greedy", 6), ("one", 1), ("another", 2)):
        for number in range(count):
            studio.order(cast(Any, SimpleNamespace(out=f"{account} {number}")), account)
            first.wait(10)
    rest.set()
    until(lambda: len(drawn) == 9)
    studio.close()
    assert drawn[:6] == ["greedy 0", "greedy 1", "one 0", "another 0", "another 1", "greedy 2"]


def test_what_ended_long_ago_goes_first_from_who_has_the_most(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("weryai_ui.sandbox.lifecycle.KEPT_TASKS", 10)
    now = [1000.0]
    life = Lifecycle(tmp_path / "tasks", MediaStore(tmp_path / "media"), 0, clock=lambda: now[0])
    (mine,) = life.submit(customer(NEVER_DRAWN, "one"), BODY, "")
    for _ in range(30):
        now[0] += 10
        last = life.submit(customer(NEVER_DRAWN, "greedy"), BODY, "")
    assert life.task_data(mine.task_id, "")["task_status"] == "failed"
    assert life.task_data(last[0].task_id, "")["task_status"] == "failed"
    assert len(list((tmp_path / "tasks").glob("*.json"))) == 11


def test_when_it_is_crowded_the_room_is_shared_and_there_are_a_few_for_each(tmp_path: Path) -> None:
    life = Lifecycle(tmp_path / "tasks", MediaStore(tmp_path / "media"), 100, clock=lambda: 0.0)
    four = {**BODY, "video_number": 4}
    for number in range(39):
        life.submit(customer(NEVER_DRAWN, f"crowd {number}"), four, "")
    for _ in range(10):
        life.submit(customer(NEVER_DRAWN, "one of forty"), BODY, "")
    with pytest.raises(ApiError, match="at most 10 tasks at once"):
        life.submit(customer(NEVER_DRAWN, "one of forty"), BODY, "")
    for number in range(58):
        life.submit(customer(NEVER_DRAWN, f"more {number}"), four, "")
    with pytest.raises(ApiError, match="at most 4 tasks at once"):
        life.submit(customer(NEVER_DRAWN, "more 0"), BODY, "")
    with pytest.raises(ApiError, match="the queue is full"):
        life.submit(customer(NEVER_DRAWN, "one too many"), four, "")


def test_purses_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("weryai_ui.sandbox.purses.PURSES_KEPT", 3)
    purses = Purses(lambda: 0.0)
    for account in ("a", "b", "c", "a", "d"):
        purses.pay(account, 10)
    assert [purses.credits(account) for account in ("a", "c", "d", "b")] == [1220, 1230, 1230, 1240]
