"""Films side by side: what differs in their requests, field by field, and which words of their prompts do. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from weryai_ui.client.tasks import TaskState
from weryai_ui.i18n import say
from weryai_ui.request.fields import FIELDS, REFERENCE_FIELDS
from weryai_ui.service.joining import LEAST_JOINED, MOST_JOINED
from weryai_ui.store.copy_records import Copy, Role
from weryai_ui.store.records import Intent, Task
from weryai_ui.ui.views.cards import Links, films

LEAST_COMPARED, MOST_COMPARED = 2, 4
NAME_CHARACTERS = 60
_NOT_COMPARED = frozenset({"prompt", "webhook_url"})
"""The words of a prompt are marked instead, and a callback changes no film."""
_ALONE = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(rf"[{_ALONE}]|[^\W{_ALONE}]+|\s+|.", re.DOTALL)
"""What is marked at once: a word, or a character of a script without spaces."""


def comparison(intents: Sequence[Intent], links: Links, *, firsts: bool = False) -> dict[str, Any]:
    """Two to four films with what differs; `refused` where there are fewer or more.

    `firsts`: of each submission the first film alone.
    """
    found = _ready(intents, links)
    if firsts:
        found = list({intent.id: each for each in reversed(found) for intent in each[:1]}.values())[::-1]
    if not LEAST_COMPARED <= len(found) <= MOST_COMPARED:
        return {"refused": say("several.compared", least=LEAST_COMPARED, most=MOST_COMPARED)}
    asked = [intent for intent, _, _ in found]
    names = [_name(intent, task, number) for number, (intent, task, _) in enumerate(found, 1)]
    return {
        "films": [
            {"name": name, "video": film, **_own(intent, task)}
            for name, (intent, task, film) in zip(names, found, strict=True)
        ],
        "rows": list(_rows(asked, links)),
        "prompts": marked([str(each.payload.get("prompt", "")) for each in asked]),
    }


def to_join(intents: Sequence[Intent], links: Links) -> dict[str, Any]:
    """Films that can become one, each with its `name` and its `video`; or `refused`."""
    found = _ready(intents, links)
    if not LEAST_JOINED <= len(found) <= MOST_JOINED:
        return {"refused": say("joining.how_many", least=LEAST_JOINED, most=MOST_JOINED)}
    named = [(_words(intent, task), film) for intent, task, film in found]
    if missing := [name for name, film in named if "copy" not in film]:
        return {"refused": say("joining.not_kept", names=say("form.comma").join(missing))}
    return {"films": [{"name": name, "video": film} for name, film in named]}


def _ready(intents: Sequence[Intent], links: Links) -> list[tuple[Intent, Task, dict[str, str | None]]]:
    """Every film that is ready, in the order of the submissions."""
    ready = [(intent, task) for intent in intents for task in intent.tasks if task.state is TaskState.SUCCEEDED]
    return [(intent, task, film) for intent, task in ready for film in films(intent, task, links)]


def _own(intent: Intent, task: Task) -> dict[str, Any]:
    """What its visitor says of a film's submission. `which`: the film, where its submission has several."""
    which = say("mixed.number", number=task.number) if len(intent.tasks) > 1 else ""
    return {"intent": intent.id, "starred": intent.starred, "note": intent.note, "which": which}


def _name(intent: Intent, task: Task, number: int) -> str:
    """What a film is called above it: by its place, and its words."""
    return f"{number}. {_words(intent, task)}"


def _words(intent: Intent, task: Task) -> str:
    """The title of a film's submission, or the first words of its prompt."""
    words = " ".join(str(intent.title or intent.payload.get("prompt", "")).split())
    short = words if len(words) <= NAME_CHARACTERS else f"{words[:NAME_CHARACTERS]}…"
    which = f" ({say('mixed.number', number=task.number)})" if len(intent.tasks) > 1 else ""
    return f"{short}{which}"


def _rows(asked: Sequence[Intent], links: Links) -> Iterator[dict[str, Any]]:
    """A line for each field in which the requests differ."""
    shown = [_shown(intent, links.kept.by_intent.get(intent.id, ())) for intent in asked]
    for field in dict.fromkeys(name for each in shown for name in each):
        values = [each.get(field, "") for each in shown]
        if len(set(values)) > 1:
            label = say("narrowing.place") if field == "send_to" else say(f"label.{field}")
            yield {"label": label, "values": values}


def _shown(intent: Intent, copies: Sequence[Copy]) -> dict[str, str]:
    """The fields of a request as they are read, in the order of the form."""
    asked = intent.asked
    shown = {"send_to": say(f"send_to.{intent.send_to}")}
    for field in FIELDS:
        if field in asked and field not in _NOT_COMPARED:
            shown[field] = _value(field, asked[field], copies)
    return shown


def _value(field: str, value: Any, copies: Sequence[Copy]) -> str:
    if field in REFERENCE_FIELDS:
        names = {each.number: each.name for each in copies if each.role is Role.REFERENCE and each.field == field}
        return "\n".join(names.get(number) or _last_part(str(link)) for number, link in enumerate(value, 1))
    if field == "generate_audio":
        return say(f"shape.sound_{value}")
    return say("time.seconds", seconds=value) if field == "duration" else str(value)


def _last_part(link: str) -> str:
    return unquote(urlsplit(link).path.rpartition("/")[2]) or link


def marked(prompts: Sequence[str]) -> list[list[Mapping[str, str]]]:
    """Each prompt in pieces, held against the first: the same, `added`, or `removed` from it. Empty where all agree."""
    if len(set(prompts)) < LEAST_COMPARED:
        return []
    return [[{"text": prompts[0], "how": "same"}], *(_pieces(prompts[0], each) for each in prompts[1:])]


def _pieces(first: str, other: str) -> list[Mapping[str, str]]:
    before, after = _TOKEN.findall(first), _TOKEN.findall(other)
    pieces: list[Mapping[str, str]] = []
    for how, a, b, c, d in difflib.SequenceMatcher(None, before, after).get_opcodes():
        if how == "equal":
            pieces.append({"text": "".join(after[c:d]), "how": "same"})
            continue
        if b > a:
            pieces.append({"text": "".join(before[a:b]), "how": "removed"})
        if d > c:
            pieces.append({"text": "".join(after[c:d]), "how": "added"})
    return pieces
