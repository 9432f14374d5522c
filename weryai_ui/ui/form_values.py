"""The values of the form, as its events bring them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from weryai_ui.access.policy import Caller
from weryai_ui.request.fields import FIELDS
from weryai_ui.service.preparing import Submission
from weryai_ui.store.records import SendTo
from weryai_ui.ui.http.params import intent_id, number


def submission_of(form: Mapping[str, Any], caller: Caller) -> Submission:
    """What a press of the form's buttons submits."""
    return Submission(
        values={name: form[name] for name in FIELDS},
        send_to=SendTo(form["send-to"]),
        visitor=str(form["visitor"] or ""),
        key=str(form["my-key"] or ""),
        scenario=str(form["scenario"] or ""),
        idempotency_key=str(form["idempotency_key"] or ""),
        measured=measured_of(form.get("measured")),
        code=str(form.get("code") or ""),
        caller=caller,
        came_from=intent_id(form.get("came_from")),
    )


def measured_of(sent: Any) -> dict[str, float]:
    """Seconds by link, as the browser read them; nothing when it sent anything else."""
    try:
        read = json.loads(sent or "{}")
    except (ValueError, TypeError, RecursionError):
        return {}
    return {link: number(read, link) for link in read} if isinstance(read, dict) else {}
