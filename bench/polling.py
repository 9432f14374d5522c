"""Following tasks in simulated time, against a client that asks every 6 s: requests, and how late an end shows.

The follower and the store are the app's own; the service is a script and the clock is simulated, so nothing waits.
"""

from __future__ import annotations

import math
import random
import tempfile
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from bench.measure import CannotMeasure, Row
from tests.durability.scripted import Clock, ScriptedClient, exchange, new_intent, submission, told
from weryai_ui.client.outcome import Outcome
from weryai_ui.client.tasks import TaskState
from weryai_ui.client.weryai import StatusAnswer
from weryai_ui.jobs.follower import SWEEP_EVERY_S, Follower
from weryai_ui.jobs.presence import Presence
from weryai_ui.jobs.schedule import base_interval
from weryai_ui.settings import DEFAULT_POLLS_AT_ONCE, Settings
from weryai_ui.store.records import Intent
from weryai_ui.store.submissions import Store

TASKS = 100
SHORTEST_S, LONGEST_S = 60.0, 900.0
SUBMITTED_WITHIN_S = 3600.0
WAITING_SHARE = (0.05, 0.4)
"""How much of its time a task waits before it is being made."""
WATCHED_S, AWAY_S = 20.0, (40.0, 120.0)
"""How people wait: they look, then do something else with the page hidden, and so on."""
ASKED_EVERY_S = 2.0
"""An open page asks every 0.7 s while few do; more rarely here, because each question costs the simulation time."""
THEIR_INTERVAL_S = 6.0
HALF = 0.5
WITHIN_S = 1.0
NOTE = (
    "tasks of 1 to 15 min, all lengths alike, submitted one by one within an hour; now and then is: people look for "
    f"{WATCHED_S:.0f} s, then do not for {AWAY_S[0]:.0f} to {AWAY_S[1]:.0f} s; delays are to the store, a page asks "
    "for it within another 0.7 to 5 s"
)


class Habit(StrEnum):
    """When somebody looks at a task."""

    NOW_AND_THEN = "looked at now and then"
    ALWAYS = "always looked at"
    NEVER = "nobody looks"


@dataclass
class Life:
    """One task in simulated time: when it was submitted, when it ends, and what was made of that."""

    name: str
    begins: float
    starts: float
    ends: float
    looks: Sequence[tuple[float, float]] = ()
    """From when to when somebody looks."""
    asked: int = 0
    known: float = math.nan

    @property
    def seen_ending(self) -> bool:
        """Whether somebody looks as it ends."""
        return any(begin <= self.ends < end for begin, end in self.looks)

    @property
    def back_at(self) -> float:
        """When somebody looks first after its end; infinite when nobody does."""
        return min((begin for begin, _ in self.looks if begin >= self.ends), default=math.inf)

    def answer(self, now: float) -> StatusAnswer:
        """What the service says of it."""
        if now >= self.ends:
            return told(TaskState.SUCCEEDED, self.name, ["https://example.com/video.mp4"])
        return told(TaskState.PROCESSING if now >= self.starts else TaskState.WAITING, self.name)


@dataclass
class Figures:
    """What following `TASKS` tasks took: requests for each, and mean seconds until an end was known.

    `delay`: of the ends that somebody was looking at. `back`: from coming back, of the others.
    """

    requests: float
    delay: float
    back: float


def figures(lives: Sequence[Life]) -> Figures:
    """The figures of tasks that were followed to their ends."""
    if any(math.isnan(life.known) for life in lives):
        raise CannotMeasure("the follower lost a task")
    seen = [life.known - life.ends for life in lives if life.seen_ending]
    back = [max(0.0, life.known - life.back_at) for life in lives if not life.seen_ending and life.back_at < math.inf]
    return Figures(sum(life.asked for life in lives) / len(lives), _mean(seen), _mean(back))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else math.nan


@dataclass
class Run:
    """The app's own follower at a store of its own, driven through simulated time."""

    lives: Mapping[str, Life]
    folder: Path
    webhooks: bool
    clock: Clock = field(default_factory=Clock)

    def follow_all(self) -> None:
        """Follows every task to its end."""
        self.presence = Presence(self.clock)
        self.store = Store(f"sqlite:///{self.folder / 'simulated.sqlite3'}", clock=self.clock)
        try:
            client = ScriptedClient(lambda name: self._answer(name))
            self.follower = Follower(self.store, client_for=lambda _: client, interval=self._interval, clock=self.clock)
            self._live()
        finally:
            self.store.close()

    def _live(self) -> None:
        events = self._events()
        while True:
            first = self.store.due(math.inf, 1)
            next_due = first[0].due_at if first and first[0].due_at is not None else math.inf
            next_event = events[0][0] if events else math.inf
            if next_due == math.inf and not any(act == self._submit for _, act, _ in events):
                return
            if next_event <= next_due:
                at, act, life = events.popleft()
                self.clock.now = max(self.clock.now, at)
                act(life)
            else:
                self._sweep(next_due)

    def _sweep(self, next_due: float) -> None:
        # What is due is seen by the next sweep.
        self.clock.now = max(self.clock.now, math.ceil(next_due / SWEEP_EVERY_S) * SWEEP_EVERY_S)
        for task in self.store.due(self.clock.now, DEFAULT_POLLS_AT_ONCE):
            if task.due_at is not None:
                self.follower.follow_once(task.id, task.due_at)

    def _events(self) -> deque[tuple[float, Callable[[Life], None], Life]]:
        events: list[tuple[float, Callable[[Life], None], Life]] = []
        for life in self.lives.values():
            events.append((life.begins, self._submit, life))
            events += [(life.ends, self._call_back, life)] * self.webhooks
            for begin, end in life.looks:
                times = range(math.ceil((end - begin) / ASKED_EVERY_S))
                events += [(begin + number * ASKED_EVERY_S, self._poll_result, life) for number in times]
        return deque(sorted(events, key=lambda event: event[0]))

    def _answer(self, name: str) -> StatusAnswer:
        life = self.lives[name]
        life.asked += 1
        answer = life.answer(self.clock.now)
        if answer.status is not None and answer.status.state.is_final:
            life.known = self.clock.now
        return answer

    def _submit(self, life: Life) -> None:
        new = replace(new_intent(), visitor=life.name, webhook_hash=life.name if self.webhooks else None)
        intent = self.store.begin(new).intent
        due_at = self.clock.now + self._interval(intent)
        self.store.finish(intent.id, submission(Outcome.ACCEPTED, life.name), due_at)

    def _call_back(self, life: Life) -> None:
        self.store.called_back(life.name, exchange())

    def _poll_result(self, life: Life) -> None:
        # As `Service.looking` does.
        if self.presence.seen(life.name):
            self.store.poll_now(life.name)

    def _interval(self, intent: Intent) -> float:
        # As `Service` gives it to the follower.
        watched = self.presence.is_watching(intent.visitor)
        return base_interval(intent, Settings().poll_seconds, watched=watched, unfinished=self.store.unfinished())


def rows(runs: int) -> list[Row]:
    """Requests for a task and mean delays; every run has other tasks, and each habit the same ones."""
    ours = {habit: [_simulated(seed, habit) for seed in range(runs)] for habit in Habit}
    theirs = {habit: [_every_six_seconds(_lives(seed, habit)) for seed in range(runs)] for habit in Habit}
    called = [_simulated(seed, Habit.NOW_AND_THEN, webhooks=True) for seed in range(runs)]
    found = []
    for habit in Habit:
        found.append(_requests(habit, ours[habit], theirs[habit]))
        if habit is not Habit.NEVER:
            found.append(_row(f"delay of an end in sight, {habit}", "s", "delay", ours[habit], theirs[habit], HALF))
    found.append(_within("delay after coming back", "back", ours[Habit.NOW_AND_THEN]))
    found.append(_requests("webhooks", called, theirs[Habit.NOW_AND_THEN]))
    found.append(_within("delay of an end in sight, webhooks", "delay", called))
    return [replace(found[0], note=NOTE), *found[1:]]


def _requests(how: str, ours: Sequence[Figures], theirs: Sequence[Figures]) -> Row:
    return replace(_row(f"requests a task, {how}", "", "requests", ours, theirs, 1.0), below=True)


def _row(what: str, unit: str, name: str, ours: Sequence[Figures], theirs: Sequence[Figures], goal: float) -> Row:
    return Row("polling", what, "asking every 6 s", unit, _all(ours, name), _all(theirs, name), goal)


def _within(what: str, name: str, ours: Sequence[Figures]) -> Row:
    return Row("polling", what, f"{WITHIN_S:.0f} s", "s", _all(ours, name), [WITHIN_S] * len(ours), 1.0)


def _all(found: Sequence[Figures], name: str) -> list[float]:
    return [getattr(each, name) for each in found]


def _simulated(seed: int, habit: Habit, *, webhooks: bool = False) -> Figures:
    random.seed(seed)
    lives = _lives(seed, habit)
    # In memory where that is a folder: tens of thousands of commits would measure the disk.
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="bench-", dir=shared if shared.is_dir() else None) as folder:
        Run(lives, Path(folder), webhooks).follow_all()
    return figures(list(lives.values()))


def _lives(seed: int, habit: Habit) -> dict[str, Life]:
    chance, now = random.Random(seed), Clock().now
    lives = {}
    for number in range(TASKS):
        begins = now + chance.uniform(0, SUBMITTED_WITHIN_S)
        ends = begins + chance.uniform(SHORTEST_S, LONGEST_S)
        starts = begins + (ends - begins) * chance.uniform(*WAITING_SHARE)
        looks = _looks(habit, begins, ends, chance)
        lives[f"task-{number}"] = Life(f"task-{number}", begins, starts, ends, looks)
    return lives


def _looks(habit: Habit, begins: float, ends: float, chance: random.Random) -> list[tuple[float, float]]:
    """When somebody looks, until they have seen the end. Takes the same from `chance` whatever the habit."""
    looks, at = list[tuple[float, float]](), begins
    while at <= ends or not looks or looks[-1][0] < ends:
        looks.append((at, at + WATCHED_S))
        at += WATCHED_S + chance.uniform(*AWAY_S)
    return {Habit.NOW_AND_THEN: looks, Habit.ALWAYS: [(begins, ends + WATCHED_S)], Habit.NEVER: []}[habit]


def _every_six_seconds(lives: Mapping[str, Life]) -> Figures:
    for life in lives.values():
        life.asked = math.ceil((life.ends - life.begins) / THEIR_INTERVAL_S)
        life.known = life.begins + life.asked * THEIR_INTERVAL_S
    return figures(list(lives.values()))
