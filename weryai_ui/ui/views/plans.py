"""Plans as the page draws them: what was found of the variants, and where a plan stands. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from weryai_ui.client.tasks import TaskState
from weryai_ui.i18n import has, say
from weryai_ui.request.price import amount
from weryai_ui.service.planning import CheckedPlan
from weryai_ui.service.spending import Allowance
from weryai_ui.store.ledger_records import Price
from weryai_ui.store.plan_records import Plan, PlanState, Variant, VariantState
from weryai_ui.store.records import Intent, SendTo
from weryai_ui.ui.views import cards, panes

LEAST_COMPARED = 2


def checked(found: CheckedPlan, send_to: SendTo, allowance: Allowance | None) -> dict[str, Any]:
    """What the dialog says of the variants: of each its findings and its price, and of all what they cost together."""
    paid = send_to is not SendTo.SANDBOX
    lines = [
        {**panes.findings(check), "price": _credits(price) if paid and check.request is not None else ""}
        for check, price in zip(found.checks, found.prices, strict=True)
    ]
    short = allowance is not None and found.passes and _is_short(found, send_to, allowance)
    return {
        "variants": lines,
        "passes": found.passes,
        "refusal": found.refusal,
        "price": _total(found, paid=paid) if found.passes else "",
        "short": say("plan.short") if short else "",
    }


def _range(price: Price) -> str:
    if price.least == price.most:
        return amount(price.most)
    return say("price.range", least=amount(price.least), most=amount(price.most))


def _credits(price: Price | None) -> str:
    return say("plan.unpriced") if price is None else say("plan.credits", amount=_range(price))


def _total(found: CheckedPlan, *, paid: bool) -> str:
    n = len(found.checks)
    if not paid:
        return say("plan.total_free", n=n)
    if found.whole is None:
        return say("plan.total_unknown", n=n)
    about = found.whole.of > 0
    return say("plan.total_about" if about else "plan.total", n=n, amount=_range(found.whole))


def _is_short(found: CheckedPlan, send_to: SendTo, allowance: Allowance) -> bool:
    """Whether a limit leaves less than the whole plan takes."""
    tasks = sum(each.request.payload().get("video_number", 1) for each in found.checks if each.request is not None)
    credits = 0.0 if found.whole is None else found.whole.most
    return any(left.left < (credits if left.rule.in_credits else tasks) for left in allowance.left.get(send_to, ()))


def plan(found: Plan, intents: Mapping[str, Intent]) -> dict[str, Any]:
    """One plan: a line on where it stands, its variants, and what can be done with it."""
    sent = [each for each in found.variants if each.state in (VariantState.SENT, VariantState.REFUSED)]
    ready = [each.id for each in _in_order(sent, intents) if _has_film(each)]
    busy = any(cards.is_busy(each) for each in intents.values())
    done = found.state is PlanState.DONE and not busy
    key = "plan.ready" if done else "plan.sent"
    line = say(key, sent=len(sent), ready=len(ready), all=len(found.variants))
    return {
        "id": found.id,
        "title": say("plan.title", what=say(f"label.{found.varies}")),
        "line": line,
        "says": " ".join(_says(found, intents)),
        "is_running": found.state is PlanState.RUNNING,
        "is_stopped": found.state is PlanState.STOPPED,
        "is_done": done,
        "send_to": found.send_to,
        "unsent": found.unsent,
        "variants": [_variant(found, each, intents) for each in found.variants],
        "compare": ready if len(ready) >= LEAST_COMPARED and not (busy or found.state is PlanState.RUNNING) else [],
    }


def _says(found: Plan, intents: Mapping[str, Intent]) -> list[str]:
    """Why it stopped, and what that leaves."""
    if found.state is not PlanState.STOPPED:
        return []
    by = intents.get(found.stopped_by or "")
    why = say("plan.by_you")
    if found.said:
        why = say("plan.by_refusal", cause=found.said)
    elif (
        by is not None
        and by.explanation is not None
        and any(each.intent_id == by.id and each.state is VariantState.WAITING for each in found.variants)
    ):
        why = say("plan.by_refusal", cause=by.explanation.cause)
    elif found.stopped_by:
        why = say("plan.by_unknown")
    return [why, say("plan.left", n=found.unsent)]


def _in_order(variants: Iterable[Variant], intents: Mapping[str, Intent]) -> list[Intent]:
    return [intents[each.intent_id] for each in variants if each.intent_id and each.intent_id in intents]


def _has_film(intent: Intent) -> bool:
    return any(task.state is TaskState.SUCCEEDED and task.videos for task in intent.tasks)


def _variant(found: Plan, each: Variant, intents: Mapping[str, Intent]) -> dict[str, Any]:
    intent = intents.get(each.intent_id or "")
    over = each.state in (VariantState.SENT, VariantState.REFUSED)
    state, tone = say("plan.gone" if over else "plan.waiting"), ""
    if over and intent is not None:
        state, tone = cards.state_words(intent), cards.tone(intent)
    elif each.state is VariantState.REFUSED:
        state, tone = say("plan.refused"), "bad"
    elif each.state is VariantState.SENDING:
        state, tone = say("plan.sending"), "busy"
    return {
        "name": _name(found.varies, each),
        "state": state,
        "tone": tone,
        "intent": intent.id if intent is not None else "",
        "says": each.said or "",
    }


def _name(varies: str, each: Variant) -> str:
    """What tells a variant from the others."""
    if varies == "prompt":
        return say("plan.wording", number=each.place + 1)
    if varies == "duration":
        return say("time.seconds", seconds=each.name)
    key = f"choice.{varies}.{each.name}"
    return say(key) if has(key) else each.name
