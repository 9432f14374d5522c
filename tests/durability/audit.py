"""Double-entry bookkeeping: the upstream's ledger against the app's database."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from tests.durability.upstream import Upstream
from tests.durability.victim import VISITOR
from weryai_ui.access.accounts import visitor_id
from weryai_ui.client.outcome import Outcome
from weryai_ui.store.records import Intent
from weryai_ui.store.schema import intents, tasks
from weryai_ui.store.submissions import Store

PAGE = 500


@dataclass(frozen=True)
class Audit:
    """What the upstream saw, and what the database knows of it; all numbers are of submissions but `tasks`.

    `lost`: the upstream took it, the database has no intent, or says that nothing was sent or that it was rejected,
    or is accepted without each of its tasks. `twice`: complete submits beyond one for a submission.
    """

    intents: int
    complete_submits: int
    accepted: int
    unknown: int
    unknown_but_taken: int
    sending: int
    lost: int
    twice: int
    tasks: int
    unfinished_tasks: int

    def __str__(self) -> str:
        return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in vars(self).items())


def is_settled(store: Store) -> bool:
    """Whether no submission is on its way and no task is unfinished; a short look, for those who wait for it."""
    open_tasks = select(func.count()).select_from(tasks).where(tasks.c.due_at.is_not(None))
    open_submissions = select(func.count()).select_from(intents).where(intents.c.outcome == Outcome.SENDING)
    with store._reading() as connection:
        return not any(connection.execute(query).scalar() for query in (open_tasks, open_submissions))


def audit(store: Store, upstream: Upstream) -> Audit:
    """The state of both books now."""
    submissions = all_intents(store)
    by_caller = {intent.payload["caller_id"]: intent for intent in submissions}
    submits = list(upstream.submits)
    made = [task for intent in submissions for task in intent.tasks]
    return Audit(
        intents=len(submissions),
        complete_submits=len(submits),
        accepted=_count(submissions, Outcome.ACCEPTED),
        unknown=_count(submissions, Outcome.UNKNOWN),
        unknown_but_taken=sum(_outcome(by_caller.get(s.caller_id)) is Outcome.UNKNOWN for s in submits),
        sending=_count(submissions, Outcome.SENDING),
        lost=sum(_is_lost(by_caller.get(submit.caller_id), submit.task_ids) for submit in submits),
        twice=sum(times - 1 for times in upstream.submits_by_caller.values()),
        tasks=len(made),
        unfinished_tasks=sum(not task.state.is_final for task in made),
    )


def all_intents(store: Store) -> list[Intent]:
    """Every submission of the victims' visitor."""
    found: list[Intent] = []
    while page := store.of_visitor(visitor_id(VISITOR), limit=PAGE, after=found[-1].place if found else None):
        found += page
    return found


def _count(submissions: list[Intent], outcome: Outcome) -> int:
    return sum(intent.outcome is outcome for intent in submissions)


def _outcome(intent: Intent | None) -> Outcome | None:
    return None if intent is None else intent.outcome


def _is_lost(intent: Intent | None, task_ids: tuple[str, ...]) -> bool:
    if intent is None or intent.outcome in (Outcome.NOT_SENT, Outcome.REJECTED):
        return True
    known = {task.upstream_id for task in intent.tasks}
    return intent.outcome is Outcome.ACCEPTED and known != set(task_ids)
