"""A store with finished tasks whose films lie on loopback, and the copier at it, one try at a time."""

from __future__ import annotations

from pathlib import Path

from tests.durability.scripted import Clock, Desk, ScriptedClient, told
from weryai_ui.client.tasks import TaskState
from weryai_ui.files.object_storage import ObjectStorage
from weryai_ui.files.uploads import Uploads
from weryai_ui.jobs.copier import Copier
from weryai_ui.store.copy_records import Copy, CopyState
from weryai_ui.store.records import Intent

GIGABYTE = 1024**3


class Bench:
    """One process: its store, its storage in a folder, its copier. `origin` counts as the app's own."""

    def __init__(self, folder: Path, clock: Clock, origin: str, *, room: int = GIGABYTE, url: str = "") -> None:
        self.folder = folder
        self.clock = clock
        self.films: dict[str, list[str]] = {}
        client = ScriptedClient(lambda task_id: told(TaskState.SUCCEEDED, task_id, self.films[task_id]))
        self.desk = Desk(f"sqlite:///{(folder / 'weryai.sqlite3').as_posix()}", client, clock)
        self.desk.store.beat()
        self.copies = self.desk.store.copies
        self.storage = ObjectStorage(folder / "results", url)
        uploads = Uploads(folder / "uploads", clock=clock, monotonic=clock)
        self.copier = Copier(
            self.copies, self.storage, uploads, own_origin=lambda: origin, room_bytes=room, clock=clock
        )

    def close(self) -> None:
        self.copier.stop()
        self.desk.store.close()

    def made(self, *films: str, visitor: str = "v") -> Intent:
        """A submission with a finished task that has these films."""
        task_id = f"task-{len(self.films)}"
        self.films[task_id] = list(films)
        intent = self.desk.accepted(task_id, visitor=visitor)
        self.desk.follow(intent.tasks[0])
        return intent

    def work(self) -> None:
        """Every copy that is due now is tried once, and what is to be deleted is."""
        for each in self.copies.due(100):
            self.copier.copy_once(each)
        self.copier.remove()

    def copy(self, intent: Intent) -> Copy:
        """The one copy of a submission."""
        (found,) = self.copies.of([intent.id])[intent.id]
        return found

    def is_kept(self, intent: Intent) -> bool:
        return self.copy(intent).state is CopyState.KEPT
