"""State to words and view data. Pure: no Gradio, no clock of its own, nothing read from anywhere."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from weryai_ui.client.key import masked
from weryai_ui.client.tasks import MAX_ID_BYTES, MAX_TASKS, MAX_VIDEOS, TaskState
from weryai_ui.errors import ActionBy, cause_of, explain
from weryai_ui.files.uploads import Upload
from weryai_ui.i18n import say
from weryai_ui.request.fields import REFERENCE_FIELDS, UPLOAD_SCHEME
from weryai_ui.request.validation import CheckResult
from weryai_ui.service import Allowance
from weryai_ui.store.budget import Remaining
from weryai_ui.store.records import Intent, IntentState, LoggedExchange, Task
from weryai_ui.store.retention import Rule

PROMPT_CHARACTERS = 300
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
GENERATION_FAILED = 6004
_KEY_TROUBLES = frozenset(
    explain(http, code).key for http, code in ((401, None), (403, None), (401, 1002), (404, 1003), (404, 1010))
)
_TONES: Mapping[TaskState, str] = {
    TaskState.SUCCEEDED: "good",
    TaskState.SUCCEEDED_WITHOUT_VIDEO: "doubt",
    TaskState.FAILED: "bad",
    TaskState.NOT_FOUND: "doubt",
}


def findings(checked: CheckResult, refusal: str | None = None) -> dict[str, Any]:
    """What the problem list shows."""
    return {
        "problems": [{"field": found.field, "text": found.text} for found in checked.problems],
        "warnings": [{"field": found.field, "text": found.text} for found in checked.warnings],
        "refusal": refusal,
    }


def refused(refusal: str | None) -> dict[str, Any]:
    """What the problem list shows of a submission that was not sent, and not for its values."""
    return {"problems": [], "warnings": [], "refusal": refusal}


def request_pane(endpoint: str, payload: Mapping[str, Any] | None, key: str) -> dict[str, Any]:
    """The body that goes out, with where it goes; the key only masked."""
    if payload is None:
        return {"facts": [], "text": ""}
    return {
        "facts": [f"POST {endpoint}", f"Authorization: Bearer {masked(key)}", "Content-Type: application/json"],
        "text": pretty(payload),
    }


def response_pane(intent: Intent) -> dict[str, Any]:
    """The envelope that came back, with HTTP status and the time it took."""
    facts = []
    if intent.http_status is not None:
        facts.append(f"HTTP {intent.http_status}")
    if intent.seconds is not None:
        facts.append(f"{intent.seconds:.2f} s")
    facts.append(intent.endpoint)
    return {"facts": facts, "text": as_it_came(intent.response_text) or say("timeline.no_response")}


def pretty(value: Any) -> str:
    """JSON for people: indented, every script in its own letters.

    Half a character (a lone surrogate) stays the escape that it came as: no answer of a server can carry it.
    """
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return _HALF_CHARACTER.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


def as_it_came(text: str | None) -> str:
    """An answer for people: indented when it is JSON, else exactly what came."""
    if not text:
        return ""
    try:
        return pretty(json.loads(text))
    except (ValueError, RecursionError):
        return text


def board(
    visitor: str, version: str, intents: Iterable[Intent], now: float, links: Links, *, has_key: bool
) -> dict[str, Any]:
    """What the board shows: a card for each intent, newest first."""
    cards = [card(intent, links, has_key=has_key) for intent in intents]
    return {"visitor": visitor, "version": version, "now": now, "cards": cards}


def allowance(found: Allowance) -> dict[str, Any]:
    """What is left of the budgets, in words by destination, and whether the access code is still to come."""
    lines = {send_to.value: " · ".join(map(_left, left)) for send_to, left in found.left.items()}
    return {"needs_code": found.needs_code, "lines": lines}


def _left(left: Remaining) -> str:
    words = say(f"allowance.{left.rule}", left=left.left, limit=left.limit)
    if left.left or left.opens_at is None:
        return words
    return words + say("allowance.opens", time=time.strftime("%H:%M", time.gmtime(left.opens_at)))


class Links:
    """Makes a result's link one that the visitor's browser can reach.

    The sandbox is called on loopback, which a visitor of a share link or a Space cannot reach: its media
    become paths on the app's own origin.
    """

    def __init__(self, sandbox_url: str, sandbox_path: str) -> None:
        self._sandbox_url = sandbox_url
        self._sandbox_path = sandbox_path

    def for_browser(self, url: str | None) -> str | None:
        """A link, or a path relative to the page."""
        if url and self._sandbox_url and url.startswith(self._sandbox_url + "/"):
            return self._sandbox_path + url[len(self._sandbox_url) :]
        return url


def card(intent: Intent, links: Links, *, has_key: bool) -> dict[str, Any]:
    """One submission as the board draws it. `has_key`: whether the visitor's own key is in memory."""
    payload = intent.payload
    busy = is_busy(intent)
    # A key that was mistyped, or belongs to another account, must be correctable without paying for another task.
    in_doubt = not has_key or any(task.trouble in _KEY_TROUBLES for task in intent.tasks)
    wants_key = busy and intent.send_to == "my-key" and in_doubt
    return {
        "id": intent.id,
        "file": f"weryai-{intent.id[:8]}",
        "outcome": intent.outcome,
        "unsaved": intent.unsaved,
        "state": state_words(intent),
        "tone": _tone(intent),
        "busy": busy,
        "created_at": intent.created_at,
        "ended_at": None if busy else _ended_at(intent),
        "usual": say("usual.sandbox" if intent.send_to == "sandbox" else "usual.service"),
        "prompt": _excerpt(payload.get("prompt", "")),
        "shape": shape_words(intent.send_to, payload),
        "ratio": payload.get("aspect_ratio", "16:9").replace(":", " / "),
        "says": [*_says(intent), *([{"kind": "move", "text": say("says.enter_key")}] if wants_key else [])],
        "wants_key": wants_key,
        "without_sound": _sound_may_have_failed(intent),
        "tasks": [_task(task, links) for task in intent.tasks],
        # As text: a browser's number would bend a 64-bit one.
        "form": intent.asked | {"caller_id": str(payload.get("caller_id", ""))},
    }


def kept(rules: Iterable[Rule]) -> str:
    """How long a history is kept, in words."""
    by_kind = {rule.send_to: rule for rule in rules if rule.seconds is not None}
    ours, sandbox = by_kind["owner-key"], by_kind["sandbox"]
    return say(
        "history.kept",
        days=round(ours.days),
        sandbox_days=round(sandbox.days),
        most=f"{ours.of_visitor:,}",
        sandbox_most=f"{sandbox.of_visitor:,}",
    )


def row(intent: Intent) -> dict[str, Any]:
    """One submission in a line of the history."""
    payload = intent.payload
    return {
        "id": intent.id,
        "state": state_words(intent),
        "tone": _tone(intent),
        "created_at": intent.created_at,
        "prompt": _excerpt(payload.get("prompt", "")),
        "shape": shape_words(intent.send_to, payload),
    }


def detail(intent: Intent, timeline: Iterable[LoggedExchange], links: Links, *, has_key: bool) -> dict[str, Any]:
    """One submission with everything that is known of it."""
    return {
        **card(intent, links, has_key=has_key),
        "request": {"facts": [f"POST {intent.endpoint}"], "text": pretty(intent.payload)},
        "response": response_pane(intent),
        "timeline": [_checked_at(intent), *(_exchange(each) for each in timeline)],
    }


def upload(given: Upload, preview: Path | None) -> dict[str, Any]:
    """A file as the tray knows it: its link, what it is, and the paths on this origin by which it is seen."""
    reference = given.reference
    path = f"uploads/{given.link.removeprefix(UPLOAD_SCHEME)}"
    return {
        "link": given.link,
        "name": given.name,
        "kind": reference.kind,
        "duration_s": reference.duration_s,
        "width": reference.width,
        "height": reference.height,
        "size": reference.size,
        "extension": given.media.extension,
        "src": path,
        "preview": f"{path}/preview" if preview is not None else None,
    }


def as_data(intent: Intent, timeline: Iterable[LoggedExchange] = ()) -> dict[str, Any]:
    """One submission as plain data, for programs: named endpoints and exports. Times are seconds since 1970 (UTC)."""
    return {
        "id": intent.id,
        "outcome": intent.outcome,
        "send_to": intent.send_to,
        "endpoint": intent.endpoint,
        "created_at": intent.created_at,
        "request": intent.payload,
        "http_status": intent.http_status,
        "envelope": intent.response_text,
        "explanation": None if intent.explanation is None else intent.explanation.as_data(),
        "service_message": intent.service_message,
        "tasks_named": intent.tasks_named,
        "unsaved": intent.unsaved,
        "tasks": [
            {
                "task_id": task.upstream_id,
                "state": task.state,
                "message": task.message,
                "videos": [{"url": video.url, "cover_url": video.cover_url} for video in task.videos],
            }
            for task in intent.tasks
        ],
        "exchanges": [asdict(each) for each in timeline],
    }


def har(timeline: Iterable[LoggedExchange]) -> dict[str, Any]:
    """The exchanges as an HTTP Archive (HAR 1.2), for tools that read one; the key stands in it masked."""
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "weryai_ui", "version": ""},
            "entries": [_har_entry(each) for each in timeline],
        }
    }


def _har_entry(each: LoggedExchange) -> dict[str, Any]:
    milliseconds = round(each.seconds * 1000, 3)
    sent = [{"name": "Authorization", "value": "Bearer (masked)"}]
    if each.request_text is not None:
        sent.append({"name": "Content-Type", "value": "application/json"})
    request = {
        "method": each.method,
        "url": each.url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": sent,
        "queryString": [],
        "headersSize": -1,
        "bodySize": -1,
    }
    if each.request_text is not None:
        request["postData"] = {"mimeType": "application/json", "text": each.request_text}
    return {
        "startedDateTime": datetime.fromtimestamp(each.started_at, UTC).isoformat(),
        "time": milliseconds,
        "request": request,
        "response": {
            "status": each.http_status or 0,
            "statusText": "",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [{"name": name, "value": value} for name, value in each.response_headers or ()],
            "content": {"size": len(each.response_text or ""), "mimeType": "", "text": each.response_text or ""},
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": -1,
        },
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "comment": f"{each.kind}; {each.repeats} more like this" if each.repeats else each.kind,
    }


def _checked_at(intent: Intent) -> dict[str, Any]:
    """The timeline's first line: what is recorded has passed the checks, or it would not be there."""
    silent = dict.fromkeys(("line", "headers", "request", "response", "repeats"), "")
    return {"at": intent.created_at, "title": say("timeline.checked"), **silent}


def _exchange(each: LoggedExchange) -> dict[str, Any]:
    status = say("timeline.no_answer") if each.http_status is None else f"HTTP {each.http_status}"
    return {
        "at": each.started_at,
        "title": say("timeline.downloaded")
        if each.kind == "download"
        else f"{say(f'exchange.{each.kind}')} · {status} · {each.seconds:.2f} s",
        "line": f"{each.method} {each.url}",
        "headers": " · ".join(f"{name}: {value}" for name, value in each.response_headers or ()),
        "request": as_it_came(each.request_text),
        "response": as_it_came(each.response_text),
        "repeats": say("timeline.repeats", n=each.repeats) if each.repeats else "",
    }


def is_busy(intent: Intent) -> bool:
    """Whether anything of this submission is still to come."""
    return intent.outcome is IntentState.SENDING or any(not task.state.is_final for task in intent.tasks)


def state_words(intent: Intent) -> str:
    """Where a submission stands, in words; several tasks that differ are counted."""
    if intent.outcome is not IntentState.ACCEPTED:
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


def _tone(intent: Intent) -> str:
    if is_busy(intent):
        return "busy"
    if intent.outcome is IntentState.ACCEPTED:
        tones = {_TONES.get(task.state, "doubt") for task in intent.tasks}
        return tones.pop() if len(tones) == 1 else "doubt"
    return "doubt" if intent.outcome is IntentState.UNKNOWN else "bad"


def _ended_at(intent: Intent) -> float | None:
    ends = [task.ended_at for task in intent.tasks if task.ended_at is not None]
    return max(ends) if ends else intent.finished_at


def _excerpt(prompt: str) -> str:
    return prompt if len(prompt) <= PROMPT_CHARACTERS else prompt[:PROMPT_CHARACTERS] + "…"


def _says(intent: Intent) -> Iterable[dict[str, str]]:
    if intent.unsaved:
        ids = ", ".join(task.upstream_id for task in intent.tasks)
        yield {"kind": "cause", "text": say("says.unsaved_tasks", ids=ids) if ids else say("says.unsaved")}
    explanation = intent.explanation
    if explanation is not None:
        yield {"kind": "cause", "text": explanation.cause}
        yield {"kind": "move", "text": _move(explanation.move, explanation.advice)}
    if intent.service_message and intent.outcome is not IntentState.ACCEPTED:
        yield {"kind": "service", "text": say("says.service_says", message=intent.service_message)}
    if intent.outcome is IntentState.UNKNOWN and intent.send_to != "sandbox":
        yield {"kind": "move", "text": say("says.check_unknown")}
    yield from ({"kind": "move", "text": text} for text in _left_out(intent))
    if intent.send_to == "sandbox" and "webhook_url" in intent.asked:
        yield {"kind": "move", "text": say("rule.webhook_sandbox")}
    if any(task.state is TaskState.FAILED for task in intent.tasks):
        helps = "says.failed_with_sound" if _sound_may_have_failed(intent) else "says.failed"
        yield {"kind": "move", "text": _move(ActionBy.FIX_INPUT, say(helps))}
        yield {"kind": "move", "text": say("says.charged_unknown")}


def _left_out(intent: Intent) -> Iterable[str]:
    """What an answer holds beyond that which is followed and shown."""
    named, followed = intent.tasks_named or 0, len(intent.tasks)
    if named > followed:
        yield say("says.tasks_left_out", named=named, followed=followed, most=MAX_TASKS, bytes=MAX_ID_BYTES)
    if any(len(task.videos) >= MAX_VIDEOS for task in intent.tasks):
        yield say("says.videos_left_out", most=MAX_VIDEOS)


def _move(move: ActionBy, advice: str) -> str:
    return say("says.move", move=say(f"move.{move}"), advice=advice)


def _sound_may_have_failed(intent: Intent) -> bool:
    """Whether the one change that the service's own pages advise, making it without sound, is still to be had."""
    failed = any(task.state is TaskState.FAILED for task in intent.tasks) or intent.code == GENERATION_FAILED
    return failed and intent.payload.get("generate_audio") == "true"


def _task(task: Task, links: Links) -> dict[str, Any]:
    return {
        "number": task.number,
        "label": say("mixed.number", number=task.number),
        "state": task.state,
        "busy": not task.state.is_final,
        "says": _task_says(task),
        "videos": [
            {"url": links.for_browser(video.url), "cover": links.for_browser(video.cover_url), "link": video.url}
            for video in task.videos
        ],
    }


def _task_says(task: Task) -> str:
    says = say(f"task_state.{task.state}")
    if task.state is TaskState.UNKNOWN and task.raw_state:
        says += f" ({task.raw_state})"
    if task.state.is_final and task.message and task.state is not TaskState.SUCCEEDED:
        says = say("says.then", first=says, then=say("says.service_says", message=task.message))
    if task.trouble and not task.state.is_final:
        says = say("says.then", first=says, then=cause_of(task.trouble))
    return says
