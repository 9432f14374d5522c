"""What is known of a file that a person gave, and the names under which the storage keeps it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from pydantic import TypeAdapter, ValidationError

from weryai_ui.files.names import Source
from weryai_ui.files.storage import UNKNOWN, Owner
from weryai_ui.media import Media, kept_from_leaving
from weryai_ui.request.fields import UPLOAD_SCHEME
from weryai_ui.request.references import Reference

ID_BYTES: Final = 18
RECORD, PREVIEW = ".json", ".thumb"
NAME: Final = re.compile(r"([\w-]{16,64})(\.[a-z0-9]{2,5})", re.ASCII)
"""An object of a file: its id, and what of it this is. `INCOMING` is longer."""


@dataclass(frozen=True)
class Given:
    """A file as a person gave it, of which another one was made that fits."""

    link: str
    """Empty where it is not here: the browser made the other one."""
    media: Media


@dataclass(frozen=True)
class Upload:
    """One file of this app: the person's own name for it, what it is, the hash of its bytes, and whose it is."""

    id: str
    name: str
    media: Media
    sha256: str
    owner: Owner = UNKNOWN
    given: Given | None = None
    """What it was made of, where it was made to fit."""
    source: Source | None = None
    """The file that its owner has of it, where it was cut or made to fit."""
    has_preview: bool | None = None
    """Whether there is a picture of it; None in a record of before this was written down."""

    @property
    def original(self) -> str:
        """The name of the file that it was converted from; its own where it was not."""
        return self.source.name if self.source is not None and self.source.cut is None else self.name

    @property
    def file(self) -> str:
        """The name under which its bytes are kept."""
        return f"{self.id}.{self.media.extension}"

    @property
    def record(self) -> str:
        """The name under which this is kept."""
        return f"{self.id}{RECORD}"

    @property
    def preview(self) -> str:
        """The name under which a picture of it is kept."""
        return f"{self.id}{PREVIEW}"

    @property
    def names(self) -> tuple[str, ...]:
        """Every name under which something of it is kept."""
        return self.file, self.record, self.preview

    @property
    def link(self) -> str:
        """How it stands among the links of a form."""
        return f"{UPLOAD_SCHEME}{self.file}"

    @property
    def reference(self) -> Reference:
        """What the checks know of it."""
        media = self.media
        return Reference(
            self.link,
            media.duration_s,
            kind=media.kind.value,
            width=media.width,
            height=media.height,
            size=media.size,
            extension=media.extension,
        )

    @property
    def may_leave(self) -> bool:
        """Whether it is sent on as it is."""
        return kept_from_leaving(self.media.kind, self.media.extension, self.media.size) is None


_record = TypeAdapter(Upload)


def written(upload: Upload) -> bytes:
    """A record, as it is kept."""
    return _record.dump_json(upload)


def read(data: bytes) -> Upload | None:
    """What `written` wrote; None for anything else."""
    try:
        return _record.validate_json(data)
    except ValidationError:
        return None
