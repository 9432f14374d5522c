"""Why a call did not do what it was asked to, as data: a code, the sentence, and who acts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from pydantic import ValidationError

from weryai_ui.errors import ActionBy, Refusal
from weryai_ui.store.records import Intent
from weryai_ui.ui.agents.contract import CallError, WhoActs

WAITS = frozenset(
    {"access.database_away", "access.database_silent", "access.no_room", "access.restarting", "access.no_turn"}
    | {"access.still_sending", "access.too_many", "access.went_wrong", "upload.no_room", "upload.storage_away"}
)
"""What passes by itself."""
KEY_OWNER = frozenset({"access.closed", "access.named_only", "access.no_owner_key", "access.needs_code"})
OF_ACTION: Mapping[ActionBy, WhoActs] = MappingProxyType(
    {
        ActionBy.WAIT: WhoActs.NOBODY,
        ActionBy.FIX_INPUT: WhoActs.YOU,
        ActionBy.KEY_OWNER: WhoActs.KEY_OWNER,
        ActionBy.TOP_UP: WhoActs.KEY_OWNER,
        ActionBy.SERVICE: WhoActs.WERYAI,
        ActionBy.CHECK: WhoActs.YOU,
    }
)


def of_refusal(refusal: Refusal) -> CallError:
    """A call that was refused, in the words and with the code of where that was decided."""
    return CallError(code=refusal.code, sentence=str(refusal), who_acts=_who_acts(refusal.code))


def of_problems(sentences: Iterable[str]) -> CallError:
    """A request with problems: the first sentence of them stands for all."""
    first = next(iter(sentences), "")
    return CallError(code="invalid_request", sentence=first, who_acts=WhoActs.YOU)


def of_arguments(error: ValidationError) -> CallError:
    """A call with wrong arguments: the first of what is wrong, where it is."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(map(str, first["loc"])) or "arguments"
    sentence = f"{where}: {_PLAIN.get(first['type'], first['msg'])}."
    return CallError(code="wrong_arguments", sentence=sentence, who_acts=WhoActs.YOU)


_PLAIN = {"missing": "is needed", "extra_forbidden": "is not a parameter of this call"}


def of_outcome(intent: Intent) -> CallError | None:
    """Why a submission was not accepted, in the service's code and our words; None when it was."""
    explanation = intent.explanation
    if explanation is None:
        return None
    sentence = f"{explanation.cause} {explanation.advice}"
    return CallError(code=explanation.key, sentence=sentence, who_acts=OF_ACTION[explanation.move])


def _who_acts(code: str) -> WhoActs:
    if code in WAITS or code.startswith("budget."):
        return WhoActs.NOBODY
    return WhoActs.KEY_OWNER if code in KEY_OWNER else WhoActs.YOU
