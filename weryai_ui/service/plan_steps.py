"""What a try of one variant says of the rest of its plan: whether it goes on, stops, or is made again later."""

from __future__ import annotations

from weryai_ui.access import visitors
from weryai_ui.client.failures import Failure
from weryai_ui.client.outcome import Outcome
from weryai_ui.errors import ActionBy, refuse
from weryai_ui.service.preparing import SubmitResult
from weryai_ui.store.plan_records import Settled, VariantState
from weryai_ui.store.records import Intent

_LATER = frozenset({"access.no_turn", "access.restarting", "access.database_away"})
"""Refusals that say nothing of the submission: it is tried again, since nothing of it was recorded or sent."""
_OF_REFERENCES = frozenset({Failure.IMAGE_AUDIT})
_OF_WORDS = frozenset({Failure.CONTENT, Failure.COPYRIGHT})


def by_intent(varies: str, intent: Intent) -> Settled | None:
    """What a submission says of the rest of its plan; None while it is on its way.

    An unknown outcome stops it as well: what comes next may meet the same, and be charged. Only where it is certain
    that nothing came of a try does its variant wait again, under another key.
    """
    match intent.outcome:
        case Outcome.SENDING:
            return None
        case Outcome.ACCEPTED:
            return Settled(VariantState.SENT, intent.id)
        case Outcome.UNKNOWN:
            return Settled(VariantState.SENT, intent.id, stops=True)
        case Outcome.REJECTED if not _repeats(varies, intent):
            return Settled(VariantState.REFUSED, intent.id)
        case Outcome.REJECTED | Outcome.NOT_SENT:
            return Settled(VariantState.WAITING, intent.id, stops=True, new_key=visitors.new_key())


def by_result(varies: str, result: SubmitResult) -> Settled | None:
    """What a try says of the rest of its plan; None where it is to be made again later."""
    if result.intent is not None:
        return by_intent(varies, result.intent)
    if result.checked.problems:
        return Settled(VariantState.REFUSED, said=" ".join(found.text for found in result.checked.problems))
    refusal = result.refusal or refuse("access.restarting")
    if refusal.code in _LATER:
        return None
    if refusal.code == "access.key_used":  # it was sent, and its record forgotten since
        return Settled(VariantState.SENT)
    return Settled(VariantState.WAITING, said=str(refusal), stops=True)


def _repeats(varies: str, intent: Intent) -> bool:
    """Whether the service would refuse the other variants as well, as far as anybody can say."""
    failure, _ = intent.failure or (Failure.OTHER, None)
    if failure in _OF_REFERENCES or (failure in _OF_WORDS and varies != "prompt"):
        return True
    if failure in _OF_WORDS or (failure is Failure.MODEL_GONE and varies == "model"):
        return False
    return intent.explanation is None or intent.explanation.move is not ActionBy.FIX_INPUT
