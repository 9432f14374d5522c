"""What happens on an event: values in, one service call, views out."""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from weryai_ui.access import visitors
from weryai_ui.access.accounts import visitor_id
from weryai_ui.access.policy import HERE, Caller
from weryai_ui.errors import ApiKeyError, DatabaseAway
from weryai_ui.i18n import say
from weryai_ui.jobs.arrivals import Arrivals
from weryai_ui.request.fields import FIELDS
from weryai_ui.request.findings import CheckResult
from weryai_ui.service import Service
from weryai_ui.service.preparing import Submission, SubmitResult
from weryai_ui.store.records import Filter, Intent, SendTo
from weryai_ui.store.stars import MOST_STARRED
from weryai_ui.ui import unresolved as views_of_lost
from weryai_ui.ui.failed import with_other_models
from weryai_ui.ui.films import FilmQuestions
from weryai_ui.ui.form_values import submission_of
from weryai_ui.ui.history import HistoryQuestions
from weryai_ui.ui.http.board_interval import BoardInterval
from weryai_ui.ui.http.params import text
from weryai_ui.ui.links import links_for
from weryai_ui.ui.live_check import LiveCheck
from weryai_ui.ui.moving import MoveQuestions
from weryai_ui.ui.own_address import SANDBOX_PATH
from weryai_ui.ui.plans import PlanQuestions
from weryai_ui.ui.portable import programs
from weryai_ui.ui.several import SeveralQuestions
from weryai_ui.ui.tray import TrayQuestions
from weryai_ui.ui.usual import took, usual_words
from weryai_ui.ui.views import cards, panes

CARDS = 4
"""The newest submissions; everything older is in the history."""
RECENT = 20
"""Submissions whose times tell what is usual."""
AWAY_MS = 2000
"""When a page asks again while the database is away."""


@dataclass(frozen=True)
class EventResult:
    """What the page shows after an event; None leaves a part as it is. `of`: the submission that was sent."""

    findings: dict[str, Any] | None = None
    request: dict[str, Any] | None = None
    response: dict[str, Any] | None = None
    code: dict[str, Any] | None = None
    board: dict[str, Any] | None = None
    of: str = ""

    @property
    def results(self) -> dict[str, Any] | None:
        """The board with the panes beside it, as its widget takes them."""
        panes = {"of": self.of, "request": self.request, "response": self.response, "code": self.code}
        if self.request is None:
            return self.board
        return {**(self.board or {}), "panes": panes}


class Handlers:
    """One method an event. Thread-safe: a visitor's state is a token, and everything else is in the store.

    What a widget's script asks comes as one JSON value that anybody may have written: only texts are taken
    from it, and everything is looked up for the visitor whose token it names.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._pace = BoardInterval(service.replicas)
        self.live = LiveCheck(service)
        self.tray = TrayQuestions(service)
        self.history = HistoryQuestions(service)
        self.films = FilmQuestions(service)
        self.several = SeveralQuestions(service)
        self.moves = MoveQuestions(service)
        self.plans = PlanQuestions(service)

    # --- the buttons of the form -------------------------------------------------------------------

    def check(self, form: Mapping[str, Any], caller: Caller = HERE) -> EventResult:
        """*Check only*: everything but the post."""
        submission = submission_of(form, caller)
        prepared = self._service.prepare(submission)
        payload = None if prepared.request is None else prepared.request.payload()
        passes = say("page.passes") if payload is not None else ""
        return EventResult(
            {**panes.findings(prepared.checked, prepared.refusal), "notice": passes},
            self._request_pane(submission, payload),
            {"facts": [], "text": ""},
            self._code(submission, prepared.checked),
        )

    def generate(self, form: Mapping[str, Any], caller: Caller = HERE) -> EventResult:
        """*Generate*: check, send once, show what went out and what came back."""
        submission = submission_of(form, caller)
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
            return EventResult(panes.refused(say("access.database_away")), board=self._board(visitor))
        if submitted is None:
            return EventResult(board=self._board(visitor))
        if submitted.intent is None:
            return EventResult(panes.findings(submitted.checked, submitted.refusal))
        submission = Submission({}, submitted.intent.send_to, visitor, key=str(params["my-key"] or ""), caller=caller)
        shown = self._after(submission, submitted)
        return shown if submitted.repeats else replace(shown, findings=None)

    def _after(self, submission: Submission, submitted: SubmitResult) -> EventResult:
        found = panes.findings(submitted.checked, submitted.refusal)
        if submitted.intent is None:
            return EventResult(found, board=self._board(submission.visitor))
        if submitted.repeats:
            found = {**found, "notice": say("page.sent_before")}
        # A database that has just not taken the outcome is not asked at once for the board: it may take long to fail.
        show = self._board_without_database if submitted.intent.unsaved else self._board
        return EventResult(
            found,
            self._request_pane(submission, submitted.intent.payload),
            panes.response_pane(submitted.intent),
            self._code(submission, submitted.checked),
            show(submission.visitor),
            submitted.intent.id,
        )

    # --- a submission whose answer was lost --------------------------------------------------------

    @property
    def arrivals(self) -> Arrivals:
        """Where submissions are noted as they arrive."""
        return self._service.arrivals

    def became_of(self, params: Any) -> dict[str, Any]:
        """How far the submission of `{"visitor", "key"}` has come, as one of `Progress`.

        `wait_s`: the seconds for which it still waits for its turn, where it does.
        """
        visitor, key = text(params, "visitor"), text(params, "key")
        wait_s = math.ceil(self.arrivals.wait_s(visitor, key))
        return {"progress": self._service.became_of(visitor, key), "wait_s": wait_s}

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

    def copy_again(self, params: Any) -> dict[str, Any]:
        """Has the films of `{"visitor", "intent"}` copied again, where it is theirs; gives the board."""
        visitor = text(params, "visitor")
        self._service.copy_again(visitor, text(params, "intent"))
        return self._board(visitor)

    def star(self, params: Any) -> dict[str, Any]:
        """Stars `{"visitor", "intent"}`, or takes the star away where not `starred`; gives the board."""
        visitor, starred = text(params, "visitor"), isinstance(params, dict) and params.get("starred") is True
        put = self._service.stars.put(visitor_id(visitor), text(params, "intent"), starred=starred)
        return self._board(visitor) | ({} if put else {"said": say("board.too_many_stars", most=MOST_STARRED)})

    def unresolved(self, params: Any) -> dict[str, Any]:
        """What can be known of `{"visitor", "intent"}`, whose answer was lost; empty when not theirs or settled."""
        found = self._service.unresolved(text(params, "visitor"), text(params, "intent"))
        return {} if found is None else views_of_lost.view(found)

    def adopt(self, params: Any) -> dict[str, Any]:
        """Follows the task `{"task_id"}` as one of `{"visitor", "intent"}`; gives the board, and what became of it."""
        visitor = text(params, "visitor")
        adopted = self._service.adopt(visitor, text(params, "intent"), text(params, "task_id"))
        said = {} if adopted is None else {"adopted": adopted, "said": views_of_lost.adopted_words(adopted)}
        return {**self._board(visitor), **said}

    def forget(self, params: Any) -> dict[str, Any]:
        """Deletes `{"visitor", "intent"}` here, if it is theirs, and gives the board."""
        visitor = text(params, "visitor")
        self._service.forget(visitor, text(params, "intent"))
        return self._board(visitor)

    def give_key(self, params: Any) -> dict[str, Any]:
        """Keeps `{"visitor", "key"}`, so that the visitor's tasks are followed on; gives the board."""
        visitor = text(params, "visitor")
        try:
            self._service.remember_key(visitor, text(params, "key"))
        except ApiKeyError as error:
            return {**self._board(visitor), "said": str(error)}
        return self._board(visitor)

    def forget_key(self, params: Any) -> dict[str, Any]:
        """Forgets the keys of `{"visitor"}`; gives the board."""
        visitor = text(params, "visitor")
        self._service.forget_key(visitor)
        return {**self._board(visitor), "said": say("board.key_forgotten")}

    def downloaded(self, params: Any) -> dict[str, Any]:
        """Notes that the browser downloads `{"visitor", "intent", "link"}`."""
        visitor, intent = text(params, "visitor"), text(params, "intent")
        return {"noted": self._service.downloaded(visitor, intent, text(params, "link"))}

    def upload_again(self, params: Mapping[str, Any], caller: Caller = HERE) -> EventResult:
        """*Try again* on one file; nothing is submitted."""
        submission = submission_of({**dict.fromkeys(FIELDS), **params}, caller)
        refusal = self._service.upload_one(submission, str(params["link"] or ""))
        return EventResult(panes.refused(refusal))

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
        has_key = self._service.has_key_here(visitor)
        links = cards.Links(self._service.accounts.sandbox_url, SANDBOX_PATH)
        board = cards.board(visitor, "", intents, time.time(), links, has_key=has_key)
        return {**board, "away": say("access.database_silent"), "next_ms": AWAY_MS}

    def _board_at(self, visitor: str, version: str, allowance: dict[str, Any]) -> dict[str, Any]:
        # The version was read before what it stands for: what changes in between is shown now and once more.
        intents = self._service.tasks(visitor, limit=CARDS)
        has_key = self._service.has_key(visitor)
        board = cards.board(visitor, version, intents, time.time(), links_for(self._service, intents), has_key=has_key)
        board["cards"] = [with_other_models(card, self._service.settings.models) for card in board["cards"]]
        self._say_usual(visitor, zip(board["cards"], intents, strict=True))
        return {**board, "allowance": allowance, "plans": self.plans.of(visitor), "key_kept": has_key}

    def _say_usual(self, visitor: str, shown: Iterable[tuple[dict[str, Any], Intent]]) -> None:
        """Puts on each card that is busy how long a task usually takes, by the visitor's own films there."""
        paid = [(card, at.send_to) for card, at in shown if card["busy"] and at.send_to is not SendTo.SANDBOX]
        films = self._service.tasks(visitor, limit=RECENT, filter_=Filter.READY) if paid else ()
        for card, send_to in paid:
            card["usual"] = usual_words(send_to, took(films, send_to))

    def _allowance(self, visitor: str) -> dict[str, Any]:
        return panes.allowance(self._service.allowance(visitor))

    def _version(self, visitor: str, allowance: Mapping[str, Any]) -> str:
        digest = hashlib.sha256(json.dumps(allowance, sort_keys=True).encode()).hexdigest()[:12]
        return f"{self._service.version(visitor)}-{digest}"

    def _code(self, submission: Submission, checked: CheckResult) -> dict[str, Any]:
        payload = None if checked.request is None else checked.request.payload()
        return programs(self._service, payload, submission.send_to)

    def _request_pane(self, submission: Submission, payload: Mapping[str, Any] | None) -> dict[str, Any]:
        return panes.request_pane(self._service.endpoint(submission.send_to), payload, self._service.key_of(submission))
