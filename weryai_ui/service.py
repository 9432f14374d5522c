"""The use cases: check, submit, tasks, forget. The page, the named endpoints and the tests call this.

form values -> validation -> intent in the store -> one POST -> outcome and task ids in the store. The
follower takes it from there.
"""

from __future__ import annotations

import json
import logging
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from weryai_ui.access import visitors
from weryai_ui.access.accounts import DEFAULT_SCENARIO, Account, Accounts, NotAllowed, token_hash, visitor_id
from weryai_ui.access.policy import HERE, Access, Caller, SendTo, spent_words
from weryai_ui.client.transport import Exchange
from weryai_ui.client.weryai import WeryAIClient
from weryai_ui.errors import ApiKeyError, DatabaseAway
from weryai_ui.files.forwarding import Uploader
from weryai_ui.files.remote_clips import RemoteClips
from weryai_ui.files.uploads import Uploads
from weryai_ui.i18n import say
from weryai_ui.jobs.arrivals import Arrivals, Progress
from weryai_ui.jobs.follower import Follower, base_interval
from weryai_ui.jobs.presence import Presence
from weryai_ui.jobs.serving import Serving, Stage
from weryai_ui.jobs.unsaved import NoRoom, Room, Unsaved, as_reported
from weryai_ui.request.fields import FIELDS, GenerationRequest
from weryai_ui.request.references import Reference, links_of
from weryai_ui.request.validation import CheckResult, check
from weryai_ui.settings import Settings
from weryai_ui.store.budget import BudgetSpent, Charge, Remaining
from weryai_ui.store.database import needs_database
from weryai_ui.store.records import Filter, Identity, Intent, IntentState, LoggedExchange, NewIntent, Place
from weryai_ui.store.retention import TRANSACTIONS_AT_ONCE, Rule, rules
from weryai_ui.store.submissions import Store
from weryai_ui.store.used_keys import KeyUsed

log = logging.getLogger(__name__)

WEBHOOK_PATH = "webhook"
NOTHING_MEASURED: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True)
class Submission:
    """One submission: the form as typed, and on whose account it goes.

    `key` is used only for `SendTo.MY_KEY`, `scenario` (a sandbox key) only for the sandbox, `code` (the owner's
    access code) only for the owner's key. `idempotency_key` is one for each submission: the same key with the
    same body is the same submission, however often it arrives. One that names none gets its own. `measured`: seconds of
    clips behind links, as the browser read them; it can only add problems. `caller` is what the server itself knows of
    who asks.
    """

    values: Mapping[str, Any]
    send_to: SendTo
    visitor: str = field(repr=False)
    key: str = field(default="", repr=False)
    scenario: str = DEFAULT_SCENARIO
    idempotency_key: str = field(default_factory=visitors.new_key)
    code: str = field(default="", repr=False)
    caller: Caller = HERE
    measured: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Prepared:
    """A submission that is ready to be sent, or the reasons why not.

    `request` has the service's own links in place of files; it is None with problems or a `refusal`.
    """

    checked: CheckResult
    request: GenerationRequest | None = None
    refusal: str | None = None
    uploads: tuple[Exchange, ...] = ()


@dataclass(frozen=True)
class SubmitResult:
    """What became of a submission. `intent` is None when nothing was sent because of problems or a refusal.

    `repeats`: the same submission was here before. The intent is that one, and nothing was sent now.
    """

    checked: CheckResult
    intent: Intent | None
    refusal: str | None = None
    repeats: bool = False


@dataclass(frozen=True)
class Allowance:
    """What a visitor may still send with the owner's key and with their own.

    `needs_code`: the owner's key waits for the access code. `left`: for each destination with limits, what is left.
    """

    needs_code: bool
    left: Mapping[SendTo, tuple[Remaining, ...]]


class Service:
    """Everything the app can do, for every entrance alike. Thread-safe.

    `clock` is what people read and the store keeps; every wait and lease within this process is by `monotonic`.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        *,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings
        self.access = Access(settings, clock=monotonic)
        self.accounts = Accounts(settings, self.access)
        self.serving = Serving()
        self._store = store
        self._clock = clock
        self.arrivals = Arrivals()
        self._unsaved = Unsaved(settings.data_dir)
        self.uploads = Uploads(settings.data_dir / "uploads", clock=clock, monotonic=monotonic)
        self.uploader = Uploader(self.uploads, clock=monotonic)
        self.remote_clips = RemoteClips()
        self._presence = Presence(monotonic)
        self.follower = Follower(
            store,
            client_for=self.accounts.client_for,
            interval=self._interval,
            visitors_with_keys=self.accounts.visitors_with_keys,
            made_with=self.accounts.is_its_own,
            without_key=self.accounts.without_key,
            polls_at_once=settings.polls_at_once,
            housekeeping=lambda: self._unsaved.take_up(self._store, self._clock()),
            forget_old=self.forget_old,
            clock=clock,
            monotonic=monotonic,
        )

    def start(self, sandbox_url: str) -> None:
        """Takes up what an earlier process left behind and begins to follow."""
        self.accounts.sandbox_url = sandbox_url.rstrip("/")
        if advice := self.access.advice():
            log.warning(advice)
        self._take_up_unsaved()
        self.follower.start()
        self.serving.enter(Stage.READY)

    def drain(self, seconds: float) -> int:
        """Takes no more submissions, and waits so long for those under way; gives how many are left."""
        log.info("stopping: no more submissions are taken")
        return self.serving.drain(seconds)

    def stop(self) -> None:
        """Stops following; what is unfinished stays in the store for the next start."""
        self.follower.stop()
        self._take_up_unsaved()
        self._unsaved.close()
        self._store.close()

    # --- visitors ----------------------------------------------------------------------------------

    def remember_key(self, visitor: str, key: str) -> None:
        """Keeps a visitor's own key in memory, so that their tasks can be followed. Raises `ApiKeyError`."""
        if visitor:
            self.accounts.remember(visitor_id(visitor), key)

    def has_key(self, visitor: str) -> bool:
        """Whether this process holds a key of this visitor's own."""
        return self.accounts.has_key(visitor_id(visitor))

    # --- use cases ---------------------------------------------------------------------------------

    def check(self, values: Mapping[str, Any], measured: Mapping[str, float] = NOTHING_MEASURED) -> CheckResult:
        """Every problem and warning of these form values; nothing is sent anywhere."""
        known = {link: Reference(link, seconds) for link, seconds in measured.items()}
        return check(values, self.settings.models, known | self.uploads.known(links_of(values)))

    def prepare(self, submission: Submission) -> Prepared:
        """Everything but the post: checks, access, and the files that the request names uploaded to where it goes."""
        return self._prepared(submission, self.check(submission.values, self._measured(submission)))

    def _prepared(self, submission: Submission, checked: CheckResult) -> Prepared:
        request = checked.request
        if request is None:
            return Prepared(checked, refusal=self.refusal(submission))
        if submission.send_to is SendTo.SANDBOX and request.webhook_url is not None:
            checked = checked.with_warning("webhook_url", "webhook_sandbox")
        try:
            self._enter(submission)
            account = self._account(submission)
        except (NotAllowed, ApiKeyError) as error:
            log.info(
                "refused request=%s visitor=%s to=%s: not open to this visitor",
                submission.caller.request_id,
                visitor_id(submission.visitor)[:8],
                submission.send_to,
            )
            return Prepared(checked, refusal=str(error))
        files = request.files()
        if not files:
            return Prepared(checked, request)
        client = self.accounts.client(account)
        sent = self.uploader.send(files, client, account.fingerprint)
        if sent.refusal is not None:
            return Prepared(checked, refusal=sent.refusal, uploads=sent.exchanges)
        return Prepared(checked, request.with_links(sent.links), uploads=sent.exchanges)

    def _measured(self, submission: Submission) -> Mapping[str, float]:
        """Seconds of clips behind links: as the browser read them, and as this server does where it may."""
        if not self.settings.measure_links:
            return submission.measured
        clips = links_of({name: submission.values.get(name) for name in ("videos", "audios")})
        most = sum(FIELDS[name].max_length or 0 for name in ("videos", "audios"))
        far = [link for link in clips if link.startswith(("http://", "https://"))][:most]
        return {**submission.measured, **self.remote_clips.seconds(far)}

    def upload_one(self, submission: Submission, link: str) -> str | None:
        """Uploads one file to where the submission would go; gives the sentence of what went wrong, or None."""
        try:
            account = self._account(submission)
        except (NotAllowed, ApiKeyError) as error:
            return str(error)
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

    def refusal(self, submission: Submission) -> str | None:
        """Why a submission would not be sent although its values are right, in a sentence; None when it would."""
        try:
            self._account(submission)
        except (NotAllowed, ApiKeyError) as error:
            return str(error)
        return None

    def balance(self, submission: Submission) -> int | None:
        """The credits of the account that a submission would go to; None when it may not be asked or does not say.

        A visitor's own key is the one in memory: no key travels for this question.
        """
        remembered = self.accounts.key_of(visitor_id(submission.visitor))
        try:
            account = self._account(replace(submission, key=remembered))
        except (NotAllowed, ApiKeyError):
            return None
        return self.accounts.client(account).balance()

    def submit(self, submission: Submission) -> SubmitResult:
        """Checks, records the intent, posts once, records what became of it.

        Never posts when there is a problem, when access refuses, or when the same was here before; nor without
        a visitor token and an idempotency key, by which that could be told.
        Raises nothing for anything on the wire: the outcome stands in the intent.
        """
        with self.serving.submission() as taken:
            if taken:
                return self._submit(submission)
        return SubmitResult(self.check(submission.values), None, say("access.restarting"))

    def _submit(self, submission: Submission) -> SubmitResult:
        refusal = visitors.refusal(submission.visitor, submission.idempotency_key)
        if refusal is not None:
            return SubmitResult(self.check(submission.values), None, refusal)
        checked = self.check(submission.values, self._measured(submission))
        earlier = None if checked.request is None else self._earlier(submission, checked, checked.request)
        if earlier is not None:
            return earlier
        prepared = self._prepared(submission, checked)
        checked = prepared.checked
        if prepared.request is None:
            return SubmitResult(checked, None, prepared.refusal)
        try:
            account = self._account(submission)
        except NotAllowed as error:  # what opened the key has lapsed since
            return SubmitResult(checked, None, str(error))
        # A visitor who submits is watching: the next question of their page is no return, to a task that was just made.
        self._presence.seen(visitor_id(submission.visitor))
        client = self.accounts.client(account)
        request, callback = self._with_callback(prepared.request)
        new = NewIntent(
            visitor=visitor_id(submission.visitor),
            idempotency_key=submission.idempotency_key,
            # With the files' own links: a file that is uploaded again gets another from the service.
            asked="" if checked.request is None else _as_body(checked.request),
            body=_as_body(request),
            send_to=submission.send_to,
            scenario=account.key if submission.send_to is SendTo.SANDBOX else None,
            endpoint=client.endpoint,
            webhook_hash=callback and token_hash(callback),
        )
        try:
            with self._unsaved.room(new) as room:
                return self._send(submission, prepared, new, account, room)
        except NoRoom:
            log.error("nothing was sent, there is no room for what comes back")
            known = self._first_of(new)
            return self._repeated(checked, known, say("access.no_room"))

    def _send(
        self, submission: Submission, prepared: Prepared, new: NewIntent, account: Account, room: Room
    ) -> SubmitResult:
        """Records the intent, posts once, records what became of it."""
        checked = prepared.checked
        try:
            begun = self._store.begin(new, self._charge(submission, json.loads(new.body)))
        except KeyUsed:  # since it was looked for
            return SubmitResult(checked, None, say("access.key_used"))
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
            return self._repeated(checked, known, say("access.database_away"))
        if not begun.new:
            (first,) = self._unsaved.over([begun.intent])
            return SubmitResult(checked, first, repeats=True)
        if submission.send_to is SendTo.MY_KEY:
            self.remember_key(submission.visitor, submission.key)
            self.accounts.remember_for(begun.intent.id, account.key)
        intent = self._post(begun.intent, room, self.accounts.client(account), submission.caller)
        if not intent.unsaved:
            self._log_uploads(intent, prepared.uploads)
        return SubmitResult(checked, intent)

    def _first_of(self, new: NewIntent) -> Intent | None:
        """The submission that this one repeats, as far as that can be known while the database takes nothing."""
        with suppress(SQLAlchemyError, DatabaseAway, KeyUsed):
            return self._known(new.identity)
        return None

    @staticmethod
    def _repeated(checked: CheckResult, known: Intent | None, refusal: str) -> SubmitResult:
        return SubmitResult(checked, None, refusal) if known is None else SubmitResult(checked, known, repeats=True)

    def _earlier(self, submission: Submission, checked: CheckResult, request: GenerationRequest) -> SubmitResult | None:
        """What became of the same submission when it was here before; None when it is new. It needs no upload again."""
        try:
            known = self._known(
                Identity.of(visitor_id(submission.visitor), submission.idempotency_key, _as_body(request))
            )
        except KeyUsed:
            return SubmitResult(checked, None, say("access.key_used"))
        except (SQLAlchemyError, DatabaseAway) as error:
            log.error("nothing was sent, the database did not answer: %s", type(error).__name__)
            return SubmitResult(checked, None, say("access.database_away"))
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

    def _with_callback(self, request: GenerationRequest) -> tuple[GenerationRequest, str | None]:
        """The request with a callback of this app's own, and its token; only where the person named none."""
        if not self.settings.public_url or request.webhook_url is not None:
            return request, None
        token = visitors.new_token()
        return request.with_webhook(f"{self.settings.public_url}/{WEBHOOK_PATH}/{token}"), token

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

    def _log_uploads(self, intent: Intent, exchanges: Sequence[Exchange]) -> None:
        try:
            self._store.log(intent.id, "upload", exchanges)
        except SQLAlchemyError as error:
            # Only the timeline is poorer; the outcome and the task ids are safe.
            log.error("the uploads of %s were not recorded: %s", intent.id[:8], type(error).__name__)

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
            submission.outcome.value,
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

    @needs_database
    def became_of(self, visitor: str, key: str) -> Progress:
        """How far the newest submission under an idempotency key has come; a record tells more, and stands for ever."""
        if self.arrivals.has(visitor, key):
            return Progress.UNDER_WAY
        self.ask_database()
        outcome = self._store.outcome(visitor_id(visitor), key)
        if outcome is None:
            return Progress.NEVER_ARRIVED
        return Progress.UNDER_WAY if outcome is IntentState.SENDING else Progress.RECORDED

    @needs_database
    def submit_again(
        self, visitor: str, intent_id: str, *, key: str, idempotency_key: str, code: str = "", caller: Caller = HERE
    ) -> SubmitResult | None:
        """Sends the body of one of the visitor's submissions once more, as one of its own; None when not theirs.

        For an outcome that nobody knows: the first may have been accepted and charged, and this may be charged
        again. Only a person decides that. `key` is needed again for a visitor's own key.
        """
        opened = self.open(visitor, intent_id)
        if opened is None:
            return None
        intent, _ = opened
        again = Submission(
            values=intent.asked,
            send_to=SendTo(intent.send_to),
            visitor=visitor,
            key=key or self.accounts.key_of(intent.visitor),
            scenario=intent.scenario or DEFAULT_SCENARIO,
            idempotency_key=idempotency_key,
            code=code,
            caller=caller,
        )
        return self.submit(again)

    @needs_database
    def tasks(
        self, visitor: str, *, limit: int = 20, after: Place | None = None, filter_: Filter = Filter.ALL
    ) -> tuple[Intent, ...]:
        """The visitor's submissions with their tasks, newest first; those after a place in it, or the first."""
        return self._unsaved.over(
            self._store.of_visitor(visitor_id(visitor), limit=limit, after=after, filter_=filter_)
        )

    def ask_database(self) -> None:
        """Raises `DatabaseAway` while it is known that the database does not even let itself be read.

        So that nobody waits for it, and no thread is held by who does.
        """
        if self.follower.database_silent:
            raise DatabaseAway(say("access.database_silent"))

    def known_here(self, visitor: str) -> tuple[Intent, ...]:
        """Those of the visitor's submissions that this process knows of without asking the database, newest first."""
        return self._unsaved.of_visitor(visitor_id(visitor))

    @needs_database
    def watching(self, visitor: str) -> None:
        """Notes that this visitor watches their tasks. One who comes back sees them as they are now.

        Their tasks are made due, unless the service said to wait.
        """
        who = visitor_id(visitor)
        if self._presence.seen(who):
            self._store.poll_now(who, self.follower.under_way())

    @needs_database
    def version(self, visitor: str) -> str:
        """A text that changes whenever what `tasks` shows changes."""
        who = visitor_id(visitor)
        return self._store.version(who) + self._unsaved.version(who)

    @needs_database
    def open(self, visitor: str, intent_id: str) -> tuple[Intent, tuple[LoggedExchange, ...]] | None:
        """One of the visitor's submissions with every exchange; None when it is not theirs."""
        opened = self._unsaved.open(intent_id) or self._stored(intent_id)
        if opened is None or not secrets.compare_digest(opened[0].visitor, visitor_id(visitor)):
            return None
        return opened

    def _stored(self, intent_id: str) -> tuple[Intent, tuple[LoggedExchange, ...]] | None:
        try:
            return self._store.intent(intent_id), self._store.timeline(intent_id)
        except KeyError:
            return None

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
        return self._store.forget(visitor_id(visitor), intent_id)

    @property
    def kept(self) -> tuple[Rule, ...]:
        """How long the records of each kind are kept."""
        return rules(self.settings.history_days)

    def forget_old(self) -> None:
        """Deletes some of the records that are kept long enough, in a few short transactions."""
        for _ in range(TRANSACTIONS_AT_ONCE):
            if not self._store.forget_old(self.kept):
                return

    def _take_up_unsaved(self) -> None:
        try:
            self._unsaved.take_up(self._store, self._clock())
        except (SQLAlchemyError, OSError) as error:
            log.error("the unsaved outcomes were not taken up: %s", type(error).__name__)

    @needs_database
    def allowance(self, visitor: str, caller: Caller = HERE) -> Allowance:
        """What this visitor may still send, for the page to show."""
        who = visitor_id(visitor)
        budgets = {send_to: self.access.budget(send_to) for send_to in self.access.offers}
        payer = self._payer(who, caller)
        left = {send_to: self._store.left(send_to, payer, limits) for send_to, limits in budgets.items() if limits}
        return Allowance(self.access.needs_code(who), left)

    # --- whose key, which server ---------------------------------------------------------------------

    def _charge(self, submission: Submission, payload: Mapping[str, Any]) -> Charge | None:
        limits = self.access.budget(submission.send_to)
        if limits is None:
            return None
        return Charge(
            self._payer(visitor_id(submission.visitor), submission.caller), payload.get("video_number", 1), limits
        )

    @staticmethod
    def _payer(visitor: str, caller: Caller) -> str:
        """Whom an hour's limit is about: the person behind a login, else the visitor."""
        return visitor_id(caller.name) if caller.name else visitor

    def _enter(self, submission: Submission) -> None:
        """Tries the access code of a submission that needs one. Raises `NotAllowed`."""
        visitor = visitor_id(submission.visitor)
        asked = submission.send_to is SendTo.OWNER_KEY and bool(submission.visitor and submission.code)
        wrong = self.access.enter(visitor, submission.code) if asked and self.access.needs_code(visitor) else None
        if wrong is not None:
            raise NotAllowed(wrong)

    def _account(self, submission: Submission) -> Account:
        """Whose key and which server. Raises `NotAllowed` or `ApiKeyError`."""
        visitor = visitor_id(submission.visitor) if submission.visitor else ""
        account = self.accounts.choose(
            submission.send_to, visitor, submission.caller, key=submission.key, scenario=submission.scenario
        )
        if not visitors.is_token(submission.visitor):
            raise NotAllowed(say("access.no_visitor"))
        return account

    def _interval(self, intent: Intent) -> float:
        base, unfinished = self.settings.poll_seconds, self.follower.unfinished
        return base_interval(intent, base, watched=self._presence.is_watching(intent.visitor), unfinished=unfinished)


def _as_body(request: GenerationRequest) -> str:
    return json.dumps(request.payload(), ensure_ascii=False, separators=(",", ":"))
