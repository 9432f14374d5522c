"""Results that are kept, and what their visitor does with them: see one again, use it, go on from its end."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from weryai_ui.access.accounts import visitor_id
from weryai_ui.errors import DatabaseAway, refuse
from weryai_ui.files.object_storage import StorageAway
from weryai_ui.files.storage import Owner
from weryai_ui.files.upload_records import Upload
from weryai_ui.jobs.copying import LIMITS
from weryai_ui.media import MEDIA_LIMITS, MediaError, MediaKind, last_frame, too_heavy, trim
from weryai_ui.request.fields import CLIP_MAX_SECONDS, CLIP_MIN_SECONDS, CLIPS_TOTAL_SECONDS
from weryai_ui.service.spending import Spending
from weryai_ui.store.copy_records import UNDER_WAY, Copy, CopyState, Role
from weryai_ui.store.database import needs_database
from weryai_ui.store.records import Intent, LoggedExchange


class Keeping(Spending):
    """The visitor's submissions and their films, one at a time."""

    @needs_database
    def open(self, visitor: str, intent_id: str) -> tuple[Intent, tuple[LoggedExchange, ...]] | None:
        """One of the visitor's submissions with every exchange; None when it is not theirs."""
        opened = self._unsaved.open(intent_id) or self._stored(intent_id)
        if opened is None or not secrets.compare_digest(opened[0].visitor, visitor_id(visitor)):
            return None
        return opened

    def lineage(self, visitor: str, intent: Intent) -> tuple[Intent | None, tuple[Intent, ...]]:
        """What one of the visitor's submissions came from, where that is theirs and still here, and what came of it.

        Nothing while the database is away: what became of the submission itself is known without it.
        """
        with suppress(SQLAlchemyError, DatabaseAway):
            parent = self.open(visitor, intent.came_from) if intent.came_from else None
            return parent and parent[0], self._store.children(intent.visitor, intent.id)
        return None, ()

    def _stored(self, intent_id: str) -> tuple[Intent, tuple[LoggedExchange, ...]] | None:
        try:
            return self._store.intent(intent_id), self._store.timeline(intent_id)
        except KeyError:
            return None

    @needs_database
    def copies_of(self, intents: Iterable[Intent]) -> Mapping[str, tuple[Copy, ...]]:
        """The copies of those submissions, by their ids."""
        return self.copies.of([intent.id for intent in intents])

    @needs_database
    def kept_copy(self, copy_id: str) -> tuple[Intent, Copy] | None:
        """A copy that is whole, with the submission it is of; None when there is none of that id."""
        copy = self.copies.get(copy_id)
        if copy is None or copy.state is not CopyState.KEPT:
            return None
        try:
            return self._store.intent(copy.intent_id), copy
        except KeyError:  # forgotten since the copy was read
            return None

    @needs_database
    def use_kept(self, visitor: str, copy_id: str) -> Upload:
        """A film of the visitor's that is kept here, as a file for the form. Raises `MediaError` where it cannot be."""
        found, owner = self.kept_copy(copy_id), visitor_id(visitor)
        if found is None or found[1].visitor != owner:
            raise MediaError(refuse("upload.gone"))
        copy = found[1]
        if (copy.size or 0) > (limit := MEDIA_LIMITS.clip_bytes):
            raise MediaError(too_heavy(MediaKind.VIDEO, copy.size, limit))
        with self.uploads.arriving(Owner(owner, owner), copy.size or 0) as arrived:
            try:
                self.storage.save_as(str(copy.key), arrived)
                return self.uploads.take_in(arrived, f"{found[0].created_at:.0f}.{copy.extension}")
            except (StorageAway, FileNotFoundError):
                raise MediaError(refuse("upload.gone")) from None

    @needs_database
    def continue_film(self, visitor: str, intent_id: str, link: str) -> Upload:
        """The last frame of one of the visitor's films, as a picture for the form.

        `link`: the film's, as the service gave it. Drawn from this app's own copy; raises `MediaError` with the reason
        where there is none.
        """
        intent, copy = self._to_continue(visitor, intent_id, link)
        with self._film(copy) as film:
            picture = last_frame(film, limits=LIMITS)
        owner = visitor_id(visitor)
        with self.uploads.arriving(Owner(owner, owner), len(picture)) as arrived:
            arrived.write_bytes(picture)
            return self.uploads.take_in(arrived, f"last-frame-{intent.created_at:.0f}.jpg")

    @needs_database
    def continue_seconds(self, visitor: str, intent_id: str, link: str, seconds: float, replaces: int = 0) -> Upload:
        """The last seconds of one of the visitor's films, as a video for the form; otherwise as `continue_film`.

        As many as asked within what the service takes: of one video, and of all that the submission had beside the
        one that this `replaces` (by its number, from 1).
        """
        intent, copy = self._to_continue(visitor, intent_id, link)
        others = [each for each in self.copies.of([intent.id]).get(intent.id, ()) if each.field == "videos"]
        taken = sum(each.duration_s or 0.0 for each in others if each.number != replaces)
        most = min(CLIP_MAX_SECONDS, CLIPS_TOTAL_SECONDS - taken)
        if most < CLIP_MIN_SECONDS:
            raise MediaError(refuse("continuing.no_room"))
        end = copy.duration_s or 0.0
        lasts = min(max(seconds, CLIP_MIN_SECONDS), most)
        owner = visitor_id(visitor)
        with self.uploads.arriving(Owner(owner, owner)) as arrived:
            with self._film(copy) as film:
                trim(film, max(0.0, end - lasts), end, arrived)
            return self.uploads.take_in(arrived, f"last-seconds-{intent.created_at:.0f}.mp4")

    def _to_continue(self, visitor: str, intent_id: str, link: str) -> tuple[Intent, Copy]:
        """One of the visitor's submissions and the copy of a film of it. Raises `MediaError` where there is none."""
        opened = self.open(visitor, intent_id)
        if opened is None:
            raise MediaError(refuse("continuing.gone"))
        intent, copy = opened[0], self._copy_of(opened[0], link)
        if copy is None or copy.state is not CopyState.KEPT:
            wait = copy is not None and copy.state in UNDER_WAY
            raise MediaError(refuse("continuing.not_yet" if wait else "continuing.gone"))
        return intent, copy

    @contextmanager
    def _film(self, copy: Copy) -> Iterator[Path]:
        """A kept film as a file of this machine. Raises `MediaError` where it is not there."""
        try:
            with self.storage.arriving() as film:
                self.storage.save_as(str(copy.key), film)
                yield film
        except (StorageAway, FileNotFoundError):
            raise MediaError(refuse("continuing.gone")) from None

    def _copy_of(self, intent: Intent, link: str) -> Copy | None:
        """The copy of a submission's film, by the service's link of it, however it stands."""
        places = {
            (task.number, number)
            for task in intent.tasks
            for number, video in enumerate(task.videos, 1)
            if video.url == link
        }
        films = (each for each in self.copies.of([intent.id]).get(intent.id, ()) if each.role is Role.FILM)
        return next((each for each in films if (each.task, each.number) in places), None)

    @needs_database
    def copy_again(self, visitor: str, intent_id: str) -> bool:
        """Has what is not kept of a visitor's submission copied again; False when it is not theirs."""
        found = self.copies.want_again(visitor_id(visitor), intent_id)
        self.copier.look()
        return found
