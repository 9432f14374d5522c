"""The paid path: a submission is decided once, recorded, posted once, and what became of it is recorded.

form values -> validation -> intent in the store -> one POST -> outcome and task ids in the store.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from weryai_ui.access import visitors
from weryai_ui.access.accounts import Account, token_hash, visitor_id
from weryai_ui.access.policy import Caller, spent_words
from weryai_ui.client.outcome import Outcome
from weryai_ui.client.transport import Exchange
from weryai_ui.client.weryai import WeryAIClient
from weryai_ui.errors import DatabaseAway, Refusal, refuse
from weryai_ui.files.storage import FilesAway
from weryai_ui.jobs.unsaved import NoRoom, Room, as_reported
from weryai_ui.request.fields import GenerationRequest
from weryai_ui.request.findings import CheckResult
from weryai_ui.request.price import Shape
from weryai_ui.service.preparing import Prepared, Preparing, Submission, SubmitResult
from weryai_ui.store.budget import BudgetSpent, Charge
from weryai_ui.store.copy_records import ReferenceFile
from weryai_ui.store.ledger_records import NewEntry
from weryai_ui.store.records import Identity, Intent, NewIntent, SendTo
from weryai_ui.store.stops import SpendingStopped
from weryai_ui.store.used_keys import KeyUsed

log = logging.getLogger(__name__)

TURN_PATIENCE_S = 30.0
"""What would have to wait longer for its turn is not sent."""


class Submitting(Preparing):
    """Sends what is decided, once, for every entrance alike."""

    def submit(self, submission: Submission) -> SubmitResult:
        """Checks, records the intent, posts once, records what became of it.

        Never posts when there is a problem, when access refuses, or when the same was here before; nor without
        a visitor token and an idempotency key, by which that could be told.
        Raises nothing for anything on the wire: the outcome stands in the intent.
        """
        with self.serving.submission() as taken:
            refusal = visitors.refusal(submission.visitor or submission.visitor_hash, submission.idempotency_key)
            if not taken or refusal is not None:
                refusal = refusal if taken else refuse("access.restarting")
                return SubmitResult(self._check(submission), None, refusal)
            checked = self._check(submission, self._measured(submission))
            asked = None if checked.request is None else _as_body(checked.request)
            earlier = None if asked is None else self._earlier(submission, checked, asked)
            if asked is None or earlier is not None:
                return earlier or SubmitResult(checked, None, self.refusal(submission))
            prepared = self._prepared(submission, checked)
            if prepared.request is None or prepared.account is None:
                return SubmitResult(prepared.checked, None, prepared.refusal)
            if refused := self._wait_for_turn(submission, prepared.account):
                return SubmitResult(prepared.checked, None, refused)
            return self._submit(submission, prepared, asked, prepared.request, prepared.account)

    def _wait_for_turn(self, submission: Submission, account: Account) -> Refusal | None:
        """Waits until a submit of this account may leave; gives the sentence of why it does not in time."""
        apart_s = self.settings.submits_apart_s
        if submission.send_to is SendTo.SANDBOX or not apart_s:
            return None
        try:
            wait_s = self._store.take_turn(account.fingerprint, apart_s, TURN_PATIENCE_S)
        except SQLAlchemyError as error:
            log.error("nothing was sent, the database gave no turn: %s", type(error).__name__)
            return refuse("access.database_away")
        if wait_s is None:
            return refuse("access.no_turn", apart=f"{apart_s:g}", seconds=f"{TURN_PATIENCE_S:g}")
        with self.arrivals.waiting(submission.visitor or submission.who, submission.idempotency_key, wait_s):
            return None if self.serving.pause(wait_s) else refuse("access.restarting")

    def _submit(
        self, submission: Submission, prepared: Prepared, asked: str, request: GenerationRequest, account: Account
    ) -> SubmitResult:
        """Takes room for what comes back, and sends. `asked`: the body with the files' own links.

        A file that is uploaded again gets another link from the service, and the submission stays the same.
        """
        visitor = submission.who
        # A visitor who submits is watching: the next question of their page is no return, to a task that was just made.
        self._presence.seen(visitor)
        request, callback = self._with_callback(request)
        new = NewIntent(
            visitor=visitor,
            idempotency_key=submission.idempotency_key,
            asked=asked,
            body=asked if request is prepared.checked.request else _as_body(request),
            send_to=submission.send_to,
            scenario=account.key if submission.send_to is SendTo.SANDBOX else None,
            endpoint=self.accounts.client(account).endpoint,
            webhook_hash=callback and token_hash(callback),
            credits_before=self.balances.spend(account.fingerprint),
            came_from=submission.came_from or None,
        )
        try:
            with self._unsaved.room(new) as room:
                return self._send(submission, prepared, new, account, room)
        except NoRoom:
            log.error("nothing was sent, there is no room for what comes back")
            return self._repeated(prepared.checked, self._first_of(new), refuse("access.no_room"))

    def _send(
        self, submission: Submission, prepared: Prepared, new: NewIntent, account: Account, room: Room
    ) -> SubmitResult:
        """Records the intent, posts once, records what became of it."""
        checked = prepared.checked
        try:
            payload = json.loads(new.body)
            entry = self._entry(submission, payload, account)
            begun = self._store.begin(new, self._charge(submission, payload), entry)
        except KeyUsed:  # since it was looked for
            return SubmitResult(checked, None, refuse("access.key_used"))
        except SpendingStopped:
            return SubmitResult(checked, None, refuse("access.stopped"))
        except BudgetSpent as spent:
            log.info(
                "refused request=%s visitor=%s to=%s budget=%s limit=%d",
                submission.caller.request_id,
                new.visitor[:8],
                submission.send_to,
                spent.rule,
                spent.limit,
            )
            return SubmitResult(checked, None, spent_words(spent, self._clock()))
        except SQLAlchemyError as error:
            log.error("nothing was sent, the database refused the intent: %s", type(error).__name__)
            known = self._first_of(new)
            return self._repeated(checked, known, refuse("access.database_away"))
        if not begun.new:
            (first,) = self._unsaved.over([begun.intent])
            return SubmitResult(checked, first, repeats=True)
        if submission.send_to is SendTo.MY_KEY:
            self.accounts.sent(begun.intent.id, submission.who, account)
        intent = self._post(begun.intent, room, self.accounts.client(account), submission.caller)
        if not intent.unsaved:
            self._log_uploads(intent, prepared.uploads)
            self._note_references(intent, checked.request)
        return SubmitResult(checked, intent)

    def _first_of(self, new: NewIntent) -> Intent | None:
        """The submission that this one repeats, as far as that can be known while the database takes nothing."""
        with suppress(SQLAlchemyError, DatabaseAway, KeyUsed):
            return self._known(new.identity)
        return None

    @staticmethod
    def _repeated(checked: CheckResult, known: Intent | None, refusal: Refusal) -> SubmitResult:
        return SubmitResult(checked, None, refusal) if known is None else SubmitResult(checked, known, repeats=True)

    def _earlier(self, submission: Submission, checked: CheckResult, asked: str) -> SubmitResult | None:
        """What became of the same submission when it was here before; None when it is new. It needs no upload again."""
        try:
            known = self._known(Identity.of(submission.who, submission.idempotency_key, asked))
        except KeyUsed:
            return SubmitResult(checked, None, refuse("access.key_used"))
        except (SQLAlchemyError, DatabaseAway) as error:
            log.error("nothing was sent, the database did not answer: %s", type(error).__name__)
            return SubmitResult(checked, None, refuse("access.database_away"))
        return None if known is None else SubmitResult(checked, known, repeats=True)

    def _known(self, identity: Identity) -> Intent | None:
        """The submission that was here before, as this process knows it.

        Raises `KeyUsed`, and `SQLAlchemyError` or `DatabaseAway` where only the database could say.
        """
        known = self._unsaved.same(identity)
        if known is not None:
            return known
        self.ask_database()
        found = self._store.same(identity)
        return None if found is None else self._unsaved.over([found])[0]

    def _log_uploads(self, intent: Intent, exchanges: Sequence[Exchange]) -> None:
        try:
            self._store.log(intent.id, "upload", exchanges)
        except SQLAlchemyError as error:
            # Only the timeline is poorer; the outcome and the task ids are safe.
            log.error("the uploads of %s were not recorded: %s", intent.id[:8], type(error).__name__)

    def _note_references(self, intent: Intent, request: GenerationRequest | None) -> None:
        """Notes which files of this app a submission used: they are kept as long as what came of it."""
        links = () if request is None or intent.outcome is not Outcome.ACCEPTED else request.references()
        found = ((field, number, self.uploads.get(link)) for field, number, link in links)
        try:
            files = [ReferenceFile(field, number, each.link, each.name) for field, number, each in found if each]
            self.copies.note_references(intent.id, intent.visitor, files)
        except (SQLAlchemyError, FilesAway) as error:
            log.error("the references of %s were not noted: %s", intent.id[:8], type(error).__name__)

    def _post(self, intent: Intent, room: Room, client: WeryAIClient, caller: Caller) -> Intent:
        room.begun(intent)
        submission = client.submit(intent.body.encode())
        self._unsaved.keep(room, submission)
        log.info(
            "submit request=%s intent=%s visitor=%s to=%s outcome=%s http=%s code=%s tasks=%d seconds=%.2f",
            caller.request_id,
            intent.id[:8],
            intent.visitor[:8],
            intent.send_to,
            submission.outcome,
            submission.exchange.http_status,
            submission.code,
            len(submission.task_ids),
            submission.exchange.seconds,
        )
        if self.settings.log_prompts:
            log.info("prompt intent=%s %r", intent.id[:8], intent.payload.get("prompt", ""))
        first_due_at = self._clock() + self._interval(intent)
        ids = ",".join(submission.task_ids)
        try:
            recorded = self._store.finish(intent.id, submission, first_due_at)
        except SQLAlchemyError as error:
            log.error("the outcome of %s waits for the database, tasks=%s: %s", intent.id, ids, type(error).__name__)
            return as_reported(intent, submission)
        except KeyError:
            log.warning("intent %s was forgotten on its way, tasks=%s", intent.id[:8], ids)
            recorded = replace(as_reported(intent, submission), unsaved=False)
        room.recorded()
        return recorded

    def _charge(self, submission: Submission, payload: Mapping[str, Any]) -> Charge | None:
        limits = self.access.budget(submission.send_to)
        if limits is None:
            return None
        payer = self._payer(submission.who, submission.caller)
        price = self.price(submission.send_to, payload) if limits.counts_credits else None
        return Charge(payer, payload.get("video_number", 1), limits, None if price is None else price.most)

    @staticmethod
    def _payer(visitor: str, caller: Caller) -> str:
        """Whom an hour's limit is about: the person behind a login, else the visitor."""
        return visitor_id(caller.name) if caller.name else visitor

    def _entry(self, submission: Submission, payload: Mapping[str, Any], account: Account) -> NewEntry | None:
        """What the ledger is told of a submission; the sandbox is free."""
        if submission.send_to is SendTo.SANDBOX:
            return None
        own = submission.send_to is SendTo.MY_KEY
        key = self.accounts.sealed(submission.who, account) if own else None
        return NewEntry(account.fingerprint, account.base_url, submission.caller.name, Shape.of(payload), key)


def _as_body(request: GenerationRequest) -> str:
    return json.dumps(request.payload(), ensure_ascii=False, separators=(",", ":"))
