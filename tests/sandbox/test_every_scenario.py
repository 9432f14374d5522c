"""Every key of the sandbox through the real client, with the sandbox's own ledger as the judge."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import av
import pytest
import requests

from weryai_ui.client.failures import Failure, failure_of
from weryai_ui.client.outcome import Outcome
from weryai_ui.client.tasks import TaskState, TaskStatus
from weryai_ui.client.weryai import WeryAIClient
from weryai_ui.sandbox.keys import Customer
from weryai_ui.sandbox.lifecycle import Lifecycle
from weryai_ui.sandbox.media import MediaStore
from weryai_ui.sandbox.profile import BURST_SECONDS, Profile
from weryai_ui.sandbox.scenarios import FRESH_SECONDS, LINK_LATER_SECONDS, SCENARIOS
from weryai_ui.sandbox.server import SandboxServer
from weryai_ui.sandbox.tasks import OURS

BODY: dict[str, Any] = {"model": "SEEDANCE_2_0", "duration": 5, "prompt": "A boat", "aspect_ratio": "1:1"}
POLLS, POLL_SECONDS = 1200, 0.05


@dataclass(frozen=True)
class Way:
    """How a request with a key goes. `end`: None where nobody hears of a task. `why`: what the client makes of it."""

    outcome: Outcome
    tasks: int
    end: TaskState | None = None
    why: str = ""


DONE = Way(Outcome.ACCEPTED, 1, TaskState.SUCCEEDED)


def fails(why: Failure) -> Way:
    return Way(Outcome.ACCEPTED, 1, TaskState.FAILED, why)


def refused(why: str) -> Way:
    return Way(Outcome.REJECTED, 0, None, why)


def lost(why: str) -> Way:
    return Way(Outcome.UNKNOWN, 1, None, why)


WAYS: dict[str, Way] = {
    "sk-sandbox": DONE,
    "sk-sandbox-slow": DONE,
    "sk-sandbox-fails": fails(Failure.OTHER),
    "sk-sandbox-content": fails(Failure.CONTENT),
    "sk-sandbox-image-audit": fails(Failure.IMAGE_AUDIT),
    "sk-sandbox-copyright": fails(Failure.COPYRIGHT),
    "sk-sandbox-busy": fails(Failure.BUSY),
    "sk-sandbox-no-reason": fails(Failure.NO_REASON),
    "sk-sandbox-late-failure": fails(Failure.NO_REASON),
    "sk-sandbox-jam": DONE,
    "sk-sandbox-completed": DONE,
    "sk-sandbox-link-later": DONE,
    "sk-sandbox-fresh-link": DONE,
    "sk-sandbox-partial": DONE,
    "sk-sandbox-no-credits": refused("code.1011"),
    "sk-sandbox-rate-limited": refused("code.1001"),
    "sk-sandbox-queue-full": refused("code.1007"),
    "sk-sandbox-model-gone": refused("code.1006"),
    "sk-sandbox-bad-key": refused("code.1002.key"),
    "sk-sandbox-malformed": Way(Outcome.UNKNOWN, 0, None, "wire.not_json"),
    "sk-sandbox-made-timeout": lost("http.504"),
    "sk-sandbox-made-reset": lost("wire.cut_off"),
    "sk-sandbox-made-empty": lost("wire.not_json"),
    "sk-sandbox-made-html": lost("wire.not_json"),
}


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with SandboxServer(pace=0, profile=Profile.MEASURED) as running:
        yield running


def ended(client: WeryAIClient, task_id: str) -> TaskStatus:
    for _ in range(POLLS):
        status = client.status(task_id).status
        if status is not None and status.state.is_final:
            return status
        threading.Event().wait(POLL_SECONDS)
    raise AssertionError(f"{task_id} did not end")


def test_every_scenario_has_its_way_in_the_table() -> None:
    assert list(WAYS) == list(SCENARIOS)


@pytest.mark.parametrize("key", WAYS)
def test_a_request_with_a_key_goes_its_way_and_the_ledger_has_its_tasks(server: SandboxServer, key: str) -> None:
    way, client = WAYS[key], WeryAIClient(server.url, key)
    before = len(server.ledger)
    submitted = client.submit(BODY)
    (entry,) = list(server.ledger)[before:]
    assert (submitted.outcome, len(entry.task_ids)) == (way.outcome, way.tasks)
    assert len(submitted.task_ids) == (way.tasks if way.outcome is Outcome.ACCEPTED else 0)
    if submitted.explanation is not None:
        assert submitted.explanation.key == way.why
    if way.end is not None:
        status = ended(client, *submitted.task_ids)
        assert status.state is way.end
        if way.end is TaskState.FAILED:
            assert failure_of(status.message) == way.why
            assert status.message is None or OURS in status.message
    print(f"{key}: {submitted.outcome.name}, tasks in the ledger: {len(entry.task_ids)}, {way.end}, {way.why}")


@pytest.mark.parametrize("key", [key for key, way in WAYS.items() if way.outcome is Outcome.UNKNOWN and way.tasks])
def test_a_task_whose_answer_was_lost_stands_in_the_sandboxs_own_list(server: SandboxServer, key: str) -> None:
    client = WeryAIClient(server.url, key)
    client.submit(BODY)
    listed = requests.get(f"{server.url}/tasks", headers={"Authorization": f"Bearer {key}"}, timeout=10).json()["data"]
    (made,) = server.ledger[-1].task_ids
    assert listed[0]["task_id"] == made
    assert listed[0]["prompt"] == BODY["prompt"]
    assert client.status(made).status is not None


# --- the two faces ---------------------------------------------------------------------------------


def life_in(folder: Path, now: list[float], profile: Profile, pace: float = 1.0) -> Lifecycle:
    """Tasks over time that nobody draws: `drawn` puts their films there."""
    life = Lifecycle(folder / "tasks", MediaStore(folder / "media"), pace, clock=lambda: now[0], profile=profile)
    studio = SimpleNamespace(order=lambda *_: None, is_ordered=lambda _: False, problem=lambda _: None)
    life._studio = cast(Any, studio)
    return life


def drawn(life: Lifecycle, folder: Path, key: str, **more: object) -> str:
    """A task whose film is there, as far as the files tell."""
    (task,) = life.submit(Customer(SCENARIOS[key], key), {**BODY, **more}, "https://a.example")
    (folder / "media").mkdir(exist_ok=True)
    for extension in ("mp4", "jpg"):
        (folder / "media" / f"{task.task_id}.{extension}").write_bytes(b"film")
    return task.task_id


@pytest.mark.parametrize(
    ("profile", "videos"),
    [
        (Profile.DOCUMENTED, [{"url": "HERE.mp4", "cover_image_url": "HERE.jpg"}]),
        (Profile.MEASURED, ["HERE.mp4"]),
    ],
)
def test_a_finished_task_has_its_film_in_the_shape_of_the_face(
    profile: Profile, videos: list[object], tmp_path: Path
) -> None:
    now = [1000.0]
    life = life_in(tmp_path, now, profile)
    task_id = drawn(life, tmp_path, "sk-sandbox")
    now[0] += 10
    told = life.task_data(task_id, "https://a.example")
    here = f"https://a.example/media/{task_id}"
    assert str(told["videos"]).replace(here, "HERE") == str(videos)


def test_a_link_that_comes_later_is_not_there_at_first(tmp_path: Path) -> None:
    now = [1000.0]
    life = life_in(tmp_path, now, Profile.MEASURED)
    task_id = drawn(life, tmp_path, "sk-sandbox-link-later")
    now[0] += 10
    assert life.task_data(task_id, "https://a.example")["videos"] == []
    now[0] += LINK_LATER_SECONDS
    assert life.task_data(task_id, "https://a.example")["videos"] == [f"https://a.example/media/{task_id}.mp4"]


def test_a_fresh_link_cannot_be_read_for_a_second(tmp_path: Path) -> None:
    now = [1000.0]
    life = life_in(tmp_path, now, Profile.MEASURED)
    task_id = drawn(life, tmp_path, "sk-sandbox-fresh-link")
    now[0] += 10
    life.task_data(task_id, "")
    assert life.is_fresh(f"{task_id}.mp4")
    now[0] += FRESH_SECONDS
    assert not life.is_fresh(f"{task_id}.mp4")
    assert not life.is_fresh("elsewhere.mp4")


@pytest.mark.parametrize("profile", Profile)
def test_submits_a_moment_apart_are_too_many_in_the_measured_face(profile: Profile) -> None:
    with SandboxServer(pace=100, profile=profile) as server:
        client = WeryAIClient(server.url, "sk-sandbox")
        outcomes = [client.submit(BODY).outcome for _ in range(3)]
        assert WeryAIClient(server.url, "sk-sandbox-slow").submit(BODY).outcome is Outcome.ACCEPTED
    measured = profile is Profile.MEASURED
    again = Outcome.REJECTED if measured else Outcome.ACCEPTED
    assert outcomes == [Outcome.ACCEPTED, again, again]
    assert sum(entry.accepted for entry in server.ledger) == (2 if measured else 4)
    assert BURST_SECONDS == 0.5


@pytest.mark.parametrize(("profile", "http"), [(Profile.DOCUMENTED, 400), (Profile.MEASURED, 200)])
def test_a_refusal_comes_with_the_http_status_of_the_face_and_a_bad_key_always_with_401(
    profile: Profile, http: int
) -> None:
    with SandboxServer(pace=0, profile=profile) as server:
        wrong = WeryAIClient(server.url, "sk-sandbox").submit({**BODY, "duration": 99})
        absent = WeryAIClient(server.url, "sk-sandbox").status("task_of_nobody")
        bad_key = WeryAIClient(server.url, "sk-sandbox-bad-key").submit(BODY)
    assert (wrong.outcome, wrong.code, wrong.exchange.http_status) == (Outcome.REJECTED, 1002, http)
    assert absent.not_found
    assert bad_key.exchange.http_status == 401


def test_several_videos_have_an_integer_batch_id_and_an_array_of_tasks_in_the_measured_face() -> None:
    with SandboxServer(pace=100, profile=Profile.MEASURED) as server:
        submitted = WeryAIClient(server.url, "sk-sandbox-fails").submit({**BODY, "video_number": 2})
        assert submitted.envelope is not None and submitted.batch_id is not None
        assert type(submitted.envelope.data["batch_id"]) is int
        assert int(submitted.batch_id) > 2**53
        headers = {"Authorization": "Bearer sk-sandbox-fails"}
        batch = f"{server.url}/v1/generation/batch/{submitted.batch_id}/status"
        tasks = requests.get(batch, headers=headers, timeout=10).json()["data"]
    assert [task["task_id"] for task in tasks] == list(submitted.task_ids)


def test_a_film_of_the_measured_face_has_one_frame_more(server: SandboxServer) -> None:
    client = WeryAIClient(server.url, "sk-sandbox")
    status = ended(client, *client.submit(BODY).task_ids)
    film = requests.get(status.videos[0].url, timeout=10).content
    assert measured_frames(film) == 24 * 5 + 1


def measured_frames(film: bytes) -> int:
    with av.open(io.BytesIO(film), "r") as container:
        return len(list(container.decode(video=0)))
