"""Following unfinished tasks for real: replicas at one PostgreSQL, one of them killed, and the embedded default alone.

The service answers after 100 ms and finishes no task, and nobody watches. What the service saw is the measure; how
late a poll was comes from the log, which says when the next one is due.
"""

from __future__ import annotations

import random
import re
import statistics
import time
from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, func, select, update

from bench.apps import OWNERS_KEY, folder
from bench.imitation import ANSWER_SECONDS, WATCHED
from bench.imitation import status as never_finished
from bench.measure import CannotMeasure, Row, percentile
from bench.processor import own_seconds, server_of, with_children
from tests.durability.scripted import submission
from tests.durability.upstream import Upstream
from tests.postgres import own_server
from tests.process import AppProcess
from weryai_ui.client.outcome import Outcome
from weryai_ui.client.tasks import TaskState
from weryai_ui.jobs.schedule import UNSEEN_FACTOR
from weryai_ui.store.records import NewIntent, SendTo
from weryai_ui.store.schema import processes
from weryai_ui.store.schema import tasks as rows_of_tasks
from weryai_ui.store.submissions import Store

TASKS_PER_PRESS, PRESSES_PER_VISITOR = 4, 10
REPLICAS = 3
STARTED_IN_S = 15.0
"""By then all of them run."""
AGAIN_WITHIN_S, LATE_S, MILLISECONDS = 6.0, 1.0, 4.0
POLL = re.compile(r"^(\S+ \S+) INFO \S+ poll intent=\S+ task=(\w+) .* next=(\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    """So many tasks polled every `interval` seconds; `share`: of the polls that fit in, what is to be made.

    `late`: which share of the polls is to be late by `LATE_S` at most. `measured_s`: for how long it is looked at.
    """

    tasks: int
    interval: float
    share: float
    late: float
    measured_s: float


CASES = (Case(900, 6.0, 0.95, 0.95, 60.0), Case(5000, 30.0, 0.99, 1.0, 120.0), Case(5000, 6.0, 0.0, 0.0, 60.0))


@dataclass(frozen=True)
class Figures:
    """What one run showed; `again` is 0 where nothing was killed."""

    per_interval: float
    polls_a_second: float
    late: Sequence[float]
    again: float
    twice: int
    milliseconds: float


def rows(runs: int) -> list[Row]:
    """Each case with replicas and with the embedded default."""
    found = list[Row]()
    for case in CASES:
        for replicas in (REPLICAS, 1):
            found += _rows(case, replicas, [_measured(case, replicas) for _ in range(runs)])
    return found


def _rows(case: Case, replicas: int, all_runs: Sequence[Figures]) -> list[Row]:
    where = f"{case.tasks} at {case.interval:g} s, {f'{replicas} replicas' if replicas > 1 else 'embedded'}"

    def row(what: str, unit: str, ours: Sequence[float], against: float, goal: float | None = 1.0) -> Row:
        return Row("following", f"{where}: {what}", f"{against:g} {unit}".strip(), unit, ours, [against] * runs, goal)

    runs = len(all_runs)
    per_second = statistics.median(each.polls_a_second for each in all_runs)
    note = (
        f"{statistics.median(each.per_interval for each in all_runs):.3f} polls an interval, {per_second:.0f} a second"
    )
    between = [case.interval / each.per_interval for each in all_runs]
    first = row("between two polls", "s", between, case.interval, 1 / case.share if case.share else None)
    found = [Row(**{**vars(first), "note": note})]
    if case.share:
        found.append(row("late, 95th percentile", "s", [percentile(each.late, 0.95) for each in all_runs], LATE_S))
        found.append(
            row("late, the latest", "s", [max(each.late) for each in all_runs], LATE_S, 1.0 if case.late == 1 else None)
        )
    if replicas > 1 and case.share:
        found.append(row("the killed one's asked again", "s", [each.again for each in all_runs], AGAIN_WITHIN_S))
    found.append(row("polls within half an interval", "", [each.twice for each in all_runs], 1.0, 0.0))
    found.append(row("processor of a poll", "ms", [each.milliseconds for each in all_runs], MILLISECONDS))
    return found


def _measured(case: Case, replicas: int) -> Figures:
    stalled = Upstream(stall=lambda: time.sleep(ANSWER_SECONDS), answer_status=never_finished)
    with ExitStack() as stack:
        within = Path(stack.enter_context(folder()))
        service = stack.enter_context(stalled)
        database = (
            stack.enter_context(durable_postgres())
            if replicas > 1
            else f"sqlite:///{within / 'data' / 'weryai.sqlite3'}"
        )
        (within / "data").mkdir()
        _seed(database, service.url, case)
        engine = create_engine(database)
        stack.callback(engine.dispose)
        made = [_replica(stack, within / f"{number}", database, service.url, case) for number in range(replicas)]
        return Run(case, service, engine, made, server_of(engine)).figures()


@contextmanager
def durable_postgres() -> Iterator[str]:
    """The URL of a server of one's own that keeps what was committed, as one does for real."""
    with own_server() as server:
        server.run("ALTER SYSTEM SET fsync = on", "SELECT pg_reload_conf()")
        yield server.url


def _replica(stack: ExitStack, within: Path, database: str, service: str, case: Case) -> AppProcess:
    within.mkdir()
    embedded = database.startswith("sqlite")
    settings = {
        "WERYAI_API_KEY": OWNERS_KEY,
        "WERYAI_BASE_URL": service,
        "WERYAI_DATA_DIR": str(within.parent / "data"),
        "WERYAI_POLL_SECONDS": str(case.interval / UNSEEN_FACTOR),
        **({} if embedded else {"WERYAI_DATABASE_URL": database, "WERYAI_ROLE": "worker"}),
    }
    return stack.enter_context(AppProcess(within, **settings))


def _seed(database: str, service: str, case: Case) -> None:
    """Accepted tasks that are being made, due one after the other over the first interval, which starts in a while."""
    store = Store(database)
    for number in range(case.tasks // TASKS_PER_PRESS):
        visitor = f"visitor-{number // PRESSES_PER_VISITOR}"
        new = NewIntent(visitor, f"press-{number:08}", "{}", SendTo.OWNER_KEY, None, service)
        ids = [f"{WATCHED}{number}-{each}" for each in range(TASKS_PER_PRESS)]
        store.finish(store.begin(new).intent.id, submission(Outcome.ACCEPTED, *ids), time.time())
    begins, chance = time.time() + STARTED_IN_S, random.Random(0)
    with store._engine.begin() as connection:
        for each in connection.execute(select(rows_of_tasks.c.id)).scalars().all():
            due = {"state": TaskState.PROCESSING, "due_at": begins + chance.uniform(0, case.interval)}
            connection.execute(update(rows_of_tasks).where(rows_of_tasks.c.id == each).values(due))
    store.close()


@dataclass
class Run:
    """Processes that follow, looked at from outside."""

    case: Case
    service: Upstream
    engine: Engine
    replicas: list[AppProcess]
    server: int | None
    spent: float = 0.0
    """Seconds of processor that the killed one had used."""

    def __post_init__(self) -> None:
        self.logs = [each.folder / "app.log" for each in self.replicas]

    def figures(self) -> Figures:
        """What is seen from an interval after the first poll on, with a kill in the middle where there are others."""
        half, several = self.case.measured_s / 2, len(self.replicas) > 1
        self._wait_for_all()
        began, polls, used = time.monotonic(), self.service.polls, self._processor()
        time.sleep(half)
        again, lost = 0.0, list[str]()
        if several:
            killed_at, lost = self._kill()
        time.sleep(half)
        seconds, polls = time.monotonic() - began, self.service.polls - polls
        used = self._processor() - used
        asked = {name: list(times) for name, times in self.service.polled_at.items()}
        if several:
            again = max(
                (next((at for at in asked[name] if at > killed_at), 1e9) - killed_at for name in lost), default=0.0
            )
        # What the killed one had asked for died with it, so that is asked for again.
        mine = [times for name, times in asked.items() if name not in lost]
        twice = sum(b - a < self.case.interval / 2 for times in mine for a, b in pairwise(times))
        fits = self.case.tasks * seconds / self.case.interval
        late = self._late(asked, began, set(lost))
        return Figures(polls / fits, polls / seconds, late, again, twice, 1000 * used / polls)

    def _wait_for_all(self) -> None:
        end = time.monotonic() + 120 + 3 * self.case.interval
        while len(self.service.polled_at) < self.case.tasks or self.service.polls < 1.5 * self.case.tasks:
            if time.monotonic() > end:
                raise CannotMeasure(f"{len(self.service.polled_at)} of {self.case.tasks} tasks were asked for")
            time.sleep(0.1)

    def _kill(self) -> tuple[float, list[str]]:
        """Kills the last one; gives when, and the tasks that it had claimed."""
        killed = self.replicas.pop()
        self.spent = own_seconds(killed.pid)
        killed.kill()
        killed_at = time.monotonic()
        with self.engine.connect() as connection:
            claimed = connection.execute(select(rows_of_tasks.c.claimed_by, rows_of_tasks.c.upstream_id)).all()
            before = _beats(connection)
        time.sleep(2.5)
        with self.engine.connect() as connection:
            later = _beats(connection)
        silent = {name for name, until in before.items() if later.get(name, until) == until}
        return killed_at, [task for owner, task in claimed if owner in silent]

    def _late(self, asked: Mapping[str, Sequence[float]], began: float, lost: set[str]) -> list[float]:
        """By how many seconds polls came later than they were due; without those of tasks that died with a process."""
        with self.engine.connect() as connection:
            named = select(func.substr(rows_of_tasks.c.id, 1, 8), rows_of_tasks.c.upstream_id)
            names = {row[0]: row[1] for row in connection.execute(named)}
        to_monotonic, found = time.monotonic() - time.time(), list[float]()
        for log in self.logs:
            for at, task, wait in POLL.findall(log.read_text()):
                said = datetime.strptime(at, "%Y-%m-%d %H:%M:%S,%f").timestamp() + to_monotonic
                times = asked[names[task]]
                place = bisect(times, said)
                if said >= began and place < len(times) and names[task] not in lost:
                    found.append(max(0.0, times[place] - said - float(wait)))
        return found

    def _processor(self) -> float:
        """Seconds of processor so far: of the replicas that run, and of a database's server with all its processes."""
        return self.spent + sum(own_seconds(each.pid) for each in self.replicas) + with_children(self.server)


def _beats(connection: Connection) -> dict[str, float]:
    return {row.id: row.expires_at for row in connection.execute(select(processes))}
