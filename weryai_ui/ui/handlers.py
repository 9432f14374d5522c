"""What happens on an event: values in, one service call, views out."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from weryai_ui.access import visitors
from weryai_ui.access.accounts import visitor_id
from weryai_ui.access.policy import HERE, Caller, SendTo
from weryai_ui.errors import ApiKeyError, DatabaseAway
from weryai_ui.i18n import say
from weryai_ui.jobs.arrivals import Arrivals
from weryai_ui.media import MediaError
from weryai_ui.request.fields import FIELDS
from weryai_ui.request.validation import CheckResult
from weryai_ui.service import Service, Submission, SubmitResult
from weryai_ui.store.records import Filter
from weryai_ui.ui import views
from weryai_ui.ui.http.board_interval import BoardInterval
from weryai_ui.ui.http.params import number, place, text, texts
from weryai_ui.ui.portable import programs

SANDBOX_PATH = "sandbox"
CARDS = 4
"""The newest submissions; everything older is in the history."""
HISTORY_PAGE = 20
EXPORTED = 1000
AWAY_MS = 2000
"""When a page asks again while the database is away."""


@dataclass(frozen=True)
class EventResult:
    """What the page shows after an event; None leaves a part as it is."""

    findings: dict[str, Any] | None = None
    request: dict[str, Any] | None = None
    response: dict[str, Any] | None = None
    code: dict[str, Any] | None = None
    board: dict[str, Any] | None = None


class Handlers:
    """One method an event. Thread-safe: a visitor's state is a token, and everything else is in the store.

    What a widget's script asks comes as one JSON value that anybody may have written: only texts are taken
    from it, and everything is looked up for the visitor whose token it names.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._pace = BoardInterval()

    # --- the buttons of the form -------------------------------------------------------------------

    def check(self, form: Mapping[str, Any], caller: Caller = HERE) -> EventResult:
        """*Check only*: everything but the post."""
        submission = _submission(form, caller)
        prepared = self._service.prepare(submission)
        payload = None if prepared.request is None else prepared.request.payload()
        return EventResult(
            views.findings(prepared.checked, prepared.refusal),
            self._request_pane(submission, payload),
            {"facts": [], "text": ""},
            self._code(submission, prepared.checked),
        )

    def generate(self, form: Mapping[str, Any], caller: Caller = HERE) -> EventResult:
        """*Generate*: check, send once, show what went out and what came back."""
        submission = _submission(form, caller)
        return self._after(submission, self._service.submit(submission))

    def submit_again(self, params: Mapping[str, Any], caller: Caller = HERE) -> EventResult:
        """*Submit again (may be charged twice)* on a submission whose outcome nobody knows."""
        visitor = str(params["visitor"] or "")
        try:
            submitted = self._service.submit_again(
                visitor,
                str(params["intent"] or ""),
                key=str(params["my-key"] or ""),
                idempotency_key=str(params["idempotency_key"] or ""),
                code=str(params.get("code") or ""),
                caller=caller,
            )
        except DatabaseAway:
            return EventResult(views.refused(say("access.database_away")), board=self._board(visitor))
        if submitted is None:
            return EventResult(board=self._board(visitor))
        if submitted.intent is None:
            return EventResult(views.findings(submitted.checked, submitted.refusal))
        submission = Submission(
            {}, SendTo(submitted.intent.send_to), visitor, key=str(params["my-key"] or ""), caller=caller
        )
        shown = self._after(submission, submitted)
        return shown if submitted.repeats else replace(shown, findings=None)

    def _after(self, submission: Submission, submitted: SubmitResult) -> EventResult:
        found = views.findings(submitted.checked, submitted.refusal)
        if submitted.intent is None:
            return EventResult(found, board=self._board(submission.visitor))
        if submitted.repeats:
            found = {**found, "notice": say("page.sent_before")}
        # A database that has just not taken the outcome is not asked at once for the board: it may take long to fail.
        show = self._board_without_database if submitted.intent.unsaved else self._board
        return EventResult(
            found,
            self._request_pane(submission, submitted.intent.payload),
            views.response_pane(submitted.intent),
            self._code(submission, submitted.checked),
            show(submission.visitor),
        )

    def check_values(self, params: Any) -> dict[str, Any]:
        """The findings of `{"values", "measured"}` while a person types: the form's values by field, and nothing else.

        The page asks this 150 ms after the last key; what it says is what *Check only* and *Generate* say of values.
        """
        given = params.get("values") if isinstance(params, dict) else None
        values = {name: given.get(name) for name in FIELDS} if isinstance(given, dict) else {}
        return views.findings(self._service.check(values, _measured(text(params, "measured"))))

    # --- a submission whose answer was lost --------------------------------------------------------

    @property
    def arrivals(self) -> Arrivals:
        """Where submissions are noted as they arrive."""
        return self._service.arrivals

    def became_of(self, params: Any) -> dict[str, Any]:
        """How far the submission of `{"visitor", "key"}` has come, as one of `Progress`."""
        return {"progress": self._service.became_of(text(params, "visitor"), text(params, "key"))}

    # --- the board ---------------------------------------------------------------------------------

    def refresh(self, params: Any) -> dict[str, Any]:
        """The board for `{"visitor", "version"}`: with cards only when something changed since the version.

        Who names no visitor sees an empty one, and a token that could be used. While the database is away, `away` says
        so, beside the cards that can be told without it.
        """
        visitor = text(params, "visitor")
        visitor = visitor if visitors.is_token(visitor) else visitors.new_token()
        try:
            return self._refreshed(visitor, params)
        except DatabaseAway:
            return self._board_without_database(visitor)

    def _refreshed(self, visitor: str, params: Any) -> dict[str, Any]:
        self._service.ask_database()
        self._service.watching(visitor)
        again = {"next_ms": self._pace.next_ms()}
        allowance = self._allowance(visitor)
        version = self._version(visitor, allowance)
        if version == text(params, "version"):
            return {"visitor": visitor, "now": time.time(), **again}
        return self._board_at(visitor, version, allowance) | again

    def balance(self, params: Any, caller: Caller = HERE) -> dict[str, Any]:
        """The credits of where `{"visitor", "send_to", "scenario"}` would go; None when nobody can say."""
        send_to = text(params, "send_to")
        if send_to not in set(SendTo):
            return {"credits": None}
        scenario = text(params, "scenario")
        submission = Submission({}, SendTo(send_to), text(params, "visitor"), scenario=scenario, caller=caller)
        return {"credits": self._service.balance(submission)}

    def forget(self, params: Any) -> dict[str, Any]:
        """Deletes `{"visitor", "intent"}` here, if it is theirs, and gives the board."""
        visitor = text(params, "visitor")
        self._service.forget(visitor, text(params, "intent"))
        return self._board(visitor)

    def give_key(self, params: Any) -> dict[str, Any]:
        """Keeps `{"visitor", "key"}` in memory, so that the visitor's tasks are followed on; gives the board."""
        visitor = text(params, "visitor")
        try:
            self._service.remember_key(visitor, text(params, "key"))
        except ApiKeyError as error:
            return {**self._board(visitor), "said": str(error)}
        return self._board(visitor)

    def downloaded(self, params: Any) -> dict[str, Any]:
        """Notes that the browser downloads `{"visitor", "intent", "link"}`."""
        visitor, intent = text(params, "visitor"), text(params, "intent")
        return {"noted": self._service.downloaded(visitor, intent, text(params, "link"))}

    # --- the history -------------------------------------------------------------------------------

    def list_history(self, params: Any) -> dict[str, Any]:
        """A page of `{"visitor", "filter", "after"}`: the first, or the one after that row; and how long it is kept."""
        filter_ = text(params, "filter")
        found = self._service.tasks(
            text(params, "visitor"),
            limit=HISTORY_PAGE,
            after=place(params, "after"),
            filter_=Filter(filter_) if filter_ in set(Filter) else Filter.ALL,
        )
        return {"rows": [views.row(intent) for intent in found], "kept": views.kept(self._service.kept)}

    def open_intent(self, params: Any) -> dict[str, Any]:
        """Everything about `{"visitor", "intent"}`; empty when it is not theirs."""
        visitor = text(params, "visitor")
        opened = self._service.open(visitor, text(params, "intent"))
        if opened is None:
            return {}
        intent, timeline = opened
        exported = views.pretty(views.as_data(intent, timeline))
        return {
            **views.detail(intent, timeline, self._links(), has_key=self._service.has_key(visitor)),
            "export": exported,
            "har": views.pretty(views.har(timeline)),
        }

    def forget_intent(self, params: Any) -> dict[str, Any]:
        """Deletes `{"visitor", "intent"}` here, if it is theirs."""
        return {"forgotten": self._service.forget(text(params, "visitor"), text(params, "intent"))}

    def export_history(self, params: Any) -> dict[str, Any]:
        """Everything of `{"visitor"}` as JSON text, the newest `EXPORTED` submissions."""
        found = self._service.tasks(text(params, "visitor"), limit=EXPORTED)
        return {"text": views.pretty([views.as_data(intent) for intent in found])}

    # --- the tray ----------------------------------------------------------------------------------

    def describe_uploads(self, params: Any) -> dict[str, Any]:
        """What is known of `{"links"}` that are files here, by link."""
        uploads = self._service.uploads
        found = [uploads.get(link) for link in texts(params, "links")]
        return {"known": {each.link: views.upload(each, uploads.preview(each)) for each in found if each is not None}}

    def cut_upload(self, params: Any) -> dict[str, Any]:
        """Cuts the clip `{"visitor", "link", "start", "end"}` (seconds); gives the new file, or `refused`."""
        uploads = self._service.uploads
        try:
            cut = uploads.cut(
                text(params, "link"),
                number(params, "start"),
                number(params, "end"),
                visitor_id(text(params, "visitor")),
            )
        except MediaError as refused:
            return {"refused": str(refused)}
        return views.upload(cut, uploads.preview(cut))

    def upload_states(self, params: Any) -> dict[str, Any]:
        """How far the files `{"links"}` are on their way to where the request goes."""
        states = self._service.uploader.progress(texts(params, "links"))
        return {"states": {link: asdict(state) for link, state in states.items()}}

    def upload_again(self, params: Mapping[str, Any], caller: Caller = HERE) -> EventResult:
        """*Try again* on one file; nothing is submitted."""
        submission = _submission({**dict.fromkeys(FIELDS), **params}, caller)
        refusal = self._service.upload_one(submission, str(params["link"] or ""))
        return EventResult(views.refused(refusal))

    # --- pieces --------------------------------------------------------------------------------------

    def _board(self, visitor: str) -> dict[str, Any]:
        try:
            self._service.ask_database()
            allowance = self._allowance(visitor)
            return self._board_at(visitor, self._version(visitor, allowance), allowance)
        except DatabaseAway:
            return self._board_without_database(visitor)

    def _board_without_database(self, visitor: str) -> dict[str, Any]:
        """What this process itself knows of a visitor's submissions; the page keeps what it has beside it."""
        intents = self._service.known_here(visitor)
        has_key = self._service.has_key(visitor)
        board = views.board(visitor, "", intents, time.time(), self._links(), has_key=has_key)
        return {**board, "away": say("access.database_silent"), "next_ms": AWAY_MS}

    def _board_at(self, visitor: str, version: str, allowance: dict[str, Any]) -> dict[str, Any]:
        # The version was read before what it stands for: what changes in between is shown now and once more.
        intents = self._service.tasks(visitor, limit=CARDS)
        has_key = self._service.has_key(visitor)
        board = views.board(visitor, version, intents, time.time(), self._links(), has_key=has_key)
        return {**board, "allowance": allowance}

    def _allowance(self, visitor: str) -> dict[str, Any]:
        return views.allowance(self._service.allowance(visitor))

    def _version(self, visitor: str, allowance: Mapping[str, Any]) -> str:
        digest = hashlib.sha256(json.dumps(allowance, sort_keys=True).encode()).hexdigest()[:12]
        return f"{self._service.version(visitor)}-{self._service.has_key(visitor)}-{digest}"

    def _links(self) -> views.Links:
        return views.Links(self._service.accounts.sandbox_url, SANDBOX_PATH)

    def _code(self, submission: Submission, checked: CheckResult) -> dict[str, Any]:
        payload = None if checked.request is None else checked.request.payload()
        return programs(self._service, payload, self._service.accounts.base_url(submission.send_to))

    def _request_pane(self, submission: Submission, payload: Mapping[str, Any] | None) -> dict[str, Any]:
        return views.request_pane(self._service.endpoint(submission.send_to), payload, self._service.key_of(submission))


def _submission(form: Mapping[str, Any], caller: Caller) -> Submission:
    return Submission(
        values={name: form[name] for name in FIELDS},
        send_to=SendTo(form["send-to"]),
        visitor=str(form["visitor"] or ""),
        key=str(form["my-key"] or ""),
        scenario=str(form["scenario"] or ""),
        idempotency_key=str(form["idempotency_key"] or ""),
        measured=_measured(form.get("measured")),
        code=str(form.get("code") or ""),
        caller=caller,
    )


def _measured(sent: Any) -> dict[str, float]:
    """Seconds by link, as the browser read them; nothing when it sent anything else."""
    try:
        read = json.loads(sent or "{}")
    except (ValueError, TypeError, RecursionError):
        return {}
    return {link: number(read, link) for link in read} if isinstance(read, dict) else {}
