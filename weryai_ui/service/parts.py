"""The parts of the app, made once, and what every use case asks of them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from weryai_ui.access.accounts import Accounts
from weryai_ui.access.policy import Access
from weryai_ui.errors import DatabaseAway, refuse
from weryai_ui.files.fitting import Fitter
from weryai_ui.files.forwarding import Uploader
from weryai_ui.files.object_storage import ObjectStorage
from weryai_ui.files.reach import Reach
from weryai_ui.files.remote_clips import RemoteClips
from weryai_ui.files.uploads import Uploads
from weryai_ui.jobs.arrivals import Arrivals
from weryai_ui.jobs.bookkeeping import Bookkeeper
from weryai_ui.jobs.copier import Copier
from weryai_ui.jobs.follower import Follower
from weryai_ui.jobs.presence import Presence
from weryai_ui.jobs.resolving import Balances
from weryai_ui.jobs.schedule import base_interval
from weryai_ui.jobs.serving import Serving, Stage
from weryai_ui.jobs.unsaved import Unsaved
from weryai_ui.media.units import MEGABYTE
from weryai_ui.service.moving import Moving
from weryai_ui.service.sharing import Sharing
from weryai_ui.settings import Settings
from weryai_ui.store.records import Intent, SendTo
from weryai_ui.store.retention import TRANSACTIONS_AT_ONCE, Rule, rules
from weryai_ui.store.submissions import Store
from weryai_ui.variables import Role

log = logging.getLogger(__name__)

GIGABYTE = 1024**3
SANDBOX_EACH = (
    "Another process works at this database, and each has a sandbox of its own, which knows no tasks of the other's. "
    "Name one for all in WERYAI_SANDBOX_URL, or set WERYAI_SANDBOX=off."
)


class Parts:
    """Everything that the use cases work with, started and stopped together. Thread-safe.

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
        self.is_web = settings.role is Role.WEB
        """Whether others do the work behind the page, but for what only this process has the key to."""
        self.processes = store.alive
        self.replicas = store.replicas
        self.access = Access(settings, store.grants, clock=monotonic, processes=store.alive)
        self.access.is_stopped = lambda: store.stops.is_stopped
        self.accounts = Accounts(settings, self.access, store.sealed_keys, monotonic)
        self.serving = Serving()
        self._store = store
        self._clock = clock
        self.arrivals = Arrivals(monotonic)
        self._unsaved = Unsaved(settings.data_dir)
        self.uploads = self._new_uploads(clock, monotonic)
        self.fitter = Fitter(self.uploads, monotonic)
        self.uploader = Uploader(self.uploads, clock=monotonic)
        self.remote_clips = RemoteClips()
        self.reach = Reach()
        self.storage = ObjectStorage(settings.data_dir / "results", settings.storage_url)
        self.copies = store.copies
        self.stars = store.stars
        self.titles = store.titles
        self.copier = self._new_copier()
        self.balances = Balances(monotonic)
        self.sharing = Sharing(store, is_on=settings.sharing, clock=clock)
        self.moving = Moving(store, monotonic)
        self._presence = Presence(monotonic, store.replicas)
        self.follower = self._new_follower(monotonic)
        self.bookkeeper = Bookkeeper(store, self.accounts.client_of, clock)

    def _new_uploads(self, clock: Callable[[], float], monotonic: Callable[[], float]) -> Uploads:
        """In place, where the storage is a folder; else below the bucket's prefix, beside the results."""
        folder, url = self.settings.data_dir / "uploads", self.settings.storage_url
        return Uploads(
            folder,
            ObjectStorage(folder, url and f"{url}/uploads", kept=folder),
            clock=clock,
            monotonic=monotonic,
            arrival_bytes=self.settings.arrival_mb * MEGABYTE,
        )

    def _new_copier(self) -> Copier:
        return Copier(
            self.copies,
            self.storage,
            self.uploads,
            own_origin=lambda: self.accounts.sandbox_url,
            room_bytes=int(self.settings.storage_gb * GIGABYTE),
            works=not self.is_web,
            clock=self._clock,
        )

    def _new_follower(self, monotonic: Callable[[], float]) -> Follower:
        return Follower(
            self._store,
            client_for=self.accounts.client_for,
            interval=self._interval,
            visitors_with_keys=self.accounts.visitors_with_keys,
            made_with=self.accounts.is_its_own,
            without_key=self.accounts.without_key,
            polls_at_once=self.settings.polls_at_once,
            housekeeping=lambda: self._unsaved.take_up(self._store, self._clock()),
            forget_old=(lambda: None) if self.is_web else self.forget_old,
            clock=self._clock,
            monotonic=monotonic,
        )

    def start(self, sandbox_url: str) -> None:
        """Takes up what an earlier process left behind and begins to follow."""
        self.accounts.sandbox_url = sandbox_url.rstrip("/")
        if advice := self.access.advice():
            log.warning(advice)
        if self._has_one_sandbox_of_several():
            log.warning(SANDBOX_EACH)
        self._take_up_unsaved()
        self.follower.start()
        self.copier.start()
        self.bookkeeper.start()
        self.serving.enter(Stage.READY)

    def _has_one_sandbox_of_several(self) -> bool:
        own = self.settings.role is Role.ALL and not self.settings.sandbox_url
        return own and SendTo.SANDBOX in self.access.offers and self._store.has_company()

    def drain(self, seconds: float) -> int:
        """Takes no more submissions, and waits so long for those under way; gives how many are left."""
        log.info("stopping: no more submissions are taken")
        return self.serving.drain(seconds)

    def stop(self) -> None:
        """Stops following; what is unfinished stays in the store for the next start."""
        self.follower.stop()
        self.copier.stop()
        self.bookkeeper.stop()
        self.fitter.stop()
        self._take_up_unsaved()
        self._unsaved.close()
        self._store.close()

    def ask_database(self) -> None:
        """Raises `DatabaseAway` while it is known that the database does not even let itself be read.

        So that nobody waits for it, and no thread is held by who does.
        """
        if self.follower.database_silent:
            raise DatabaseAway(refuse("access.database_silent"))

    @property
    def kept(self) -> tuple[Rule, ...]:
        """How long the records of each kind are kept."""
        return rules(self.settings.history_days)

    def forget_old(self) -> None:
        """Deletes some of what is kept long enough, in a few short transactions."""
        self._store.sealed_keys.forget_old()
        for _ in range(TRANSACTIONS_AT_ONCE):
            if not self._store.forget_old(self.kept):
                return

    def _take_up_unsaved(self) -> None:
        try:
            self._unsaved.take_up(self._store, self._clock())
        except (SQLAlchemyError, OSError) as error:
            log.error("the unsaved outcomes were not taken up: %s", type(error).__name__)

    def _interval(self, intent: Intent) -> float:
        base, unfinished = self.settings.poll_seconds, self.follower.unfinished
        return base_interval(intent, base, watched=self._presence.is_watching(intent.visitor), unfinished=unfinished)
