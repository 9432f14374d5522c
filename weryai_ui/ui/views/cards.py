"""Submissions as the board and the history draw them: their state in words, and what is said of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from weryai_ui.client.outcome import Outcome
from weryai_ui.client.tasks import MAX_ID_BYTES, MAX_TASKS, MAX_VIDEOS, TaskState, Video
from weryai_ui.errors import ActionBy, cause_of, explain
from weryai_ui.i18n import say
from weryai_ui.request.fields import REFERENCE_FIELDS
from weryai_ui.request.price import amount
from weryai_ui.store.records import Charged, Intent, SendTo, Task
from weryai_ui.ui.failed import Change, failed, lines
from weryai_ui.ui.failed import view as failure_view
from weryai_ui.ui.kept import NOTHING_KEPT, Kept

PROMPT_CHARACTERS = 300
_KEY_TROUBLES = frozenset(
    explain(http, code).key for http, code in ((401, None), (403, None), (401, 1002), (404, 1003), (404, 1010))
)
_TONES: Mapping[TaskState, str] = {
    TaskState.SUCCEEDED: "good",
    TaskState.SUCCEEDED_WITHOUT_VIDEO: "doubt",
    TaskState.FAILED: "bad",
    TaskState.NOT_FOUND: "doubt",
}


def board(
    visitor: str, version: str, intents: Iterable[Intent], now: float, links: Links, *, has_key: bool
) -> dict[str, Any]:
    """What the board shows: a card for each intent, newest first."""
    cards = [card(intent, links, has_key=has_key) for intent in intents]
    return {"visitor": visitor, "version": version, "now": now, "cards": cards}


class Links:
    """Makes a result's link one that the visitor's browser can reach.

    The sandbox is called on loopback, which a visitor of a share link or a Space cannot reach: its media
    become paths on the app's own origin.
    """

    def __init__(self, sandbox_url: str, sandbox_path: str, kept: Kept = NOTHING_KEPT) -> None:
        self._sandbox_url = sandbox_url
        self._sandbox_path = sandbox_path
        self.kept = kept

    def of_video(self, video: Video) -> dict[str, str | None]:
        """A film and its cover as the service has them."""
        return {"url": self.for_browser(video.url), "cover": self.for_browser(video.cover_url), "link": video.url}

    def for_browser(self, url: str | None) -> str | None:
        """A link, or a path relative to the page."""
        if url and self._sandbox_url and url.startswith(self._sandbox_url + "/"):
            return self._sandbox_path + url[len(self._sandbox_url) :]
        return url


def card(intent: Intent, links: Links, *, has_key: bool) -> dict[str, Any]:
    """One submission as the board draws it. `has_key`: whether the visitor's own key is at hand."""
    payload = intent.payload
    busy = is_busy(intent)
    # A key that was mistyped, or belongs to another account, must be correctable without paying for another task.
    in_doubt = not has_key or any(task.trouble in _KEY_TROUBLES for task in intent.tasks)
    wants_key = busy and intent.send_to is SendTo.MY_KEY and in_doubt
    # As text: a browser's number would bend a 64-bit one.
    form = intent.asked | {"caller_id": str(payload.get("caller_id", ""))}
    ended_at = None if busy else _ended_at(intent)
    found = failed(intent)
    return {
        "id": intent.id,
        "file": f"weryai-{intent.id[:8]}",
        "outcome": intent.outcome,
        "unsaved": intent.unsaved,
        "state": state_words(intent),
        "tone": tone(intent),
        "busy": busy,
        "created_at": intent.created_at,
        "ended_at": ended_at,
        "usual": say("usual.sandbox" if intent.send_to is SendTo.SANDBOX else "usual.service"),
        "title": intent.title,
        "note": intent.note,
        "prompt": _excerpt(payload.get("prompt", "")),
        "send_to": intent.send_to,
        "shape": shape_words(intent.send_to, payload),
        "ratio": payload.get("aspect_ratio", "16:9").replace(":", " / "),
        "says": [*_says(intent), *links.kept.says(intent), *_wish(wants_key)],
        "wants_key": wants_key,
        "settled": intent.charged is not None and intent.charged.credits is not None,
        "failure": found and failure_view(found, form, ended_at),
        "copying": links.kept.under_way(intent),
        "shareable": is_shareable(intent),
        "starred": intent.starred,
        "copy_again": links.kept.can_try_again(intent),
        "tasks": [_task(intent, task, links) for task in intent.tasks],
        "form": form,
        "cost": _credits(intent),
    }


def _wish(wants_key: bool) -> list[dict[str, str]]:
    return [{"kind": "move", "text": say("says.enter_key")}] if wants_key else []


def row(intent: Intent, links: Links) -> dict[str, Any]:
    """One submission in a line of the history, with a small picture of its film where there is one."""
    payload = intent.payload
    covers = (each["cover"] for task in intent.tasks for each in films(intent, task, links) if each["cover"])
    return {
        "id": intent.id,
        "shareable": is_shareable(intent),
        "starred": intent.starred,
        "films": sum(len(task.videos) for task in intent.tasks if task.state is TaskState.SUCCEEDED),
        "state": state_words(intent),
        "tone": tone(intent),
        "created_at": intent.created_at,
        "cover": next(covers, None),
        "title": intent.title,
        "note": intent.note,
        "prompt": _excerpt(payload.get("prompt", "")),
        "shape": shape_words(intent.send_to, payload),
    }


def is_busy(intent: Intent) -> bool:
    """Whether anything of this submission is still to come."""
    return intent.outcome is Outcome.SENDING or any(not task.state.is_final for task in intent.tasks)


def is_shareable(intent: Intent) -> bool:
    """Whether there is a film to show to others."""
    return not intent.unsaved and any(task.state is TaskState.SUCCEEDED and task.videos for task in intent.tasks)


def state_words(intent: Intent) -> str:
    """Where a submission stands, in words; several tasks that differ are counted."""
    if intent.outcome is not Outcome.ACCEPTED:
        return say(f"outcome.{intent.outcome}")
    states = {task.state for task in intent.tasks}
    if len(states) == 1:
        return say(f"task_state.{states.pop()}")
    open_states = [task.state for task in intent.tasks if not task.state.is_final]
    ready = sum(task.state is TaskState.SUCCEEDED for task in intent.tasks)
    if open_states and not ready:
        furthest = TaskState.PROCESSING if TaskState.PROCESSING in open_states else open_states[0]
        return say(f"task_state.{furthest}")
    return say("mixed.partly", ready=ready, total=len(intent.tasks))


def shape_words(send_to: str, payload: Mapping[str, Any]) -> str:
    """The request in a line: destination, shape, length, sound, how many, references."""
    number = payload.get("video_number", 1)
    parts = [
        say(f"send_to.{send_to}"),
        payload.get("aspect_ratio", ""),
        payload.get("resolution", ""),
        say("time.seconds", seconds=payload["duration"]),
        say(f"shape.sound_{payload['generate_audio']}") if "generate_audio" in payload else "",
        _counted("videos", number) if number > 1 else "",
        say("form.comma").join(_counted(name, len(payload[name])) for name in REFERENCE_FIELDS if payload.get(name)),
    ]
    return " · ".join(part for part in parts if part)


def _counted(what: str, number: int) -> str:
    return say(f"shape.{what}" if number > 1 else f"shape.{what}_1", n=number)


def tone(intent: Intent) -> str:
    """How a submission stands: `busy`, `good`, `bad` or `doubt`."""
    if is_busy(intent):
        return "busy"
    if intent.outcome is Outcome.ACCEPTED:
        tones = {_TONES.get(task.state, "doubt") for task in intent.tasks}
        return tones.pop() if len(tones) == 1 else "doubt"
    return "doubt" if intent.outcome is Outcome.UNKNOWN else "bad"


def _ended_at(intent: Intent) -> float | None:
    ends = [task.ended_at for task in intent.tasks if task.ended_at is not None]
    return max(ends) if ends else intent.finished_at


def _excerpt(prompt: str) -> str:
    return prompt if len(prompt) <= PROMPT_CHARACTERS else prompt[:PROMPT_CHARACTERS] + "…"


def _says(intent: Intent) -> Iterable[dict[str, str]]:
    if intent.unsaved:
        ids = ", ".join(task.upstream_id for task in intent.tasks)
        yield {"kind": "cause", "text": say("says.unsaved_tasks", ids=ids) if ids else say("says.unsaved")}
    explanation, found = intent.explanation, failed(intent)
    refused = intent.outcome is Outcome.REJECTED
    by_class = [] if found is None else [*lines(found, refused=refused)]
    yield from by_class
    if explanation is not None and not (refused and by_class):
        yield {"kind": "cause", "text": explanation.cause}
        # "Try again later" is no advice where the first may have been charged.
        if intent.outcome is not Outcome.UNKNOWN or explanation.move is not ActionBy.SERVICE:
            waits = found is not None and found.change is Change.WAIT
            advice = found.acts if found and waits else _move(explanation.move, explanation.advice)
            yield {"kind": "move", "text": advice}
    if intent.service_message and intent.outcome is not Outcome.ACCEPTED:
        yield {"kind": "service", "text": say("says.service_says", message=intent.service_message)}
    if intent.outcome is Outcome.UNKNOWN and intent.send_to is not SendTo.SANDBOX:
        yield {"kind": "move", "text": say("says.check_unknown")}
    yield from ({"kind": "move", "text": text} for text in _left_out(intent))
    if intent.send_to is SendTo.SANDBOX and "webhook_url" in intent.asked:
        yield {"kind": "move", "text": say("rule.webhook_sandbox")}
    charged = [task.cost_credits for task in intent.tasks if task.cost_credits is not None]
    if charged:
        yield {"kind": "service", "text": say("says.charged", credits=amount(sum(charged)))}
    elif intent.charged is not None and intent.charged.credits is not None:
        yield from ({"kind": "service", "text": text} for text in _cost(intent, intent.charged, intent.charged.credits))
    elif any(task.state is TaskState.FAILED for task in intent.tasks):
        yield {"kind": "move", "text": say("says.charged_unknown")}


def _credits(intent: Intent) -> str:
    """What a submission cost, as far as that is known: by the service's word, or by the balance."""
    charged = [task.cost_credits for task in intent.tasks if task.cost_credits is not None]
    if charged:
        return amount(sum(charged))
    return amount(intent.charged.credits) if intent.charged is not None and intent.charged.credits else ""


def _cost(intent: Intent, charged: Charged, cost: float) -> Iterable[str]:
    """What the balance says that a submission cost; nothing of one that was refused, which says so itself."""
    if intent.outcome in (Outcome.REJECTED, Outcome.NOT_SENT):
        return
    if not cost:
        yield say("says.not_charged_about" if charged.about else "says.not_charged")
        return
    yield say("says.cost_about" if charged.about else "says.cost", credits=amount(cost))
    if charged.refunded:
        yield say("says.refunded", credits=amount(charged.refunded))


def _left_out(intent: Intent) -> Iterable[str]:
    """What an answer holds beyond that which is followed and shown."""
    named, followed = intent.tasks_named or 0, len(intent.tasks)
    if named > followed:
        yield say("says.tasks_left_out", named=named, followed=followed, most=MAX_TASKS, bytes=MAX_ID_BYTES)
    if any(len(task.videos) >= MAX_VIDEOS for task in intent.tasks):
        yield say("says.videos_left_out", most=MAX_VIDEOS)


def _move(move: ActionBy, advice: str) -> str:
    return say("says.move", move=say(f"move.{move}"), advice=advice)


def _task(intent: Intent, task: Task, links: Links) -> dict[str, Any]:
    return {
        "number": task.number,
        "label": say("mixed.number", number=task.number),
        "state": task.state,
        "busy": not task.state.is_final,
        "says": _task_says(task),
        "videos": films(intent, task, links),
    }


def films(intent: Intent, task: Task, links: Links) -> list[dict[str, str | None]]:
    """The films of a task, each from here where it is kept."""
    return [
        {**links.of_video(each), **links.kept.film_data(intent, task, number)}
        for number, each in enumerate(task.videos, 1)
    ]


def _task_says(task: Task) -> str:
    says = say(f"task_state.{task.state}")
    if task.state is TaskState.UNKNOWN and task.raw_state:
        says += f" ({task.raw_state})"
    if task.state.is_final and task.message and task.state is not TaskState.SUCCEEDED:
        says = say("says.then", first=says, then=say("says.service_says", message=task.message))
    if task.trouble and not task.state.is_final:
        says = say("says.then", first=says, then=cause_of(task.trouble))
    return says
