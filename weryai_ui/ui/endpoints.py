"""The named endpoints: what `gradio_client` and agents call. Typed, documented, the same service as the page."""

from __future__ import annotations

from typing import Any, Literal

import gradio as gr
from gradio.events import api

from weryai_ui.access import visitors
from weryai_ui.access.policy import SendTo
from weryai_ui.request.validation import CheckResult, Finding
from weryai_ui.service import Service, Submission
from weryai_ui.ui import views
from weryai_ui.ui.http.caller import caller_of, masks_errors

SUBMITS_AT_ONCE = 32


def publish(service: Service) -> None:
    """Publishes `/check`, `/generate` and `/tasks`."""

    def check(request: dict[str, Any]) -> dict[str, Any]:
        """Check a request body without sending it; also gives a `visitor` token to submit under.

        Args:
            request: the body's fields by name, as the reference page documents them.

        Returns:
            `ok`, the `problems` and `warnings` (each with field, rule and text), and the `payload` that would go out.
        """
        return {**_checked(service.check(request)), "visitor": visitors.new_token()}

    def generate(
        request: dict[str, Any],
        send_to: Literal["sandbox", "my-key", "owner-key"] = "sandbox",
        key: str = "",
        visitor: str = "",
        press: str = "",
        code: str = "",
        asked_by: gr.Request | None = None,
    ) -> dict[str, Any]:
        """Check a request body and submit it once.

        Args:
            request: the body's fields by name.
            send_to: "sandbox" (free), "my-key" (with `key`) or "owner-key" (when the owner opened it).
            key: a WeryAI key for "my-key"; for "sandbox" a scenario key such as "sk-sandbox-fails".
            visitor: your visitor token, needed: 32 to 128 letters, digits, - or _, made at random once and kept, for
                example by Python's `secrets.token_urlsafe(32)`; `/check` gives one too. Tasks are collected under it.
            code: the owner's access code, once, when "owner-key" asks for it.
            press: the idempotency key, 8 to 64 letters, digits, - or _: the same one again, with the same visitor and
                body, never submits a second time, whatever became of the first answer. Without one the call is a
                submission of its own, and the answer says which key it was given.

        Returns:
            What `/check` returns, `visitor`, `press`, `refusal` (why nothing was sent, or null), and `task` (as in
            `/tasks`).
        """
        press = visitors.new_key() if press in ("", None) else press
        caller = caller_of(asked_by)
        submission = Submission(
            request, SendTo(send_to), visitor, key=key, scenario=key, idempotency_key=press, code=code, caller=caller
        )
        submitted = service.submit(submission)
        return {
            **_checked(submitted.checked),
            "visitor": visitor,
            "press": press,
            "refusal": submitted.refusal,
            "task": None if submitted.intent is None else views.as_data(submitted.intent),
        }

    def tasks(visitor: str, limit: int = 20) -> list[dict[str, Any]]:
        """A visitor's submits, newest first, with the state and the videos of every task.

        Args:
            visitor: the token that `/generate` returned.
            limit: how many at most, 1 to 100.

        Returns:
            For each submit: `outcome`, `request`, `http_status`, `envelope` (as it came, as text), `explanation`,
            and `tasks` with `task_id`, `state`, `videos` and `message`.
        """
        service.watching(visitor)
        return [views.as_data(intent) for intent in service.tasks(visitor, limit=max(1, min(int(limit), 100)))]

    api(masks_errors(check), api_name="check")
    api(masks_errors(generate), api_name="generate", concurrency_limit=SUBMITS_AT_ONCE)
    api(masks_errors(tasks), api_name="tasks")


def _checked(checked: CheckResult) -> dict[str, Any]:
    return {
        "ok": checked.request is not None,
        "problems": [_finding(found) for found in checked.problems],
        "warnings": [_finding(found) for found in checked.warnings],
        "payload": None if checked.request is None else checked.request.payload(),
    }


def _finding(found: Finding) -> dict[str, str]:
    return {"field": found.field, "rule": found.rule, "text": found.text}
