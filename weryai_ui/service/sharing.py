"""Pages that show results to whoever has their link: made, changed, stopped, listed, opened.

A link holds 192 random bits, of which the database keeps a hash. What is on a page is looked up anew each time, so
what is stopped, forgotten or over is gone at once, its bytes too.
"""

from __future__ import annotations

import logging
import math
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from weryai_ui.access import visitors
from weryai_ui.access.accounts import token_hash, visitor_id
from weryai_ui.access.throttle import WrongLinks
from weryai_ui.client.tasks import TaskState
from weryai_ui.errors import AppError, refuse
from weryai_ui.store.copy_records import Copy, CopyState, Role
from weryai_ui.store.database import needs_database
from weryai_ui.store.records import Intent, LoggedExchange
from weryai_ui.store.shares import NewShare, Share, SharedResult
from weryai_ui.store.submissions import Store

log = logging.getLogger(__name__)

TOKEN_BYTES = 24
MOST_RESULTS = 12
TITLE_CHARACTERS, NOTE_CHARACTERS, RESULT_NOTE_CHARACTERS = 120, 2000, 500
DAY_S = 24 * 3600.0


class Lasts(StrEnum):
    """How long a page is there."""

    NEVER_ENDS = "never"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


_SECONDS: Mapping[Lasts, float] = {Lasts.DAY: DAY_S, Lasts.WEEK: 7 * DAY_S, Lasts.MONTH: 30 * DAY_S}


class NotShared(AppError):
    """A page is not made or changed; the text says why."""


class TooManyLinks(Exception):
    """This address has tried too many wrong links; `seconds` until it may again."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = math.ceil(seconds)


@dataclass(frozen=True)
class Options:
    """What a person chose for a page. `notes`: what is said of a result, by its submission.

    Without `notes` or `lasts` a page that is changed keeps its own; a new one has no notes and never ends.
    """

    title: str = ""
    note: str = ""
    notes: Mapping[str, str] | None = None
    shows_prompt: bool = True
    shows_code: bool = False
    lasts: Lasts | None = None


@dataclass(frozen=True)
class Result:
    """A submission on a page, with its copies; `timeline` only where developers may see it."""

    intent: Intent
    copies: tuple[Copy, ...]
    note: str
    timeline: tuple[LoggedExchange, ...] = ()

    def of_role(self, role: Role) -> tuple[Copy, ...]:
        """Its whole copies of one kind."""
        return tuple(each for each in self.copies if each.role is role and each.state is CopyState.KEPT)


@dataclass(frozen=True)
class Page:
    """What is behind a link."""

    share: Share
    results: tuple[Result, ...]


@dataclass(frozen=True)
class SharedFile:
    """A file of a page, with the submission it is of; `shows_prompt`: whether the page tells the prompt."""

    intent: Intent
    copy: Copy
    shows_prompt: bool


class Sharing:
    """The use cases. Thread-safe. `clock` is what people read."""

    def __init__(self, store: Store, *, is_on: bool, clock: Callable[[], float] = time.time) -> None:
        self.is_on = is_on
        self.wrong_links = WrongLinks()
        self._store = store
        self._clock = clock

    # --- who shares ----------------------------------------------------------------------------------

    @needs_database
    def share(self, visitor: str, intent_ids: tuple[str, ...], options: Options) -> tuple[str, Share]:
        """Makes a page with one to twelve of the visitor's results; the token of its link. Raises `NotShared`."""
        new = self._new(visitor, intent_ids, options)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        share = self._store.shares.add(new, token_hash(token))
        if share is None:
            raise NotShared(refuse("sharing.not_yours"))
        log.info("shared id=%s results=%d ends=%s", share.id[:6], len(share.results), share.expires_at is not None)
        return token, share

    @needs_database
    def preview(self, visitor: str, intent_ids: tuple[str, ...], options: Options, share_id: str = "") -> Page:
        """The page as it would be, made of the visitor's own results and stored nowhere. Raises `NotShared`.

        `share_id`: the page of theirs that would be changed.
        """
        new = self._changed(visitor, share_id, options) if share_id else self._new(visitor, intent_ids, options)
        share = Share(**vars(new), id=share_id, created_at=self._clock(), opened_on=None)
        page = self._page(share)
        if any(each.intent.visitor != new.visitor for each in page.results):
            raise NotShared(refuse("sharing.not_yours"))
        return page

    @needs_database
    def change(self, visitor: str, share_id: str, options: Options) -> Share:
        """Shows another choice of the same results under the same link. Raises `NotShared`."""
        changed = self._store.shares.change(share_id, self._changed(visitor, share_id, options))
        if changed is None:
            raise NotShared(refuse("sharing.not_yours"))
        return changed

    @needs_database
    def stop(self, visitor: str, share_id: str) -> bool:
        """Ends one of the visitor's pages at once; False when it is not theirs."""
        return visitors.is_token(visitor) and self._store.shares.stop(visitor_id(visitor), share_id)

    @needs_database
    def shared_by(self, visitor: str) -> tuple[Share, ...]:
        """What a visitor shares, the newest first."""
        return self._store.shares.of(visitor_id(visitor)) if visitors.is_token(visitor) else ()

    def _changed(self, visitor: str, share_id: str, options: Options) -> NewShare:
        mine = next((each for each in self._store.shares.of(visitor_id(visitor)) if each.id == share_id), None)
        if mine is None or not visitors.is_token(visitor):
            raise NotShared(refuse("sharing.not_yours"))
        if options.notes is None:
            options = replace(options, notes={each.intent_id: each.note for each in mine.results})
        new = self._new(visitor, tuple(each.intent_id for each in mine.results), options)
        return replace(new, expires_at=mine.expires_at) if options.lasts is None else new

    def _new(self, visitor: str, intent_ids: tuple[str, ...], options: Options) -> NewShare:
        if not self.is_on:
            raise NotShared(refuse("sharing.off"))
        if not visitors.is_token(visitor):
            raise NotShared(refuse("access.no_visitor"))
        ids = tuple(dict.fromkeys(intent_ids))
        if not 1 <= len(ids) <= MOST_RESULTS:
            raise NotShared(refuse("sharing.how_many", most=MOST_RESULTS))
        intents = [self._with_film(each) for each in ids]
        title = intents[0].title if len(intents) == 1 else ""
        notes = options.notes or {}
        lasts = None if options.lasts is None else _SECONDS.get(options.lasts)
        return NewShare(
            visitor=visitor_id(visitor),
            title=_plain(options.title, TITLE_CHARACTERS) or title,
            note=_plain(options.note, NOTE_CHARACTERS),
            results=tuple(SharedResult(each, _plain(notes.get(each, ""), RESULT_NOTE_CHARACTERS)) for each in ids),
            shows_prompt=options.shows_prompt,
            shows_code=options.shows_code,
            expires_at=None if lasts is None else self._clock() + lasts,
        )

    def _with_film(self, intent_id: str) -> Intent:
        try:
            intent = self._store.intent(intent_id)
        except KeyError:
            raise NotShared(refuse("sharing.not_yours")) from None
        if not any(task.state is TaskState.SUCCEEDED and task.videos for task in intent.tasks):
            raise NotShared(refuse("sharing.nothing_to_show"))
        return intent

    # --- who looks -----------------------------------------------------------------------------------

    @needs_database
    def open(self, token: str, address: str) -> Page | None:
        """The page behind a link, for somebody at an address; None for a wrong one. Raises `TooManyLinks`."""
        share = self._behind(token, address)
        if share is None:
            return None
        self._store.shares.note_opening(share, time.strftime("%Y-%m-%d", time.gmtime(self._clock())))
        return self._page(share)

    @needs_database
    def file(self, token: str, copy_id: str, address: str) -> SharedFile | None:
        """A file of the page behind a link; None when it is not on it. Raises `TooManyLinks`."""
        share = self._behind(token, address)
        if share is None:
            return None
        copy = self._store.copies.get(copy_id)
        on_it = copy is not None and copy.intent_id in {each.intent_id for each in share.results}
        if copy is None or not on_it or copy.state is not CopyState.KEPT:
            return None
        if copy.role is Role.REFERENCE and not share.shows_prompt:
            return None
        try:
            return SharedFile(self._store.intent(copy.intent_id), copy, share.shows_prompt)
        except KeyError:  # forgotten since the page was read
            return None

    def _behind(self, token: str, address: str) -> Share | None:
        if wait := self.wrong_links.wait(address):
            raise TooManyLinks(wait)
        share = self._store.shares.opened(token_hash(token)) if self.is_on else None
        if share is None:
            self.wrong_links.count(address)
        return share

    def _page(self, share: Share) -> Page:
        copies = self._store.copies.of([each.intent_id for each in share.results])
        found = (self._result(share, each, copies.get(each.intent_id, ())) for each in share.results)
        return Page(share, tuple(each for each in found if each is not None))

    def _result(self, share: Share, on_it: SharedResult, copies: tuple[Copy, ...]) -> Result | None:
        try:
            intent = self._store.intent(on_it.intent_id)
        except KeyError:  # forgotten since the page was read
            return None
        timeline = self._store.timeline(on_it.intent_id) if share.shows_code else ()
        return Result(intent, copies, on_it.note, timeline)


def _plain(text: str, most: int) -> str:
    """A text of a person's as it is kept: no characters that steer, and no longer than it may be."""
    kept = "".join(each for each in text if each.isprintable() or each == "\n")
    return kept.strip()[:most]
