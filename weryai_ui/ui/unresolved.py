"""What is shown of a submission whose answer was lost, and how its task is taken up again."""

from __future__ import annotations

from typing import Any

from weryai_ui.i18n import say
from weryai_ui.jobs.resolving import Adopted, Unresolved

CALL_HISTORY = "https://www.weryai.com/api/history"


def view(found: Unresolved) -> dict[str, Any]:
    """The balance in a sentence, where to look the request up, and the tasks that stand there where they are known."""
    return {
        "balance": balance_words(found.before, found.now),
        "history": None if found.here else CALL_HISTORY,
        "listed": [
            {"id": task.task_id, "text": f"{task.task_id} · {task.prompt}" if task.prompt else task.task_id}
            for task in found.listed
        ],
    }


def balance_words(before: int | None, now: int | None) -> str:
    """What the balance says of a press, as far as it says anything."""
    if now is None:
        return say("adopt.balance_unknown")
    if before is None:
        return say("adopt.balance_now", now=f"{now:,}")
    if now == before:
        return say("adopt.balance_same", now=f"{now:,}")
    fewer = before - now
    return say("adopt.balance_fewer" if fewer > 0 else "adopt.balance_more", n=f"{abs(fewer):,}", now=f"{now:,}")


def adopted_words(adopted: Adopted) -> str:
    """What became of an id that was typed, in one sentence."""
    return say(f"adopt.{adopted}")
