"""What a failed or refused submission shows: what happened, who acts, and the one next change. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from weryai_ui.client.failures import BY_TEXT_ONLY, Failure
from weryai_ui.client.outcome import Outcome
from weryai_ui.i18n import say
from weryai_ui.request.changes import suspect_picture, without_picture
from weryai_ui.request.models import Catalogue
from weryai_ui.store.records import Intent

GENERATION_FAILED = 6004
BUSY_SECONDS = 30.0
"""After so long a retry worked (measured by a public user of this endpoint); what the service says counts more."""


class Change(StrEnum):
    """The one next change that a press makes; nothing is sent by it."""

    REMOVE_PICTURE = "remove_picture"
    CHANGE_PICTURES = "change_pictures"
    CHANGE_PROMPT = "change_prompt"
    WITHOUT_SOUND = "without_sound"
    SAME_AGAIN = "same_again"
    WAIT = "wait"


@dataclass(frozen=True)
class Failed:
    """Why a submission made no film.

    `number`: the picture that is to go, where that is known. `wait_s`: after how many seconds a retry makes sense.
    """

    failure: Failure
    change: Change | None
    message: str | None
    number: int | None
    wait_s: float = BUSY_SECONDS

    @property
    def happened(self) -> str:
        """What happened, in one sentence."""
        return say(f"happened.{self.failure}")

    @property
    def acts(self) -> str:
        """Who acts, and how."""
        with_sound = self.change is Change.WITHOUT_SOUND
        return say("acts.with_sound" if with_sound else f"acts.{self.failure}", seconds=math.ceil(self.wait_s))


def failed(intent: Intent) -> Failed | None:
    """Why this submission made no film, or not all; None where nothing failed or nobody knows."""
    found = intent.failure
    if found is None:
        return None
    failure, message = found
    payload = intent.asked
    sound = payload.get("generate_audio") == "true"
    number = suspect_picture(payload, message) if failure is Failure.IMAGE_AUDIT else None
    made = intent.outcome is not Outcome.REJECTED or intent.code == GENERATION_FAILED
    change = _change(failure, number, sound=sound and made, made=made)
    return Failed(failure, change, message, number, intent.retry_after or BUSY_SECONDS)


def _change(failure: Failure, number: int | None, *, sound: bool, made: bool) -> Change | None:
    if failure is Failure.IMAGE_AUDIT:
        return Change.REMOVE_PICTURE if number else Change.CHANGE_PICTURES
    if sound and failure in (Failure.CONTENT, Failure.OTHER):
        return Change.WITHOUT_SOUND
    if failure is Failure.OTHER:
        return Change.CHANGE_PROMPT if made else None
    return _CHANGES.get(failure)


_CHANGES: Mapping[Failure, Change] = {
    Failure.CONTENT: Change.CHANGE_PROMPT,
    Failure.COPYRIGHT: Change.CHANGE_PROMPT,
    Failure.BUSY: Change.WAIT,
    Failure.NO_REASON: Change.SAME_AGAIN,
    Failure.CREDITS: Change.SAME_AGAIN,
}


def view(found: Failed, form: Mapping[str, Any], ended_at: float | None) -> dict[str, Any]:
    """The failure as the board has it; `form` are the values of the submission, `change` holds those of the next.

    `not_before`: when it makes sense, in seconds since 1970; None at once.
    """
    waits_from = ended_at if found.change is Change.WAIT else None
    return {
        "kind": found.failure,
        "happened": found.happened,
        "acts": found.acts,
        "said": found.message,
        "change": found.change
        and {
            "key": found.change,
            "label": say(f"change.{found.change}", number=found.number),
            "form": _changed(found, form),
            "not_before": None if waits_from is None else waits_from + found.wait_s,
        },
    }


def with_other_models(card: dict[str, Any], models: Catalogue) -> dict[str, Any]:
    """A card whose model has gone offers the others: `others`, each with its name and the form for it."""
    failure = card["failure"]
    if failure is None or failure["kind"] != Failure.MODEL_GONE:
        return card
    others = [
        {
            "key": model.key,
            "label": say("change.other_model", name=model.name),
            "form": {**card["form"], "model": model.key},
        }
        for model in models.offered
        if model.key != card["form"].get("model")
    ]
    return {**card, "failure": {**failure, "others": others}}


def _changed(found: Failed, form: Mapping[str, Any]) -> dict[str, Any]:
    if found.change is Change.WITHOUT_SOUND:
        return {**form, "generate_audio": "false"}
    if found.change is Change.REMOVE_PICTURE and found.number:
        return without_picture(form, found.number)
    return dict(form)


def lines(found: Failed, *, refused: bool) -> Iterable[dict[str, str]]:
    """The lines of the card. A refusal is explained by its code; by its class where only the text can tell."""
    if not refused or found.failure in BY_TEXT_ONLY:
        yield {"kind": "cause", "text": found.happened}
        yield {"kind": "move", "text": found.acts}
