"""The printed programs read every shape of the table that the client is tested by (`tests/contract/shapes.json`)."""

from __future__ import annotations

import re
import threading
from http.client import responses
from pathlib import Path

import pytest

from tests.contract.shapes import STATUSES, SUBMITS, Shape
from tests.faults.hostile import HostileServer, Talk, answer
from tests.snippets.conftest import run
from tests.snippets.test_snippets import SMALL
from weryai_ui.portable.programs import Language

DONE, FAILED, REFUSED, UNKNOWN = 0, 1, 2, 4
ENDS = {"succeeded", "failed", "succeeded_without_video"}
LATE = "HERE/late.mp4"
READY = Shape("ready", "status", {"status": 0, "data": {"task_status": "succeed", "videos": [LATE]}}, films=(LATE,))
SUBMIT = re.compile(r"/v1/generation/almighty-reference-to-video")
STATUS = re.compile(r"/v1/generation/(.+)/status")


class Service:
    """Answers the submit by one shape and the polls of each task by its own; where that is no end, then `READY`."""

    def __init__(self, submit: Shape, polls: dict[str, Shape]) -> None:
        self._submit, self._polls = submit, polls
        self._asked: set[str] = set()
        self._lock = threading.Lock()
        self.submits = 0

    def __call__(self, talk: Talk) -> None:
        talk.read_request()
        _, path, _ = talk.visit.head.split(" ", 2)
        here = f"http://{talk.header('Host')}"
        with self._lock:
            talk.send(self._answer(path, here))

    def _answer(self, path: str, here: str) -> bytes:
        if SUBMIT.fullmatch(path):
            self.submits += 1
            return answer(self._submit.body(here=here), f"{self._submit.http} {responses[self._submit.http]}")
        if found := STATUS.fullmatch(path):
            return answer(self._poll(found[1]).body(task=found[1], here=f"{here}/{found[1]}"))
        return answer(f"the film of {path}".encode())

    def _poll(self, task: str) -> Shape:
        shape = self._polls.get(task, READY)
        if task in self._asked and shape.state not in ENDS:
            return READY
        self._asked.add(task)
        return shape


@pytest.mark.parametrize("shape", SUBMITS, ids=str)
def test_a_program_reads_the_answer_to_its_request_in_every_known_shape(
    language: Language, shape: Shape, tmp_path: Path
) -> None:
    service = Service(shape, {})
    with HostileServer(service) as server:
        ran = run(language, SMALL, server.url, tmp_path)
    followed = {"ACCEPTED": DONE, "REJECTED": REFUSED, "UNKNOWN": DONE if shape.ids else UNKNOWN}
    assert ran.status == followed[shape.outcome], ran.said
    assert [path.name for path in ran.videos] == [f"{task}-1.mp4" for task in shape.ids]
    assert (shape.says or "") in ran.said
    assert ("UNKNOWN" in ran.said) == (shape.outcome == "UNKNOWN")
    assert service.submits == 1


def test_a_program_reads_a_tasks_state_in_every_known_shape(language: Language, tmp_path: Path) -> None:
    polls = {f"t-{number:02}": shape for number, shape in enumerate(STATUSES)}
    accepted = Shape("accepted", "submit", {"status": 0, "data": {"task_ids": list(polls)}})
    with HostileServer(Service(accepted, polls)) as server:
        ran = run(language, SMALL, server.url, tmp_path)
    assert ran.status == FAILED, ran.said
    saved = {path.name: path.read_text() for path in ran.videos}
    for task, shape in polls.items():
        own = {name: text for name, text in saved.items() if name.startswith(f"{task}-")}
        assert sorted(own.values()) == sorted(f"the film of /{task}/{film}" for film in films_of(shape)), shape
        said = "\n".join(line for line in ran.said.splitlines() if line.startswith(f"{task}:"))
        assert (shape.says or "") in said, shape
        assert ("has no video" in said) == (shape.state == "succeeded_without_video"), shape
        if shape.state == "unknown":  # the film beside it is named, and the task followed on
            assert all(film.removeprefix("HERE/") in said for film in shape.films), shape


def films_of(shape: Shape) -> list[str]:
    """What a program saves of a task whose first poll is answered so."""
    ready = shape if shape.state == "succeeded" else READY if shape.state not in ENDS else None
    return [film.removeprefix("HERE/") for film in ready.films] if ready else []
