"""What the parts beside the cards show: the problem list, the JSON panes, what is left of a budget, files."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Mapping
from typing import Any

from weryai_ui.client.key import masked
from weryai_ui.files.upload_records import Given, Upload
from weryai_ui.i18n import say
from weryai_ui.media import needs, seconds_to_fit
from weryai_ui.request.fields import UPLOAD_SCHEME
from weryai_ui.request.findings import CheckResult
from weryai_ui.request.price import amount
from weryai_ui.service.spending import Allowance
from weryai_ui.store.budget import UNPRICED_TASKS, Remaining
from weryai_ui.store.ledger_records import Price
from weryai_ui.store.records import Intent, SendTo
from weryai_ui.store.retention import Rule

CONTENT_DIGITS = 16
"""Of a hash, to tell the few files of a form apart."""
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


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


def price(found: Price | None, *, counted: bool = False) -> str:
    """What a request may cost, in a sentence; None: nobody knows. `counted`: there is a limit in credits."""
    if found is None:
        return say("price.unknown_counted", n=UNPRICED_TASKS) if counted else say("price.unknown")
    said = amount(found.most)
    if found.least != found.most:
        said = say("price.range", least=amount(found.least), most=said)
    if not found.of:
        return say("price.tariff", amount=said)
    said = say("price.about", amount=said) if found.about else said
    return say("price.like_1" if found.of == 1 else "price.like", n=found.of, amount=said)


def allowance(found: Allowance) -> dict[str, Any]:
    """What is left of the budgets, in words by destination, and whether the access code is still to come."""
    lines = {send_to.value: " · ".join(map(_left, left)) for send_to, left in found.left.items()}
    if found.stopped:
        lines[SendTo.OWNER_KEY.value] = say("allowance.stopped")
    return {"needs_code": found.needs_code, "lines": lines}


def _left(left: Remaining) -> str:
    words = say(f"allowance.{left.rule}", left=amount(left.left), limit=amount(left.limit))
    if left.left or left.opens_at is None:
        return words
    return words + say("allowance.opens", time=time.strftime("%H:%M", time.gmtime(left.opens_at)))


def kept(rules: Iterable[Rule]) -> str:
    """How long a history is kept, in words."""
    by_kind = {rule.send_to: rule for rule in rules if rule.seconds is not None}
    ours, sandbox = by_kind[SendTo.OWNER_KEY], by_kind[SendTo.SANDBOX]
    return say(
        "history.kept",
        days=round(ours.days),
        sandbox_days=round(sandbox.days),
        most=f"{ours.of_visitor:,}",
        sandbox_most=f"{sandbox.of_visitor:,}",
    )


def upload(given: Upload) -> dict[str, Any]:
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
        "content": given.sha256[:CONTENT_DIGITS],
        "fits": not needs(given.media),
        "fit_seconds": seconds_to_fit(given.media),
        "clear": given.media.clear,
        "given": None if given.given is None else _as_given(given.given),
        "src": path,
        "preview": f"{path}/preview" if given.has_preview else None,
    }


def _as_given(given: Given) -> dict[str, Any]:
    """What a file was before it was made to fit."""
    media = given.media
    about = {"extension": media.extension, "size": media.size, "width": media.width, "height": media.height}
    return {"link": given.link, "trait": media.trait, **about}
