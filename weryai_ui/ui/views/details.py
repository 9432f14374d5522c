"""One submission with everything that is known of it: its timeline, and the same as plain data and as HAR."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from weryai_ui import VERSION
from weryai_ui.i18n import say
from weryai_ui.store.records import Intent, LoggedExchange
from weryai_ui.ui.views.cards import Links, card, state_words
from weryai_ui.ui.views.panes import as_it_came, pretty, response_pane

NAME_CHARACTERS = 60


def detail(intent: Intent, timeline: Iterable[LoggedExchange], links: Links, *, has_key: bool) -> dict[str, Any]:
    """One submission with everything that is known of it."""
    return {
        **card(intent, links, has_key=has_key),
        "request": request_pane(intent),
        "response": response_pane(intent),
        "timeline": timeline_of(intent, timeline),
    }


def timeline_of(intent: Intent, timeline: Iterable[LoggedExchange]) -> list[dict[str, Any]]:
    """Every exchange of a submission, from its check on."""
    return [_checked_at(intent), *(_exchange(each) for each in timeline)]


def lineage(parent: Intent | None, children: Iterable[Intent]) -> dict[str, Any]:
    """What a submission came from and what came of it, each by its id and its name."""
    return {"parent": None if parent is None else _named(parent), "children": [_named(each) for each in children]}


def _named(intent: Intent) -> dict[str, str]:
    words = intent.title or " ".join(str(intent.payload.get("prompt", "")).split())[:NAME_CHARACTERS]
    return {"id": intent.id, "name": words or intent.id[:8], "state": state_words(intent)}


def request_pane(intent: Intent) -> dict[str, Any]:
    """The body that went out, and where it went."""
    return {"facts": [f"POST {intent.endpoint}"], "text": pretty(intent.payload)}


def final_pane(timeline: Iterable[LoggedExchange]) -> dict[str, Any] | None:
    """The last status answer; None where none was asked for."""
    polls = [each for each in timeline if each.kind == "poll"]
    if not polls:
        return None
    last = polls[-1]
    status = say("timeline.no_answer") if last.http_status is None else f"HTTP {last.http_status}"
    facts = [status, f"{last.seconds:.2f} s", f"{last.method} {last.url}"]
    return {"facts": facts, "text": as_it_came(last.response_text) or say("timeline.no_response")}


def as_data(intent: Intent, timeline: Iterable[LoggedExchange] = ()) -> dict[str, Any]:
    """One submission as plain data, for programs: named endpoints and exports. Times are seconds since 1970 (UTC)."""
    return {
        "id": intent.id,
        "title": intent.title,
        "note": intent.note,
        "starred": intent.starred,
        "came_from": intent.came_from,
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
                "cost_credits": task.cost_credits,
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
            "creator": {"name": "weryai_ui", "version": VERSION},
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
            "content": _content(each),
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": -1,
        },
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "comment": f"{each.kind}; {each.repeats} more like this" if each.repeats else each.kind,
    }


def _content(each: LoggedExchange) -> dict[str, Any]:
    text = each.response_text or ""
    kinds = [value for name, value in each.response_headers or () if name.lower() == "content-type"]
    # The form wants a type; of an answer that named none, or never came, it is not known.
    return {"size": len(text.encode("utf-8", "replace")), "mimeType": (kinds or ["x-unknown"])[0], "text": text}


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
