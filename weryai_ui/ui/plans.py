"""What the scripts ask about plans: several variants of the form, checked, sent, stopped, gone on with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weryai_ui.access import visitors
from weryai_ui.access.policy import Caller
from weryai_ui.request.fields import FIELDS
from weryai_ui.service import Service
from weryai_ui.service.planning import VARIED, CheckedPlan
from weryai_ui.service.preparing import Submission
from weryai_ui.store.plan_records import MOST_VARIANTS
from weryai_ui.store.records import SendTo
from weryai_ui.ui.form_values import measured_of
from weryai_ui.ui.http.params import intent_id, text
from weryai_ui.ui.views import plans as views


class PlanQuestions:
    """One method a question; each takes one JSON value and looks everything up for the visitor that it names."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def of(self, visitor: str) -> list[dict[str, Any]]:
        """The visitor's plans for the page, the newest first."""
        found = self._service.plans_of(visitor) if visitor else ()
        return [views.plan(each, self._service.intents_of(each)) for each in found]

    def check_plan(self, params: Any, caller: Caller) -> dict[str, Any]:
        """Every problem and price of `{"form", "varies", "values"}`.

        `values` are those of the field that varies, in place of the form's own. `passes`: whether all may be sent.
        """
        varies, submissions = _submissions(params, caller)
        return self._checked(self._service.check_plan(submissions, varies), submissions)

    def start_plan(self, params: Any, caller: Caller) -> dict[str, Any]:
        """Sends that as a plan, once for each `plan_key`; `plan` where it passes, else what `check_plan` says."""
        varies, submissions = _submissions(params, caller)
        planned = self._service.start_plan(text(params, "plan_key"), varies, submissions)
        if planned.plan is None:
            return self._checked(planned.checked, submissions)
        return {"plan": planned.plan.id, **self._plans(params)}

    def stop_plan(self, params: Any) -> dict[str, Any]:
        """Has no further variant of `{"visitor", "plan"}` sent; gives the plans."""
        self._service.stop_plan(text(params, "visitor"), text(params, "plan"))
        return self._plans(params)

    def go_on_with_plan(self, params: Any, caller: Caller) -> dict[str, Any]:
        """Sends what is left of `{"visitor", "plan"}`, with its `key` or `code`; gives the plans."""
        visitor, plan = text(params, "visitor"), text(params, "plan")
        self._service.go_on_with_plan(visitor, plan, text(params, "key"), text(params, "code"), caller)
        return self._plans(params)

    def remove_plan(self, params: Any) -> dict[str, Any]:
        """Takes `{"visitor", "plan"}` off the page, where it does not run; gives the plans."""
        self._service.remove_plan(text(params, "visitor"), text(params, "plan"))
        return self._plans(params)

    def _plans(self, params: Any) -> dict[str, Any]:
        return {"plans": self.of(text(params, "visitor"))}

    def _checked(self, checked: CheckedPlan, submissions: list[Submission]) -> dict[str, Any]:
        allowance = None
        if submissions and submissions[0].send_to is not SendTo.SANDBOX:
            allowance = self._service.allowance(submissions[0].visitor, submissions[0].caller)
        return views.checked(checked, submissions[0].send_to if submissions else SendTo.SANDBOX, allowance)


def _submissions(params: Any, caller: Caller) -> tuple[str, list[Submission]]:
    """What a plan would submit, whatever the script sent; the field that varies, and empty where it is none."""
    form = params.get("form") if isinstance(params, dict) else None
    values = params.get("values") if isinstance(params, dict) else None
    varies, where = text(params, "varies"), text(form, "send-to")
    if not isinstance(form, dict) or not isinstance(values, list) or varies not in VARIED or where not in set(SendTo):
        return "", []
    # One more than there may be, so that too many are seen to be.
    return varies, [_submission(params, form, {varies: each}, caller) for each in values[: MOST_VARIANTS + 1]]


def _submission(params: Any, form: Mapping[str, Any], varied: Mapping[str, Any], caller: Caller) -> Submission:
    return Submission(
        values={**{name: form.get(name) for name in FIELDS}, **varied},
        send_to=SendTo(text(form, "send-to")),
        visitor=text(params, "visitor"),
        key=text(params, "key"),
        scenario=text(form, "scenario"),
        idempotency_key=visitors.new_key(),
        measured=measured_of(text(params, "measured")),
        code=text(params, "code"),
        caller=caller,
        came_from=intent_id(text(params, "came_from")),
    )
