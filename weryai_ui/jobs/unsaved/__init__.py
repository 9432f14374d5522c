"""What came back from a POST, until the database has it: `Unsaved` is the way in."""

from __future__ import annotations

from weryai_ui.jobs.unsaved.record import as_reported
from weryai_ui.jobs.unsaved.unsaved import FOLDER_NAME, NoRoom, Room, Unsaved

__all__ = ["FOLDER_NAME", "NoRoom", "Room", "Unsaved", "as_reported"]
