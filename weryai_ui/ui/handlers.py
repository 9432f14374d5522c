"""What happens on an event: values in, one service call, views out."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from weryai_ui.access import visitors
from weryai_ui.access.policy import HERE, Caller, SendTo
from weryai_ui.errors import ApiKeyError, DatabaseAway
from weryai_ui.i18n import say
from weryai_ui.jobs.arrivals import Arrivals
from weryai_ui.media import MediaRefused
from weryai_ui.request.fields import FIELDS
from weryai_ui.request.validation import Checked
from weryai_ui.service import Press, Service, Submitted
from weryai_ui.store.records import Shelf
from weryai_ui.ui import views
from weryai_ui.ui.http.board_interval import Pace
from weryai_ui.ui.http.params import number, place, text, texts
from weryai_ui.ui.portable import programs

SANDBOX_PATH = "sandbox"
CARDS = 4
"""The newest presses; everything older is in the history."""
HISTORY_PAGE = 20
EXPORTED = 1000
AWAY_MS = 2000
"""When a page asks again while the database is away."""


@dataclass(frozen=True)
class Shown:
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
        self._pace = Pace()

    # --- the buttons of the form -------------------------------------------------------------------

    def check(self, form: Mapping[str, Any], caller: Caller = HERE) -> Shown:
        """*Check only*: everything but the post."""
        press = _press(form, caller)
        prepared = self._service.prepare(press)
        payload = None if prepared.request is None else prepared.request.payload()
        return Shown(
            views.findings(prepared.checked, prepared.refusal),
            self._request_pane(press, payload),
            {"facts": [], "text": ""},
            self._code(press, prepared.checked),
        )

    def generate(self, form: Mapping[str, Any], caller: Caller = HERE) -> Shown:
        """*Generate*: check, send once, show what went out and what came back."""
        press = _press(form, caller)
        return self._after(press, self._service.submit(press))

    def submit_again(self, asked: Mapping[str, Any], caller: Caller = HERE) -> Shown:
        """*Submit again (may be charged twice)* on a press whose outcome nobody knows."""
        visitor = str(asked["visitor"] or "")
        try:
            submitted = self._service.submit_again(
                visitor,
                str(asked["intent"] or ""),
                key=str(asked["my-key"] or ""),
                token=str(asked["press"] or ""),
                code=str(asked.get("code") or ""),
                caller=caller,
            )
        except DatabaseAway:
            return Shown(views.refused(say("access.database_away")), board=self._board(visitor))
        if submitted is None:
            return Shown(board=self._board(visitor))
        if submitted.intent is None:
            return Shown(views.findings(submitted.checked, submitted.refusal))
        press = Press({}, SendTo(submitted.intent.send_to), visitor, key=str(asked["my-key"] or ""), caller=caller)
        shown = self._after(press, submitted)
        return shown if submitted.repeats else replace(shown, findings=None)

    def _after(self, press: Press, submitted: Submitted) -> Shown:
        found = views.findings(submitted.checked, submitted.refusal)
        if submitted.intent is None:
            return Shown(found, board=self._board(press.visitor))
        if submitted.repeats:
            found = {**found, "notice": say("page.sent_before")}
        # A database that has just not taken the outcome is not asked at once for the board: it may take long to fail.
        show = self._board_without_database if submitted.intent.unsaved else self._board
        return Shown(
            found,
            self._request_pane(press, submitted.intent.payload),
            views.response_pane(submitted.intent),
            self._code(press, submitted.checked),
            show(press.visitor),
        )

    # --- a submission whose answer was lost --------------------------------------------------------

    @property
    def arrivals(self) -> Arrivals:
        """Where submissions are noted as they arrive."""
        return self._service.arrivals

    def became_of(self, asked: Any) -> dict[str, Any]:
        """How far the submission of `{"visitor", "key"}` has come, as one of `Progress`."""
        return {"progress": self._service.became_of(text(asked, "visitor"), text(asked, "key"))}

    # --- the board ---------------------------------------------------------------------------------

    def refresh(self, asked: Any) -> dict[str, Any]:
        """The board for `{"visitor", "stamp"}`: with cards only when something changed since the stamp.

        Who names no visitor sees an empty one, and a token that could be used. While the database is away, `away` says
        so, beside the cards that can be told without it.
        """
        visitor = text(asked, "visitor")
        visitor = visitor if visitors.is_token(visitor) else visitors.new_token()
        try:
            return self._refreshed(visitor, asked)
        except DatabaseAway:
            return self._board_without_database(visitor)

    def _refreshed(self, visitor: str, asked: Any) -> dict[str, Any]:
        self._service.ask_database()
        self._service.looking(visitor)
        again = {"next_ms": self._pace.next_ms()}
        allowance = self._allowance(visitor)
        stamp = self._stamp(visitor, allowance)
        if stamp == text(asked, "stamp"):
            return {"visitor": visitor, "now": time.time(), **again}
        return self._board_at(visitor, stamp, allowance) | again

    def balance(self, asked: Any, caller: Caller = HERE) -> dict[str, Any]:
        """The credits of where `{"visitor", "send_to", "scenario"}` would go; None when nobody can say."""
        send_to = text(asked, "send_to")
        if send_to not in set(SendTo):
            return {"credits": None}
        scenario = text(asked, "scenario")
        press = Press({}, SendTo(send_to), text(asked, "visitor"), scenario=scenario, caller=caller)
        return {"credits": self._service.balance(press)}

    def forget(self, asked: Any) -> dict[str, Any]:
        """Deletes `{"visitor", "intent"}` here, if it is theirs, and gives the board."""
        visitor = text(asked, "visitor")
        self._service.forget(visitor, text(asked, "intent"))
        return self._board(visitor)

    def give_key(self, asked: Any) -> dict[str, Any]:
        """Keeps `{"visitor", "key"}` in memory, so that the visitor's tasks are followed on; gives the board."""
        visitor = text(asked, "visitor")
        try:
            self._service.remember_key(visitor, text(asked, "key"))
        except ApiKeyError as error:
            return {**self._board(visitor), "said": str(error)}
        return self._board(visitor)

    def downloaded(self, asked: Any) -> dict[str, Any]:
        """Notes that the browser downloads `{"visitor", "intent", "link"}`."""
        visitor, intent = text(asked, "visitor"), text(asked, "intent")
        return {"noted": self._service.downloaded(visitor, intent, text(asked, "link"))}

    # --- the history -------------------------------------------------------------------------------

    def list_history(self, asked: Any) -> dict[str, Any]:
        """A page of `{"visitor", "shelf", "after"}`: the first, or the one after that row; and how long it is kept."""
        shelf = text(asked, "shelf")
        found = self._service.tasks(
            text(asked, "visitor"),
            limit=HISTORY_PAGE,
            after=place(asked, "after"),
            shelf=Shelf(shelf) if shelf in set(Shelf) else Shelf.ALL,
        )
        return {"rows": [views.row(intent) for intent in found], "kept": views.kept(self._service.kept)}

    def open_intent(self, asked: Any) -> dict[str, Any]:
        """Everything about `{"visitor", "intent"}`; empty when it is not theirs."""
        visitor = text(asked, "visitor")
        opened = self._service.open(visitor, text(asked, "intent"))
        if opened is None:
            return {}
        intent, timeline = opened
        exported = views.pretty(views.as_data(intent, timeline))
        return {
            **views.detail(intent, timeline, self._links(), has_key=self._service.has_key(visitor)),
            "export": exported,
            "har": views.pretty(views.har(timeline)),
        }

    def forget_intent(self, asked: Any) -> dict[str, Any]:
        """Deletes `{"visitor", "intent"}` here, if it is theirs."""
        return {"forgotten": self._service.forget(text(asked, "visitor"), text(asked, "intent"))}

    def export_history(self, asked: Any) -> dict[str, Any]:
        """Everything of `{"visitor"}` as JSON text, the newest `EXPORTED` presses."""
        found = self._service.tasks(text(asked, "visitor"), limit=EXPORTED)
        return {"text": views.pretty([views.as_data(intent) for intent in found])}

    # --- the tray ----------------------------------------------------------------------------------

    def describe_uploads(self, asked: Any) -> dict[str, Any]:
        """What is known of `{"links"}` that are files here, by link."""
        uploads = self._service.uploads
        found = [uploads.get(link) for link in texts(asked, "links")]
        return {"known": {each.link: views.upload(each, uploads.preview(each)) for each in found if each is not None}}

    def cut_upload(self, asked: Any) -> dict[str, Any]:
        """Cuts the clip `{"link", "start", "end"}` (seconds); gives the new file, or `refused`."""
        uploads = self._service.uploads
        try:
            cut = uploads.cut(text(asked, "link"), number(asked, "start"), number(asked, "end"))
        except MediaRefused as refused:
            return {"refused": str(refused)}
        return views.upload(cut, uploads.preview(cut))

    def upload_states(self, asked: Any) -> dict[str, Any]:
        """How far the files `{"links"}` are on their way to where the request goes."""
        states = self._service.uploader.progress(texts(asked, "links"))
        return {"states": {link: asdict(state) for link, state in states.items()}}

    def upload_again(self, asked: Mapping[str, Any], caller: Caller = HERE) -> Shown:
        """*Try again* on one file; nothing is submitted."""
        press = _press({**dict.fromkeys(FIELDS), **asked}, caller)
        refusal = self._service.upload_one(press, str(asked["link"] or ""))
        return Shown(views.refused(refusal))

    # --- pieces --------------------------------------------------------------------------------------

    def _board(self, visitor: str) -> dict[str, Any]:
        try:
            self._service.ask_database()
            allowance = self._allowance(visitor)
            return self._board_at(visitor, self._stamp(visitor, allowance), allowance)
        except DatabaseAway:
            return self._board_without_database(visitor)

    def _board_without_database(self, visitor: str) -> dict[str, Any]:
        """What this process itself knows of a visitor's presses; the page keeps what it has beside it."""
        intents = self._service.known_here(visitor)
        has_key = self._service.has_key(visitor)
        board = views.board(visitor, "", intents, time.time(), self._links(), has_key=has_key)
        return {**board, "away": say("access.database_silent"), "next_ms": AWAY_MS}

    def _board_at(self, visitor: str, stamp: str, allowance: dict[str, Any]) -> dict[str, Any]:
        # The stamp was read before what it stands for: what changes in between is shown now and once more.
        intents = self._service.tasks(visitor, limit=CARDS)
        has_key = self._service.has_key(visitor)
        board = views.board(visitor, stamp, intents, time.time(), self._links(), has_key=has_key)
        return {**board, "allowance": allowance}

    def _allowance(self, visitor: str) -> dict[str, Any]:
        return views.allowance(self._service.allowance(visitor))

    def _stamp(self, visitor: str, allowance: Mapping[str, Any]) -> str:
        digest = hashlib.sha256(json.dumps(allowance, sort_keys=True).encode()).hexdigest()[:12]
        return f"{self._service.stamp(visitor)}-{self._service.has_key(visitor)}-{digest}"

    def _links(self) -> views.Links:
        return views.Links(self._service.accounts.sandbox_url, SANDBOX_PATH)

    def _code(self, press: Press, checked: Checked) -> dict[str, Any]:
        payload = None if checked.request is None else checked.request.payload()
        return programs(self._service, payload, self._service.accounts.base_url(press.send_to))

    def _request_pane(self, press: Press, payload: Mapping[str, Any] | None) -> dict[str, Any]:
        return views.request_pane(self._service.endpoint(press.send_to), payload, self._service.key_of(press))


def _press(form: Mapping[str, Any], caller: Caller) -> Press:
    return Press(
        values={name: form[name] for name in FIELDS},
        send_to=SendTo(form["send-to"]),
        visitor=str(form["visitor"] or ""),
        key=str(form["my-key"] or ""),
        scenario=str(form["scenario"] or ""),
        token=str(form["press"] or ""),
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
    pairs = read.items() if isinstance(read, dict) else ()
    return {link: float(length) for link, length in pairs if isinstance(length, int | float)}
