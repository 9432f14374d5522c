"""Several variants of one form as one plan: all checked, the whole price first, then sent one after the other.

Each variant goes the way of a press (`Submitting.submit`) under an idempotency key of its own, which is made with the
plan. What a process left on its way is looked for in the records by that key, and never sent again where one is there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from weryai_ui.access import visitors
from weryai_ui.access.accounts import NotAllowed, visitor_id
from weryai_ui.access.policy import Caller
from weryai_ui.errors import ApiKeyError, Refusal, refuse
from weryai_ui.i18n import locale_of, say, speaking, spoken
from weryai_ui.jobs.complaints import kind_and_place
from weryai_ui.jobs.plan_sender import PlanSender
from weryai_ui.jobs.serving import Stage
from weryai_ui.newest import Newest
from weryai_ui.request.findings import CheckResult
from weryai_ui.service.keeping import Keeping
from weryai_ui.service.plan_steps import by_intent, by_result
from weryai_ui.service.preparing import Submission
from weryai_ui.store.database import needs_database
from weryai_ui.store.ledger_records import Price
from weryai_ui.store.plan_records import LEAST_VARIANTS, MOST_VARIANTS, NewPlan, Plan, Settled, Variant, VariantState
from weryai_ui.store.records import Intent, SendTo

VARIED = ("aspect_ratio", "duration", "resolution", "model", "prompt")
"""The fields in which variants may differ."""
GOES_ON_S = 600.0
"""A plan that nobody could send for so long waits for its visitor, who may have forgotten it."""
LATER_S = 5.0
SECRETS_KEPT = 1000


@dataclass(frozen=True)
class Secrets:
    """What a plan is sent with and no database has: a visitor's own key, the owner's access code."""

    key: str = field(default="", repr=False)
    code: str = field(default="", repr=False)


@dataclass(frozen=True)
class CheckedPlan:
    """What is known of variants before any is sent, in their order. `whole`: the price of all, None where one has none.

    `refusal`: why none would be sent although all are right.
    """

    checks: tuple[CheckResult, ...]
    prices: tuple[Price | None, ...]
    whole: Price | None
    refusal: Refusal | None

    @property
    def passes(self) -> bool:
        """Whether all may be sent."""
        return self.refusal is None and all(each.request is not None for each in self.checks)


@dataclass(frozen=True)
class Planned:
    """What became of a plan that was asked for: the plan, or with None the checks that it did not pass."""

    checked: CheckedPlan
    plan: Plan | None = None


class Planning(Keeping):
    """Plans of variants, for every entrance alike."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._secrets = Newest[str, Secrets](SECRETS_KEPT)
        self.plan_sender = PlanSender(self._due_plans, self.send_next, self._broke)

    def start(self, sandbox_url: str) -> None:
        """Also goes on with the plans that an earlier process left."""
        super().start(sandbox_url)
        self.plan_sender.start()

    def stop(self) -> None:
        """Also sends no further variant."""
        self.plan_sender.stop()
        super().stop()

    def forget_old(self) -> None:
        """Also deletes plans that nobody has touched for long."""
        super().forget_old()
        self._store.plans.forget_old()

    # --- what a visitor does -----------------------------------------------------------------------

    def check_plan(self, submissions: Sequence[Submission], varies: str) -> CheckedPlan:
        """Every problem of every variant, and what each and all may cost; nothing is sent anywhere."""
        checks = tuple(self._check(each, each.measured) for each in submissions)
        payloads = [None if each.request is None else each.request.payload() for each in checks]
        free = not submissions or submissions[0].send_to is SendTo.SANDBOX
        prices = tuple(
            None if free or payload is None else self.price(each.send_to, payload)
            for each, payload in zip(submissions, payloads, strict=True)
        )
        known = [each for each in prices if each is not None]
        whole = _sum(known) if known and len(known) == len(prices) else None
        return CheckedPlan(checks, prices, whole, self._plan_refusal(submissions, varies, payloads))

    @needs_database
    def start_plan(self, plan_key: str, varies: str, submissions: Sequence[Submission]) -> Planned:
        """Records a plan that passes all checks, and has it sent. The same key again gives the plan that is there."""
        first = submissions[0] if submissions else None
        if first is None or (wrong := visitors.refusal(first.visitor, plan_key)) is not None:
            return Planned(CheckedPlan((), (), None, refuse("plan.how_many") if first is None else wrong))
        try:
            self._enter(first)
        except NotAllowed as error:
            return Planned(replace(self.check_plan(submissions, varies), refusal=error.refusal))
        checked = self.check_plan(submissions, varies)
        if not checked.passes:
            return Planned(checked)
        new = _new_plan(plan_key, varies, submissions)
        if first.send_to is SendTo.MY_KEY:
            account = self._account(first)
            new = replace(new, account=account.fingerprint)
            self.accounts.remember(first.who, account.key)
        self._secrets[new.id] = Secrets(first.key, first.code)
        plan = self._store.plans.add(new, for_others=self.is_web)
        if plan is None:
            return Planned(replace(checked, refusal=refuse("plan.too_many")))
        self.plan_sender.look()
        return Planned(checked, plan)

    @needs_database
    def plans_of(self, visitor: str) -> tuple[Plan, ...]:
        """A visitor's plans, the newest first."""
        return self._store.plans.of(visitor_id(visitor))

    @needs_database
    def intents_of(self, plan: Plan) -> Mapping[str, Intent]:
        """The submissions of a plan that are still here, by their ids."""
        found: dict[str, Intent] = {}
        for each in plan.variants:
            opened = each.intent_id and (self._unsaved.open(each.intent_id) or self._stored(each.intent_id))
            if opened and opened[0].visitor == plan.visitor:
                found[opened[0].id] = opened[0]
        return found

    def stop_plan(self, visitor: str, plan_id: str) -> bool:
        """Has no further variant sent; one that is on its way stays so."""
        return self._store.plans.stop(visitor_id(visitor), plan_id)

    def go_on_with_plan(self, visitor: str, plan_id: str, key: str, code: str, caller: Caller) -> bool:
        """Sends what is left of a stopped plan. `key` is needed again for a visitor's own key, `code` where one is."""
        who = visitor_id(visitor)
        plan = next((each for each in self._store.plans.of(who) if each.id == plan_id), None)
        if plan is None:
            return False
        own = plan.send_to is SendTo.MY_KEY
        if own and key:
            self.accounts.remember(who, key)
        key = key or self.accounts.key_of(who)
        self._secrets[plan_id] = Secrets(key, code)
        account = self.accounts.account_of(key) if own else ""
        goes_on = self._store.plans.go_on(
            who, plan_id, asdict(caller), spoken().value, account=account, for_others=self.is_web
        )
        self.plan_sender.look()
        return goes_on

    def remove_plan(self, visitor: str, plan_id: str) -> bool:
        """Takes a plan that does not run off the page, and what it did not send; its submissions stay."""
        return self._store.plans.remove(visitor_id(visitor), plan_id)

    def forget_key(self, visitor: str) -> None:
        """Also for the plans that are under way: they wait for it to be given again."""
        super().forget_key(visitor)
        for plan in self._store.plans.of(visitor_id(visitor)):
            self._secrets.pop(plan.id, None)

    # --- one variant -------------------------------------------------------------------------------

    def _due_plans(self) -> Sequence[str]:
        if self.serving.stage is not Stage.READY:
            return ()
        if not self.is_web:
            self._store.plans.take_up()
        return self._store.plans.running_here()

    def send_next(self, plan_id: str) -> float:
        """Sends the next variant of a plan, once, or settles the one that was on its way.

        Gives the seconds until the plan may be gone on with.
        """
        found = self._store.plans.next(plan_id)
        if found is None:
            return 0.0
        plan, variant = found
        with speaking(locale_of(plan.language)):
            settled = self._settled(plan, variant)
        if settled is None:
            return LATER_S
        self._store.plans.settle(plan, variant, settled)
        return 0.0

    def _broke(self, plan_id: str, error: Exception) -> None:
        def said(language: str) -> str:
            with speaking(locale_of(language)):
                return say("plan.broke")

        self._store.plans.broke(plan_id, kind_and_place(error), said)

    def _settled(self, plan: Plan, variant: Variant) -> Settled | None:
        """What becomes of a variant; None while that is not known, or it is not to be sent now."""
        known = self._store.newest(plan.visitor, variant.idempotency_key)
        if known is not None:
            (intent,) = self._unsaved.over([known])
            return by_intent(plan.varies, intent)
        if self._clock() - plan.updated_at > GOES_ON_S:
            return Settled(VariantState.WAITING, said=say("plan.paused"), stops=True)
        secrets = self._secrets.get(plan.id, Secrets())
        if plan.send_to is SendTo.MY_KEY:
            secrets = replace(secrets, key=self.accounts.key_of_plan(plan.visitor, plan.account, secrets.key))
        if plan.send_to is SendTo.MY_KEY and not secrets.key:
            return Settled(VariantState.WAITING, said=say("plan.needs_key"), stops=True)
        return by_result(plan.varies, self.submit(_submission(plan, variant, secrets)))

    def _plan_refusal(
        self, submissions: Sequence[Submission], varies: str, payloads: Sequence[Mapping[str, Any] | None]
    ) -> Refusal | None:
        """Why a plan is none, or would not be sent."""
        if varies not in VARIED or not LEAST_VARIANTS <= len(submissions) <= MOST_VARIANTS:
            return refuse("plan.how_many")
        bodies = [str(each) for each in payloads if each is not None]
        if len(set(bodies)) < len(bodies):
            return refuse("plan.same")
        try:
            self._account(submissions[0])
        except (NotAllowed, ApiKeyError) as error:
            return error.refusal
        return None


def _new_plan(plan_key: str, varies: str, submissions: Sequence[Submission]) -> NewPlan:
    """The plan of these submissions. Its keys follow from the plan's: one that arrives twice sends nothing twice."""
    first = submissions[0]
    plan_id = _digest(first.who, plan_key)
    asked = [{"values": dict(each.values), "measured": dict(each.measured)} for each in submissions]
    return NewPlan(
        plan_id,
        first.who,
        varies,
        first.send_to,
        first.scenario,
        first.came_from,
        asdict(first.caller),
        spoken().value,
        tuple((_digest(plan_id, str(place)), each) for place, each in enumerate(asked)),
    )


def _submission(plan: Plan, variant: Variant, secrets: Secrets) -> Submission:
    return Submission(
        values=variant.asked["values"],
        send_to=plan.send_to,
        visitor="",
        key=secrets.key,
        scenario=plan.scenario,
        idempotency_key=variant.idempotency_key,
        code=secrets.code,
        caller=Caller(**plan.caller),
        measured=variant.asked["measured"],
        came_from=plan.came_from,
        visitor_hash=plan.visitor,
    )


def _sum(prices: Sequence[Price]) -> Price:
    least, most = sum(each.least for each in prices), sum(each.most for each in prices)
    return replace(prices[0], least=least, most=most)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
