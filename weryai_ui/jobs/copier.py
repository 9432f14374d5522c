"""Copies results into the app's storage in the background: two at once, each tried again while its link may live.

What is to be done stands in the store (`store/copies.py`), so a process that ends in the middle loses nothing, and the
next one goes on. How far a copy is stands in memory alone.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

from weryai_ui.files.object_storage import ObjectStorage
from weryai_ui.files.uploads import Uploads
from weryai_ui.jobs.complaints import kind_and_place
from weryai_ui.jobs.copying import Copying, Lost, NotCopied
from weryai_ui.jobs.worker import Worker, every
from weryai_ui.quota import Quota
from weryai_ui.store.copies import Copies
from weryai_ui.store.copy_records import Copy

log = logging.getLogger(__name__)

AT_ONCE = 2
LOOKS_EVERY_S = 1.0
SWEEPS_EVERY_S = 600.0
SHARE_OF_VISITOR = 4
"""One visitor's copies take at most one part in so many of the room."""
FRESH_S, FRESH_PAUSE_S = 60.0, 5.0
"""A link is not there at once everywhere: so long an answer of 403 or 404 means nothing yet."""
NOT_YET = frozenset({403, 404})
FIRST_PAUSE_S, LONGEST_PAUSE_S = 10.0, 3600.0
LINK_LIVES_S = 24 * 3600.0
"""How long the service's links live is not documented; those of others live for a day."""


class Copier(Worker[Copy]):
    """The worker. `own_origin` gives the address of the app's own sandbox, to which no public one leads.

    At its end it gives up what is under way: the next process goes on with it. One that does not `works` leaves the
    copies to others, and only looks after the files that people give here.
    """

    def __init__(
        self,
        copies: Copies,
        storage: ObjectStorage,
        uploads: Uploads,
        *,
        own_origin: Callable[[], str],
        room_bytes: int,
        works: bool = True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(
            "copy",
            self._free,
            self.copy_once,
            id_of=lambda copy: copy.id,
            at_once=AT_ONCE,
            looks_every_s=LOOKS_EVERY_S,
            also=(
                *((("copies were not deleted", self.remove),) * works),
                ("what had not arrived was not deleted", every(SWEEPS_EVERY_S, storage.sweep)),
                ("old files were not deleted", every(SWEEPS_EVERY_S, uploads.sweep)),
            ),
        )
        self._works = works
        self._copies = copies
        self._storage = storage
        self._uploads = uploads
        self._clock = clock
        self.quota = Quota(whole=room_bytes, share=room_bytes // SHARE_OF_VISITOR)
        self._copying = Copying(copies, storage, uploads, self._room_for, own_origin)
        self._percent: dict[str, tuple[str, int]] = {}
        """By copy: the visitor, and how much of it has come."""

    def percent(self, copy_id: str) -> int | None:
        """How much of a copy has come; None while nobody knows."""
        with self._lock:
            found = self._percent.get(copy_id)
        return None if found is None else found[1]

    def version(self, visitor: str) -> str:
        """A text that changes with what `percent` says of this visitor's copies."""
        with self._lock:
            mine = [percent // 10 for whose, percent in self._percent.values() if whose == visitor]
        return "".join(f".{tens}" for tens in mine)

    def copy_once(self, copy: Copy) -> None:
        """One try of one copy. Raises only what nobody foresaw, once that is noted."""
        claimed = self._copies.claim(copy)
        if claimed is None:
            return
        try:
            self._copying.copy(claimed, lambda came, of: self._note(claimed, came, of))
            log.info("copy intent=%s id=%s role=%s kept", claimed.intent_id[:8], claimed.id[:6], claimed.role)
        except NotCopied as failed:
            if self.is_ending:
                self._copies.put_off(claimed, None, self._clock())
                return
            due_at = next_try(claimed, failed, self._clock())
            self._copies.put_off(claimed, failed.why, due_at)
            log.info(
                "copy intent=%s id=%s role=%s why=%s again=%s",
                *(claimed.intent_id[:8], claimed.id[:6], claimed.role, failed.why, due_at is not None),
            )
        except Lost:
            if self.is_ending:
                self._copies.put_off(claimed, None, self._clock())
            self.look()
        except Exception as error:
            self._copies.put_off(claimed, "broke", self._clock() + _pause(claimed), kind_and_place(error))
            raise
        finally:
            with self._lock:
                self._percent.pop(claimed.id, None)

    def remove(self) -> None:
        """Deletes the objects that nobody has any more."""
        while keys := self._copies.to_remove():
            for key in keys:
                self._storage.delete(key)
                self._storage.delete(f"{key}.jpg")
            self._copies.removed(keys)

    # --- the worker ----------------------------------------------------------------------------------

    def _free(self, most: int, busy: frozenset[str]) -> Sequence[Copy]:
        due = self._copies.due(AT_ONCE + most) if self._works else ()
        return [copy for copy in due if copy.id not in busy][:most]

    def _room_for(self, claimed: Copy, size: int) -> bool:
        return self._copies.make_room(claimed, size, self.quota)

    def _note(self, claimed: Copy, came: int, of: int | None) -> None:
        if self.is_ending:
            raise Lost
        if of:
            with self._lock:
                self._percent[claimed.id] = (claimed.visitor, min(99, came * 100 // of))


def next_try(claimed: Copy, failed: NotCopied, now: float) -> float | None:
    """When a copy is tried again after a failure; None when it is not."""
    began = claimed.first_tried_at or now
    if failed.final:
        return None
    if failed.http_status in NOT_YET:
        return now + FRESH_PAUSE_S if now - began < FRESH_S else None
    pause = _pause(claimed)
    return now + pause if now + pause - began < LINK_LIVES_S else None


def _pause(claimed: Copy) -> float:
    return min(FIRST_PAUSE_S * 2.0 ** min(claimed.tries - 1, 20), LONGEST_PAUSE_S)
