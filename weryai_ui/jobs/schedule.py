"""When a task is polled next, and what an answer makes of it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import uniform

from weryai_ui.client.tasks import TaskState, TaskStatus
from weryai_ui.client.weryai import StatusAnswer
from weryai_ui.errors import OTHER_TASK
from weryai_ui.store.records import Intent, SendTo, Task

JITTER = 0.15
"""Each wait is spread by this share, so that tasks made together are not polled together."""
SANDBOX_POLL_SECONDS = 1.0
"""The sandbox is on this machine and its tasks take seconds."""
SANDBOX_POLLS_PER_SECOND = 4.0
"""Where so many tasks run that this would be exceeded, those of the sandbox are polled more slowly: each poll is two
durable writes."""
CALLED_BACK_FACTOR = 4.0
"""A task that announces its end is polled less often; the callback may still never come."""
WATCHED_FACTOR, UNSEEN_FACTOR = 0.4, 5.0
"""A visitor who watches hears soon. Without one the service is polled rarely, and once more on their return."""
WATCHED_POLLS_PER_SECOND = 40.0
"""Where so many tasks run that this would be exceeded, those that are watched are polled more slowly again."""
WAITING_FACTOR = 2.0
"""A task that waits has still to be made before it ends."""
AGE_STEPS: Sequence[tuple[float, float]] = ((1200, 1.0), (3600, 3.0), (86_400, 20.0))
"""(age of the task in seconds, factor on the interval): in a jam a task takes 20 minutes and more."""
OLD_FACTOR = 200.0
TROUBLE_FACTOR = 2.0
MISSES_TO_BELIEVE = 3
MISSES_OVER_S = 60.0
""""Not found" counts only after three answers over a minute: a new task may not be known everywhere yet."""
MORE_ASKS_FOR_A_LINK, BETWEEN_THEM_S = 3, 40.0
"""Done without a link is asked three times more over two minutes before it counts: the film may still be on its way."""
UNRECOGNISED_FACTOR = 3.0
"""A state that is not known beside a video is most likely an end."""


def base_interval(intent: Intent, poll_seconds: float, *, watched: bool, unfinished: int) -> float:
    """Seconds between two polls of a young task of this submission.

    `watched`: whether its visitor is looking. `unfinished`: how many tasks are followed in all.
    """
    here = intent.send_to is SendTo.SANDBOX
    if here or intent.webhook_hash:
        often = max(min(poll_seconds, SANDBOX_POLL_SECONDS), unfinished / SANDBOX_POLLS_PER_SECOND)
        base = often if here else poll_seconds
        return base * CALLED_BACK_FACTOR if intent.webhook_hash else base
    soon = min(poll_seconds, max(poll_seconds * WATCHED_FACTOR, unfinished / WATCHED_POLLS_PER_SECOND))
    waits = all(task.state is TaskState.WAITING for task in intent.tasks)
    return (soon if watched else poll_seconds * UNSEEN_FACTOR) * (WAITING_FACTOR if waits else 1.0)


def waiting_time(age: float, base: float, spread: Callable[[float, float], float] = uniform) -> float:
    """Seconds until the next poll of a task of this age: the base, grown with age, spread by `JITTER`."""
    factor = next((factor for until, factor in AGE_STEPS if age < until), OLD_FACTOR)
    return base * factor * spread(1 - JITTER, 1 + JITTER)


def after_poll(task: Task, answer: StatusAnswer, now: float, wait: float, *, believed: bool) -> Task:
    """The task after an answer; `due_at` None when it has ended.

    `believed`: whether the key is certainly the one that made the task. With another account's key every task is
    unknown, which says nothing about this one.
    """
    status = answer.status
    if status is not None and status.task_id in (None, task.upstream_id):
        return _reported(task, status, now, wait)
    first_missed_at = task.first_missed_at
    misses = task.misses if first_missed_at is not None else 0
    if answer.not_found and believed:
        first_missed_at, misses = first_missed_at or now, misses + 1
    gone = misses >= MISSES_TO_BELIEVE and first_missed_at is not None and now - first_missed_at >= MISSES_OVER_S
    return replace(
        task,
        state=TaskState.NOT_FOUND if gone else task.state,
        misses=misses,
        first_missed_at=first_missed_at,
        trouble=(answer.explanation or OTHER_TASK).key,
        due_at=None if gone else now + max(wait * TROUBLE_FACTOR, answer.exchange.retry_after or 0.0),
    )


def _reported(task: Task, status: TaskStatus, now: float, wait: float) -> Task:
    """The task as an answer reports it. `misses` counts ends without a link, apart from "not found"."""
    state, misses = status.state, 0
    if state is TaskState.UNKNOWN and status.videos:
        wait *= UNRECOGNISED_FACTOR
    if state is TaskState.SUCCEEDED_WITHOUT_VIDEO:
        misses = 1 + (task.misses if task.first_missed_at is None else 0)
        if misses <= MORE_ASKS_FOR_A_LINK:
            state, wait = TaskState.PROCESSING, BETWEEN_THEM_S
    return replace(
        task,
        state=state,
        raw_state=status.raw_state,
        message=status.message,
        videos=status.videos,
        misses=misses,
        first_missed_at=None,
        trouble=None,
        cost_credits=task.cost_credits if status.cost_credits is None else status.cost_credits,
        due_at=None if state.is_final else now + wait,
    )
