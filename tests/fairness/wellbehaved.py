"""One visitor who uses the page as it is meant, and how long everything takes them."""

from __future__ import annotations

import json
import secrets
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.fairness.wire import PageCalls, Request

ANSWER_SECONDS = 60
FINISHED_SECONDS = 120
READY_SECONDS = 60
LOOK_EVERY_S = 0.2


@dataclass
class WellBehaved:
    """Their token, their files, their submissions; `seconds` by what they did. Every answer is looked at."""

    url: str
    calls: PageCalls
    picture: bytes
    visitor: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    links: list[str] = field(default_factory=list)
    task_ids: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    _session: requests.Session = field(default_factory=requests.Session)

    def until_ready(self) -> None:
        """Goes through everything until it works: what a first time costs is no part of what is compared."""
        end = time.monotonic() + READY_SECONDS
        self.round()
        while self.troubles:
            assert time.monotonic() < end, self.troubles
            self.troubles.clear()
            self.round()

    def round(self) -> None:
        """Each thing once: a board, a check, a small picture, a sandbox submission."""
        board = self._timed("board", self.calls.board(self.visitor))
        self._expect("board", board, "cards" in board or "now" in board)
        check = self._timed("check", self.calls.check(self.visitor))
        self._expect("check", check, "problems" in check)
        upload = self._timed("upload", self.calls.upload(self.visitor, "small.png", self.picture))
        self._expect("upload", upload, "link" in upload)
        self.links.append(upload.get("link", ""))
        submission = self._timed("sandbox submission", self.calls.event("generate", self.visitor))
        task_id = json.dumps(submission).partition('task_id\\": \\"')[2].partition('\\"')[0]
        self._expect("sandbox submission", submission, bool(task_id))
        self.task_ids.append(task_id)

    def lost(self) -> list[str]:
        """What of theirs is not there in the end: a file, or a submission whose video was never made."""
        files = [link for link in self.links if not self._session.get(self._file(link), timeout=ANSWER_SECONDS).ok]
        return [*self.troubles, *files, *self.undrawn()]

    def undrawn(self) -> list[str]:
        """Their tasks without a video, once there are none or it has taken too long: the service makes 20 at once."""
        end = time.monotonic() + FINISHED_SECONDS
        while (waiting := self._without_video()) and time.monotonic() < end:
            time.sleep(LOOK_EVERY_S)
        return waiting

    def _file(self, link: str) -> str:
        return f"{self.url}/uploads/{link.removeprefix('upload:')}"

    def _without_video(self) -> list[str]:
        exported = self._answer(self.calls.question("history", "export_history", self.visitor))
        tasks = [task for submission in json.loads(exported["text"]) for task in submission["tasks"]]
        made = {task["task_id"] for task in tasks if task["videos"]}
        return [task_id for task_id in self.task_ids if task_id not in made]

    def _timed(self, what: str, request: Request) -> dict[str, Any]:
        began = time.perf_counter()
        answer = self._answer(request)
        self.seconds[what].append(time.perf_counter() - began)
        return answer

    def _answer(self, request: Request) -> dict[str, Any]:
        answer = self._session.request(
            request.method, self.url + request.path, data=request.body, headers=request.headers, timeout=ANSWER_SECONDS
        )
        if answer.status_code != 200:
            return {"status": answer.status_code, "said": answer.text[:300]}
        found: dict[str, Any] = answer.json()
        return found

    def _expect(self, what: str, answer: dict[str, Any], right: bool) -> None:
        if not right:
            self.troubles.append(f"{what}: {json.dumps(answer)[:1500]}")
