"""Films of a visitor's that become one: asked for here, made in the background as what is made to fit."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from weryai_ui.access.accounts import visitor_id
from weryai_ui.files.storage import Owner
from weryai_ui.files.upload_records import ID_BYTES, Upload
from weryai_ui.i18n import say
from weryai_ui.jobs.copying import LIMITS
from weryai_ui.media import MEDIA_LIMITS, MediaError, MediaKind, Places, TooHeavy, Watch, join
from weryai_ui.media.units import MEGABYTE
from weryai_ui.service.keeping import Keeping
from weryai_ui.store.copy_records import Copy, Role
from weryai_ui.store.database import needs_database

LEAST_JOINED, MOST_JOINED = 2, 10


class Joining(Keeping):
    """Several films as one."""

    @needs_database
    def join_films(self, visitor: str, copy_ids: Sequence[str]) -> str:
        """Begins to join films of the visitor's that are kept here, in that order.

        Gives the name by which `fitter` says how far it is, and the file that it becomes. Raises `MediaError`, and
        `NoRoom` where too many wait.
        """
        if not LEAST_JOINED <= len(copy_ids) <= MOST_JOINED:
            raise MediaError(say("joining.how_many", least=LEAST_JOINED, most=MOST_JOINED))
        owner = visitor_id(visitor)
        copies = [self._to_join(owner, copy_id, number) for number, copy_id in enumerate(copy_ids, 1)]
        most = self.uploads.limits.arriving_bytes_of(MediaKind.VIDEO)
        if sum(copy.size or 0 for copy in copies) > most:
            raise TooHeavy(say("joining.too_heavy", limit=most // MEGABYTE))
        name = f"join:{secrets.token_urlsafe(ID_BYTES)}"
        self.fitter.start(name, owner, partial(self._joined, owner, copies))
        return name

    def _to_join(self, owner: str, copy_id: str, number: int) -> Copy:
        found = self.kept_copy(copy_id)
        if found is None or found[1].visitor != owner or found[1].role is not Role.FILM:
            raise MediaError(say("joining.film", number=number, why=say("upload.gone")))
        return found[1]

    def _joined(self, owner: str, copies: Sequence[Copy], *, places: Places, watch: Watch) -> Upload:
        most = self.uploads.limits.arriving_bytes_of(MediaKind.VIDEO)
        # Encoded anew, films may become heavier than they were.
        room = min(most, max(2 * sum(copy.size or 0 for copy in copies), MEDIA_LIMITS.clip_bytes))
        with self.uploads.arriving(Owner(owner, owner), room) as arrived:
            with contextlib.ExitStack() as stack:
                films = [stack.enter_context(self._film(copy)) for copy in copies]
                join(films, arrived, limits=replace(LIMITS, clip_bytes=room), places=places, watch=watch)
            return self.uploads.take_in(arrived, f"{len(copies)}-films.mp4")
