"""The use cases: check, submit, tasks, forget. The page, the named endpoints and the tests call this.

form values -> validation -> intent in the store -> one POST -> outcome and task ids in the store. The
follower takes it from there.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

from weryai_ui.access import visitors
from weryai_ui.access.accounts import DEFAULT_SCENARIO, NotAllowed, token_hash, visitor_id
from weryai_ui.access.policy import HERE, Caller
from weryai_ui.client.outcome import Outcome
from weryai_ui.client.tasks import TaskState
from weryai_ui.client.transport import Exchange
from weryai_ui.client.weryai import WeryAIClient
from weryai_ui.errors import ApiKeyError, Refusal
from weryai_ui.i18n import say
from weryai_ui.jobs.arrivals import Progress
from weryai_ui.jobs.resolving import Adopted, Unresolved, adopt, unresolved
from weryai_ui.jobs.schedule import AGE_STEPS
from weryai_ui.service.joining import Joining
from weryai_ui.service.planning import Planning
from weryai_ui.service.preparing import WEBHOOK_PATH, Submission, SubmitResult
from weryai_ui.store.database import needs_database
from weryai_ui.store.narrowing import ALL_OF_IT, Narrowing
from weryai_ui.store.records import Filter, Intent, Place, SendTo

log = logging.getLogger(__name__)


class Service(Planning, Joining):
    """Everything the app can do, for every entrance alike. Thread-safe."""

    # --- visitors ----------------------------------------------------------------------------------

    def has_key(self, visitor: str) -> bool:
        """Whether a key of this visitor's own is at hand."""
        return self.accounts.has_key(visitor_id(visitor))

    def has_key_here(self, visitor: str) -> bool:
        """The same, as far as it is known without asking the database."""
        return self.accounts.has_key_here(visitor_id(visitor))

    # --- use cases ---------------------------------------------------------------------------------

    def upload_one(self, submission: Submission, link: str) -> Refusal | None:
        """Uploads one file to where the submission would go; gives the sentence of what went wrong, or None."""
        try:
            account = self._account(submission)
        except (NotAllowed, ApiKeyError) as error:
            return error.refusal
        client = self.accounts.client(account)
        return self.uploader.send({link: say("upload.the_file")}, client, account.fingerprint).refusal

    def endpoint(self, send_to: SendTo) -> str:
        """The full URL that a submit goes to."""
        return WeryAIClient(self.accounts.base_url(send_to), "sk-none").endpoint

    def key_of(self, submission: Submission) -> str:
        """The key that a submission would go with, for a caller that shows it masked; empty when there is none."""
        try:
            return self._account(submission).key
        except (NotAllowed, ApiKeyError):
            return ""

    def callback_token(self, url: str) -> str | None:
        """The token of a callback address of this app; None for every other address.

        Letter by letter, and not by the parts of an address: those can be written in many ways.
        """
        own = f"{self.settings.public_url}/{WEBHOOK_PATH}/"
        token = url.removeprefix(own)
        return token if self.settings.public_url and url.startswith(own) and visitors.is_token(token) else None

    @needs_database
    def called_back(self, token: str, body: str) -> bool:
        """A callback arrived: its tasks are asked for now. The body is a hint only, and kept for the timeline.

        False when the token is nobody's.
        """
        heard = Exchange(
            method="POST",
            url=f"{self.settings.public_url}/{WEBHOOK_PATH}/…",
            request_text=body,
            http_status=200,
            response_text=None,
            started_at=datetime.fromtimestamp(self._clock(), UTC),
            seconds=0.0,
            retry_after=None,
        )
        return self._store.called_back(token_hash(token), heard)

    @needs_database
    def became_of(self, visitor: str, key: str) -> Progress:
        """How far the newest submission under an idempotency key has come; a record tells more, and stands for ever."""
        if self.arrivals.has(visitor, key):
            return Progress.UNDER_WAY
        self.ask_database()
        outcome = self._store.outcome(visitor_id(visitor), key)
        if outcome is None:
            return Progress.NEVER_ARRIVED
        return Progress.UNDER_WAY if outcome is Outcome.SENDING else Progress.RECORDED

    @needs_database
    def submitted(self, visitor: str, key: str) -> Intent | None:
        """The visitor's newest submission under an idempotency key; None while no record knows of one."""
        found = self._store.newest(visitor_id(visitor), key)
        return None if found is None else self._unsaved.over([found])[0]

    @needs_database
    def submit_again(
        self, visitor: str, intent_id: str, *, key: str, idempotency_key: str, code: str = "", caller: Caller = HERE
    ) -> SubmitResult | None:
        """Sends the body of one of the visitor's submissions once more, as one of its own; None when not theirs.

        Where nobody knows the outcome, the first may have been accepted and charged as well. Only a person decides
        that. `key` is needed again for a visitor's own key.
        """
        opened = self.open(visitor, intent_id)
        if opened is None:
            return None
        intent, _ = opened
        again = Submission(
            values=intent.asked,
            send_to=intent.send_to,
            visitor=visitor,
            key=key or self.accounts.key_of(intent.visitor),
            scenario=intent.scenario or DEFAULT_SCENARIO,
            idempotency_key=idempotency_key,
            code=code,
            caller=caller,
            came_from=intent.id,
        )
        return self.submit(again)

    @needs_database
    def unresolved(self, visitor: str, intent_id: str) -> Unresolved | None:
        """What can be known of a submission whose outcome is UNKNOWN, or whose task failed and may have been charged.

        None when it is not theirs, or is settled.
        """
        opened = self.open(visitor, intent_id)
        if opened is None:
            return None
        failed = any(task.state is TaskState.FAILED for task in opened[0].tasks)
        if opened[0].outcome is not Outcome.UNKNOWN and not failed:
            return None
        return unresolved(self.accounts.client_for(opened[0], now=True), opened[0])

    @needs_database
    def adopt(self, visitor: str, intent_id: str, task_id: str) -> Adopted | None:
        """Follows the task of an id that the visitor found, for their submission; None when it is not theirs."""
        opened = self.open(visitor, intent_id)
        if opened is None:
            return None
        intent = opened[0]
        adopted = adopt(self._store, self.accounts.client_for(intent, now=True), intent, task_id, self._clock())
        log.info("adopt intent=%s visitor=%s: %s", intent.id[:8], intent.visitor[:8], adopted.value)
        return adopted

    @needs_database
    def tasks(
        self,
        visitor: str,
        *,
        limit: int = 20,
        after: Place | None = None,
        filter_: Filter = Filter.ALL,
        looked_for: str = "",
        narrowing: Narrowing = ALL_OF_IT,
    ) -> tuple[Intent, ...]:
        """The visitor's submissions with their tasks, newest first; those after a place in it, or the first.

        `looked_for`: words of the prompt or of the names of files; of each the beginning is enough.
        """
        asked: dict[str, Any] = {"filter_": filter_, "looked_for": looked_for, "narrowing": narrowing}
        found = self._store.of_visitor(visitor_id(visitor), limit=limit, after=after, **asked)
        return self._unsaved.over(found)

    def known_here(self, visitor: str) -> tuple[Intent, ...]:
        """Those of the visitor's submissions that this process knows of without asking the database, newest first."""
        return self._unsaved.of_visitor(visitor_id(visitor))

    @needs_database
    def watching(self, visitor: str) -> None:
        """Notes that this visitor watches their tasks. One who comes back sees them as they are now.

        Their tasks are made due, unless the service said to wait. Where other processes work too, the one that
        follows them may not know that somebody watches.
        """
        who, interval = visitor_id(visitor), self.settings.poll_seconds
        if self._presence.seen(who):
            self._store.poll_now(who)
        elif self.processes() > 1 and self._presence.may_ask(who, interval / 2 * self.replicas()):
            self._store.poll_now(who, within_s=interval, younger_than_s=AGE_STEPS[0][0])

    @needs_database
    def version(self, visitor: str) -> str:
        """A text that changes whenever what `tasks` shows changes."""
        who = visitor_id(visitor)
        known_here = self._unsaved.version(who) + self.copier.version(who)
        return f"{self._store.version(who)}{known_here}{self.accounts.key_version(who)}"

    @needs_database
    def downloaded(self, visitor: str, intent_id: str, url: str) -> bool:
        """Notes in the timeline that the visitor's browser was told to download one of their videos.

        The browser fetches it, so that nothing is known of how that went. False when it is no video of theirs.
        """
        opened = self.open(visitor, intent_id)
        if opened is None:
            return False
        intent, timeline = opened
        if url not in {video.url for task in intent.tasks for video in task.videos}:
            return False
        if not any(each.kind == "download" and each.url == url for each in timeline):
            now = datetime.fromtimestamp(self._clock(), UTC)
            self._store.log(intent_id, "download", [Exchange("GET", url, None, None, None, now, 0.0, None)])
        return True

    @needs_database
    def forget(self, visitor: str, intent_id: str) -> bool:
        """Deletes one of the visitor's submissions here. Nothing is deleted at the service."""
        forgotten = self._store.forget(visitor_id(visitor), intent_id)
        self.copier.look()
        return forgotten
