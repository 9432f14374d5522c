"""A submission, and what decides it: the checks, whose key it goes with, and its files on their way.

form values -> validation -> access -> files uploaded to where the request goes.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from weryai_ui.access import visitors
from weryai_ui.access.accounts import DEFAULT_SCENARIO, Account, NotAllowed, visitor_id
from weryai_ui.access.policy import HERE, Caller
from weryai_ui.client.transport import Exchange
from weryai_ui.errors import ApiKeyError, DatabaseAway, Refusal, refuse
from weryai_ui.request.fields import GenerationRequest
from weryai_ui.request.findings import CheckResult
from weryai_ui.request.models import Catalogue
from weryai_ui.request.price import Shape
from weryai_ui.request.references import Reference, links_of
from weryai_ui.request.validation import check
from weryai_ui.service.parts import Parts
from weryai_ui.store.ledger_records import Price
from weryai_ui.store.records import Intent, SendTo

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
    who asks. `came_from`: the submission that the form was filled from. `visitor_hash`: what the store knows
    the visitor by, where the server sends by itself what they gave it before, and nobody has their token.
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
    came_from: str = ""
    visitor_hash: str = field(default="", repr=False)

    @property
    def who(self) -> str:
        """What the store knows its visitor by; empty for nobody."""
        return self.visitor_hash or (visitor_id(self.visitor) if self.visitor else "")


@dataclass(frozen=True)
class Prepared:
    """A submission that is decided and ready to be sent, or the reasons why not.

    `request` has the service's own links in place of files; it is None with problems or a `refusal`. `account`: with
    whose key it goes, chosen once.
    """

    checked: CheckResult
    request: GenerationRequest | None = None
    account: Account | None = None
    refusal: Refusal | None = None
    uploads: tuple[Exchange, ...] = ()


@dataclass(frozen=True)
class SubmitResult:
    """What became of a submission. `intent` is None when nothing was sent because of problems or a refusal.

    `repeats`: the same submission was here before. The intent is that one, and nothing was sent now.
    """

    checked: CheckResult
    intent: Intent | None
    refusal: Refusal | None = None
    repeats: bool = False


class Preparing(Parts):
    """Everything but the post, for every entrance alike."""

    def check(
        self,
        values: Mapping[str, Any],
        measured: Mapping[str, float] = NOTHING_MEASURED,
        models: Catalogue | None = None,
    ) -> CheckResult:
        """Every problem and warning of these form values; nothing is sent anywhere. `models`: else the owner's."""
        known = {link: Reference(link, seconds) for link, seconds in measured.items()}
        return check(values, models or self.settings.models, known | self.uploads.known(links_of(values)))

    def _check(self, submission: Submission, measured: Mapping[str, float] = NOTHING_MEASURED) -> CheckResult:
        """Whoever pays with a key of their own may use a model that is not on the form."""
        own = submission.send_to is SendTo.MY_KEY
        models = self.settings.models.with_any_key() if own else self.settings.models
        return self.check(submission.values, measured, models)

    def prepare(self, submission: Submission) -> Prepared:
        """Everything but the post: checks, access, and the files that the request names uploaded to where it goes."""
        return self._prepared(submission, self._check(submission, self._measured(submission)))

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
                submission.who[:8],
                submission.send_to,
            )
            return Prepared(checked, refusal=error.refusal)
        files = request.files()
        if not files:
            return Prepared(checked, request, account)
        client = self.accounts.client(account)
        sent = self.uploader.send(files, client, account.fingerprint)
        if sent.refusal is not None:
            return Prepared(checked, refusal=sent.refusal, uploads=sent.exchanges)
        return Prepared(checked, request.with_links(sent.links), account, uploads=sent.exchanges)

    def _measured(self, submission: Submission) -> Mapping[str, float]:
        """Seconds of clips behind links: as the browser read them, and as this server does where it may."""
        if not self.settings.measure_links:
            return submission.measured
        clips = links_of({name: submission.values.get(name) for name in ("videos", "audios")})
        widest = self.settings.models.widest
        most = widest.videos + widest.audios
        far = [link for link in clips if link.startswith(("http://", "https://"))][:most]
        return {**submission.measured, **self.remote_clips.seconds(far)}

    def refusal(self, submission: Submission) -> Refusal | None:
        """Why a submission would not be sent although its values are right, in a sentence; None when it would."""
        try:
            self._account(submission)
        except (NotAllowed, ApiKeyError) as error:
            return error.refusal
        return None

    def _with_callback(self, request: GenerationRequest) -> tuple[GenerationRequest, str | None]:
        """The request with a callback of this app's own, and its token; only where the person named none."""
        if not self.settings.public_url or request.webhook_url is not None:
            return request, None
        token = visitors.new_token()
        return request.with_webhook(f"{self.settings.public_url}/{WEBHOOK_PATH}/{token}"), token

    def _enter(self, submission: Submission) -> None:
        """Tries the access code of a submission that needs one. Raises `NotAllowed`."""
        visitor = submission.who
        asked = submission.send_to is SendTo.OWNER_KEY and bool(visitor and submission.code)
        wrong = self.access.enter(visitor, submission.code) if asked and self.access.needs_code(visitor) else None
        if wrong is not None:
            raise NotAllowed(wrong)

    def _account(self, submission: Submission) -> Account:
        """Whose key and which server. Raises `NotAllowed` or `ApiKeyError`."""
        account = self.accounts.choose(
            submission.send_to, submission.who, submission.caller, key=submission.key, scenario=submission.scenario
        )
        if not submission.visitor_hash and not visitors.is_token(submission.visitor):
            raise NotAllowed(refuse("access.no_visitor"))
        return account

    def price(self, send_to: SendTo, payload: Mapping[str, Any]) -> Price | None:
        """What such a body may cost: by the last ones like it, else by the tariff; None where neither says."""
        shape = Shape.of(payload)
        with suppress(DatabaseAway):
            self.ask_database()
            if found := self._store.ledger.like(self.accounts.base_url(send_to), shape):
                return found
        credits = self.settings.tariff.price(shape)
        return None if credits is None else Price(credits, credits)

    def remember_key(self, visitor: str, key: str) -> None:
        """Keeps a visitor's own key, so that their tasks can be followed. Raises `ApiKeyError`, or `DatabaseAway`."""
        if visitor:
            self.accounts.remember(visitor_id(visitor), key)

    def forget_key(self, visitor: str) -> None:
        """Forgets every key of a visitor's own; their tasks go on at the service. Raises `DatabaseAway`."""
        self.accounts.forget(visitor_id(visitor))
        log.info("keys forgotten visitor=%s", visitor_id(visitor)[:8])
