"""Following tasks in simulated time, against a client that asks every 6 s: requests, and how late an end shows.

The follower and the store are the app's own; the service is a script and the clock is simulated, so nothing waits.
"""

from __future__ import annotations

import math
import random
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from bench.measure import CannotMeasure, Row
from tests.durability.scripted import Clock, ScriptedClient, exchange, new_intent, submission, told
from weryai_ui.client.transport import Outcome
from weryai_ui.client.weryai import StatusAnswer
from weryai_ui.envelope import TaskState
from weryai_ui.follower import SWEEP_EVERY_S, Follower
from weryai_ui.service import CALLED_BACK_FACTOR
from weryai_ui.settings import DEFAULT_POLLS_AT_ONCE, Settings
from weryai_ui.store.records import Intent, NewIntent
from weryai_ui.store.store import Store

TASKS = 100
SHORTEST_S, LONGEST_S = 60.0, 900.0
SUBMITTED_WITHIN_S = 3600.0
WAITING_SHARE = (0.05, 0.4)
"""How much of its time a task waits before it is being made."""
THEIR_INTERVAL_S = 6.0
HALF = 0.5
CALLED_BACK_WITHIN_S = 1.0
NOTE = (
    "tasks of 1 to 15 min, all lengths alike, submitted one by one within an hour; delays are to the store, "
    "a page asks for it within another 0.7 to 5 s"
)


@dataclass
class Life:
    """One task in simulated time: when it was submitted, when it ends, and what was made of that."""

    name: str
    begins: float
    starts: float
    ends: float
    asked: int = 0
    shown: float = math.nan

    def answer(self, now: float) -> StatusAnswer:
        """What the service says of it."""
        if now >= self.ends:
            return told(TaskState.SUCCEEDED, self.name, ["https://example.com/video.mp4"])
        return told(TaskState.PROCESSING if now >= self.starts else TaskState.WAITING, self.name)


@dataclass
class Figures:
    """What following `TASKS` tasks took: requests for each task, and the mean seconds until an end was known."""

    requests: float
    delay: float


@dataclass
class Run:
    """The app's own follower at a store of its own, driven through simulated time."""

    lives: dict[str, Life]
    folder: Path
    webhooks: bool
    clock: Clock = field(default_factory=Clock)

    def figures(self) -> Figures:
        """Follows every task to its end."""
        store = Store(f"sqlite:///{self.folder / 'simulated.sqlite3'}", clock=self.clock)
        try:
            client = ScriptedClient(lambda name: self._answer(name))
            interval = self._interval
            follower = Follower(store, client_for=lambda _: client, interval=interval, clock=self.clock)
            self._live(store, follower)
        finally:
            store.close()
        lives = self.lives.values()
        if any(math.isnan(life.shown) for life in lives):
            raise CannotMeasure("the follower lost a task")
        return Figures(
            sum(life.asked for life in lives) / len(lives), sum(life.shown - life.ends for life in lives) / len(lives)
        )

    def _live(self, store: Store, follower: Follower) -> None:
        events = [(life.begins, self._submit, life) for life in self.lives.values()]
        if self.webhooks:
            events += [(life.ends, self._call_back, life) for life in self.lives.values()]
        events.sort(key=lambda event: event[0])
        while True:
            first = store.due(math.inf, 1)
            next_due = first[0].due_at if first and first[0].due_at is not None else math.inf
            next_event = events[0][0] if events else math.inf
            if min(next_due, next_event) == math.inf:
                return
            if next_event <= next_due:
                at, act, life = events.pop(0)
                self.clock.now = max(self.clock.now, at)
                act(store, life)
                continue
            # What is due is seen by the next sweep.
            self.clock.now = max(self.clock.now, math.ceil(next_due / SWEEP_EVERY_S) * SWEEP_EVERY_S)
            for task in store.due(self.clock.now, DEFAULT_POLLS_AT_ONCE):
                if task.due_at is not None:
                    follower.follow_once(task.id, task.due_at)

    def _answer(self, name: str) -> StatusAnswer:
        life = self.lives[name]
        life.asked += 1
        answer = life.answer(self.clock.now)
        if answer.status is not None and answer.status.state.is_final:
            life.shown = self.clock.now
        return answer

    def _submit(self, store: Store, life: Life) -> None:
        new = new_intent()
        if self.webhooks:
            new = NewIntent(**{**new.__dict__, "webhook_hash": life.name})
        intent = store.begin(new).intent
        due_at = self.clock.now + self._interval(intent)
        store.finish(intent.id, submission(Outcome.ACCEPTED, life.name), due_at)

    def _call_back(self, store: Store, life: Life) -> None:
        store.called_back(life.name, exchange())

    def _interval(self, intent: Intent) -> float:
        # As `Service` gives it to the follower.
        return Settings().poll_seconds * (CALLED_BACK_FACTOR if intent.webhook_hash else 1.0)


def rows(runs: int) -> list[Row]:
    """Requests for a task and mean delay, with and without webhooks; every run has other tasks, the same for both."""
    ours, theirs, called = list[Figures](), list[Figures](), list[Figures]()
    for seed in range(runs):
        ours.append(_simulated(seed, webhooks=False))
        theirs.append(_every_six_seconds(_lives(seed)))
        called.append(_simulated(seed, webhooks=True))
    against = "asking every 6 s"
    return [
        Row(
            "polling", "requests a task", against, "", _all(ours, "requests"), _all(theirs, "requests"), 1.0, below=True
        ),
        Row("polling", "delay of an end", against, "s", _all(ours, "delay"), _all(theirs, "delay"), HALF, note=NOTE),
        Row(
            "polling",
            "requests a task, webhooks",
            against,
            "",
            _all(called, "requests"),
            _all(theirs, "requests"),
            1.0,
            below=True,
        ),
        Row(
            "polling",
            "delay of an end, webhooks",
            "1 s",
            "s",
            _all(called, "delay"),
            [CALLED_BACK_WITHIN_S] * runs,
            1.0,
        ),
    ]


def _all(figures: list[Figures], name: str) -> list[float]:
    return [getattr(each, name) for each in figures]


def _simulated(seed: int, *, webhooks: bool) -> Figures:
    random.seed(seed)
    # In memory where that is a folder: tens of thousands of commits would measure the disk.
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="bench-", dir=shared if shared.is_dir() else None) as folder:
        return Run(_lives(seed), Path(folder), webhooks).figures()


def _lives(seed: int) -> dict[str, Life]:
    chance, now = random.Random(seed), Clock().now
    lives = {}
    for number in range(TASKS):
        begins = now + chance.uniform(0, SUBMITTED_WITHIN_S)
        length = chance.uniform(SHORTEST_S, LONGEST_S)
        starts = begins + length * chance.uniform(*WAITING_SHARE)
        lives[f"task-{number}"] = Life(f"task-{number}", begins, starts, begins + length)
    return lives


def _every_six_seconds(lives: dict[str, Life]) -> Figures:
    looks = {name: math.ceil((life.ends - life.begins) / THEIR_INTERVAL_S) for name, life in lives.items()}
    late = [life.begins + looks[name] * THEIR_INTERVAL_S - life.ends for name, life in lives.items()]
    return Figures(sum(looks.values()) / TASKS, sum(late) / TASKS)
