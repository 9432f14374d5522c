"""How long a task usually takes: what this account's last ones took, or what is known of the service. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence

from weryai_ui.client.tasks import TaskState
from weryai_ui.i18n import say
from weryai_ui.store.records import Intent, SendTo

ENOUGH = 5
"""From so many on their own times say more than anybody else's."""
LAST = 20


def took(intents: Iterable[Intent], send_to: SendTo) -> tuple[float, ...]:
    """The seconds that the films of these submissions took, of those that went there; `LAST` at most."""
    tasks = (task for intent in intents if intent.send_to == send_to for task in intent.tasks)
    ready = (task for task in tasks if task.state is TaskState.SUCCEEDED and task.ended_at is not None)
    return tuple(max(0.0, (task.ended_at or 0.0) - task.created_at) for task in ready)[:LAST]


def usual_words(send_to: SendTo, seconds: Sequence[float]) -> str:
    """In words, with the median and the range of what was taken; what is known of the service until there is enough."""
    if send_to is SendTo.SANDBOX:
        return say("usual.sandbox")
    if len(seconds) < ENOUGH:
        return say("usual.service")
    figures = {"median": statistics.median(seconds), "least": min(seconds), "most": max(seconds)}
    return say("usual.measured", n=len(seconds), **{name: _length(value) for name, value in figures.items()})


def _length(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    if minutes >= 60:
        return say("time.hours", hours=minutes // 60, minutes=f"{minutes % 60:02}")
    return say("time.minutes", minutes=minutes, seconds=f"{rest:02}") if minutes else say("time.seconds", seconds=rest)
