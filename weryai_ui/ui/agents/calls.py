"""What each call of a program or an agent does: a contract's input in, its output out, through the same service.

Nothing here is held open for longer than a minute, and what waits holds no thread.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from weryai_ui.access import visitors
from weryai_ui.access.policy import Caller
from weryai_ui.errors import AppError, refuse
from weryai_ui.i18n import say
from weryai_ui.request.findings import CheckResult, Finding
from weryai_ui.service import Service
from weryai_ui.service.preparing import Submission, SubmitResult
from weryai_ui.store.records import Intent, SendTo
from weryai_ui.ui.agents import contract, errors
from weryai_ui.ui.http.caller import where
from weryai_ui.ui.http.pools import Pools
from weryai_ui.ui.http.turns import to, who_asks
from weryai_ui.ui.sharing import link_of, options_of
from weryai_ui.ui.views import details
from weryai_ui.ui.views.cards import is_busy

log = logging.getLogger(__name__)

ANSWER_S = 10.0
"""So long generate waits for what becomes of the post; the post goes on beyond that."""
LOOK_EVERY_S = 0.5
AGAIN_S = 5.0


@dataclass(frozen=True)
class Asked:
    """Who asks: what the server knows of the caller, and the request that it came with."""

    caller: Caller
    request: Request | None = None


class Calls:
    """The calls of one server, by name. Lives in the loop that serves."""

    def __init__(self, service: Service, pools: Pools) -> None:
        self._service = service
        self._pools = pools
        self._under_way: dict[str, asyncio.Task[SubmitResult]] = {}
        self._by_name: Mapping[str, Callable[[Any, Asked], Awaitable[contract.Answer]]] = {
            "check": self.check,
            "generate": self.generate,
            "tasks": self.tasks,
            "wait": self.wait,
            "share": self.share,
            "unshare": self.unshare,
        }

    async def answer(self, call: contract.Call, arguments: Mapping[str, Any], asked: Asked) -> contract.Answer:
        """What a call answers, whatever it was given: a failure is an answer with an `error`."""
        try:
            return await self._by_name[call.name](call.inputs.model_validate(dict(arguments)), asked)
        except ValidationError as wrong:
            return call.output(error=errors.of_arguments(wrong))
        except AppError as refused:
            return call.output(error=errors.of_refusal(refused.refusal))
        except Exception as error:  # noqa: BLE001 - its text may quote anything; the log names its kind and place
            log.error("failed request=%s in=%s with=%s", asked.caller.request_id, call.name, where(error))
            refusal = refuse("access.went_wrong", request_id=asked.caller.request_id)
            return call.output(error=errors.of_refusal(refusal))

    async def check(self, given: contract.CheckInput, asked: Asked) -> contract.Checked:
        """The findings of a request, and a new visitor token."""
        async with self._pools.place("check", who_asks(asked.request, "")):
            checked = await run_in_threadpool(self._service.check, given.request)
        return contract.Checked(**_findings(checked), visitor=visitors.new_token())

    async def generate(self, given: contract.GenerateInput, asked: Asked) -> contract.Generated:
        """One submission; the same one that is under way is not handed on a second time."""
        visitor, press = given.visitor, given.press or visitors.new_key()
        if given.send_to is SendTo.SANDBOX and not (given.visitor or given.press):
            # Nothing is spent, and the answer says under which token: a first try needs no more than a request.
            visitor = visitors.new_token()
        submission = Submission(
            given.request,
            given.send_to,
            visitor,
            key=given.key,
            scenario=given.key,
            idempotency_key=press,
            code=given.code,
            caller=asked.caller,
        )
        named = given.model_copy(update={"visitor": visitor, "press": press})
        under_way = self._submitting(submission, named, asked)
        try:
            submitted = await asyncio.wait_for(asyncio.shield(under_way), ANSWER_S)
        except TimeoutError:
            return await self._still_sending(visitor, press)
        return _generated(submitted, visitor, press)

    def _submitting(
        self, submission: Submission, given: contract.GenerateInput, asked: Asked
    ) -> asyncio.Task[SubmitResult]:
        """The submission on its way, begun with the first of its arrivals. It goes on when every caller has gone."""
        name = json.dumps([given.model_dump(mode="json"), asked.caller.login, asked.caller.user])
        if (under_way := self._under_way.get(name)) is not None:
            return under_way
        task = asyncio.create_task(self._submit(submission, asked))
        self._under_way[name] = task

        def over(done: asyncio.Task[SubmitResult]) -> None:
            del self._under_way[name]
            if not done.cancelled():
                done.exception()  # told to whoever still waits

        task.add_done_callback(over)
        return task

    async def _submit(self, submission: Submission, asked: Asked) -> SubmitResult:
        pool = to("submit", submission.send_to)
        with self._service.arrivals.noted(submission.visitor, submission.idempotency_key):
            async with self._pools.place(pool, who_asks(asked.request, submission.visitor)):
                return await run_in_threadpool(self._service.submit, submission)

    async def _still_sending(self, visitor: str, press: str) -> contract.Generated:
        intent = await run_in_threadpool(self._service.submitted, visitor, press)
        refusal = refuse("access.still_sending", seconds=f"{ANSWER_S:g}")
        answer = contract.Generated(ok=True, visitor=visitor, press=press, error=errors.of_refusal(refusal))
        if intent is None:
            return answer
        return answer.model_copy(update={"id": intent.id, "task": submission_of(intent), "payload": intent.payload})

    async def tasks(self, given: contract.TasksInput, asked: Asked) -> contract.Tasks:
        """A visitor's submissions, who is then watching them."""

        def found() -> tuple[Intent, ...]:
            self._service.watching(given.visitor)
            return self._service.tasks(given.visitor, limit=given.limit)

        intents = await self._asked(found, given.visitor, asked)
        return contract.Tasks(tasks=[submission_of(each) for each in intents])

    async def wait(self, given: contract.WaitInput, asked: Asked) -> contract.Waited:
        """The end of a submission, or where it stands when the time is over."""
        end = time.monotonic() + given.seconds
        async with self._pools.place("wait", who_asks(asked.request, given.visitor)):
            while True:
                intent = await run_in_threadpool(self._looked_at, given.visitor, given.id)
                if intent is None and not self._service.arrivals.has(given.visitor, given.id):
                    return contract.Waited(error=errors.of_refusal(refuse("access.not_yours")))
                over = intent is not None and not is_busy(intent)
                if over or time.monotonic() >= end:
                    return _waited(intent, over)
                await asyncio.sleep(min(LOOK_EVERY_S, max(0.0, end - time.monotonic())))

    def _looked_at(self, visitor: str, name: str) -> Intent | None:
        self._service.watching(visitor)
        opened = self._service.open(visitor, name)
        return opened[0] if opened else self._service.submitted(visitor, name)

    async def share(self, given: contract.ShareInput, asked: Asked) -> contract.Shared:
        """A page, and its link."""
        options = options_of(None if given.options is None else given.options.model_dump())
        share = self._service.sharing.share
        token, made = await self._asked(
            lambda: share(given.visitor, tuple(given.intents), options), given.visitor, asked
        )
        link = link_of(self._service, token, asked.request)
        return contract.Shared(link=link, id=made.id, expires_at=made.expires_at)

    async def unshare(self, given: contract.UnshareInput, asked: Asked) -> contract.Unshared:
        """Whether there was such a page."""
        stop = self._service.sharing.stop
        stopped = await self._asked(lambda: stop(given.visitor, given.share), given.visitor, asked)
        return contract.Unshared(stopped=stopped)

    async def _asked(self, question: Callable[[], Any], visitor: str, asked: Asked) -> Any:
        async with self._pools.place("question", who_asks(asked.request, visitor)):
            return await run_in_threadpool(question)


def submission_of(intent: Intent) -> contract.SubmissionOut:
    """A submission as programs see it."""
    return contract.SubmissionOut.model_validate(details.as_data(intent))


def _generated(submitted: SubmitResult, visitor: str, press: str) -> contract.Generated:
    intent = submitted.intent
    answer = contract.Generated(**_findings(submitted.checked), visitor=visitor, press=press, refusal=submitted.refusal)
    if intent is not None:
        told = {"id": intent.id, "task": submission_of(intent), "error": errors.of_outcome(intent)}
        return answer.model_copy(update=told)
    error = None if submitted.refusal is None else errors.of_refusal(submitted.refusal)
    return answer.model_copy(update={"error": error or errors.of_problems(each.text for each in answer.problems)})


def _waited(intent: Intent | None, over: bool) -> contract.Waited:
    submission = None if intent is None else submission_of(intent)
    if over and intent is not None:
        return contract.Waited(
            done=True, says=say("access.ended"), submission=submission, error=errors.of_outcome(intent)
        )
    says = say("access.still_going", seconds=f"{AGAIN_S:g}")
    return contract.Waited(says=says, retry_in_s=AGAIN_S, submission=submission)


def _findings(checked: CheckResult) -> dict[str, Any]:
    problems = [_finding(each) for each in checked.problems]
    return {
        "ok": checked.request is not None,
        "problems": problems,
        "warnings": [_finding(each) for each in checked.warnings],
        "payload": None if checked.request is None else checked.request.payload(),
    }


def _finding(found: Finding) -> contract.FindingOut:
    return contract.FindingOut(field=found.field, rule=found.rule, text=found.text)


def as_json(answer: BaseModel) -> dict[str, Any]:
    """An answer as data."""
    return answer.model_dump(mode="json")
