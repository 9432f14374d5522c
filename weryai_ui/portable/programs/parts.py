"""What the three languages share: the request, the files to upload, and how a template is filled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from weryai_ui.files.names import Source
from weryai_ui.media import MIMES, UPLOAD_EXTENSIONS
from weryai_ui.portable.programs.literals import json_text
from weryai_ui.request.fields import REFERENCE_FIELDS
from weryai_ui.request.rules import seconds

# Not by `mimetypes`, whose guess depends on the machine that it runs on.
_TYPES: Mapping[str, str] = {
    **{ending: MIMES[ending][1] for endings in UPLOAD_EXTENSIONS.values() for ending in endings},
    "jpeg": MIMES["jpg"][1],
}
_OTHER_TYPE = "application/octet-stream"
_PLACE = re.compile(r"@@([A-Z_]+)@@")


@dataclass(frozen=True)
class LocalFile:
    """A file beside the snippet that is uploaded first; `link` is what it replaces in the body."""

    link: str
    path: str
    source: Source | None = None

    def comment(self, sign: str) -> str:
        """A line that says of a file that was made here what it was made of; empty for one as it was given."""
        if self.source is None:
            return ""
        how = f"from {json_text(self.source.name)}"  # whatever is in a name, the comment stays one line
        if self.source.cut is None:
            return f"{sign} Converted {how}; download it at its tile.\n"
        start, end = map(seconds, self.source.cut)
        return f"{sign} Cut {how}, {start}-{end} s; download it at its tile.\n"

    @property
    def content_type(self) -> str:
        """By the extension of its link, which tells its content; else by that of its name."""
        endings = (each.rpartition(".")[2].lower() for each in (self.link, self.path))
        return next((_TYPES[ending] for ending in endings if ending in _TYPES), _OTHER_TYPE)


@dataclass(frozen=True)
class Parts:
    """Everything that differs from one snippet to the next."""

    body: Mapping[str, Any]
    base_url: str
    files: tuple[LocalFile, ...]

    @property
    def title(self) -> str:
        """What the snippet does, in one line."""
        number = self.body.get("video_number", 1)
        videos = "a video" if number == 1 else f"{number} videos"
        return (
            f"Makes {videos} with WeryAI, almighty reference-to-video, and downloads {'it' if number == 1 else 'them'}."
        )


def parts(body: Mapping[str, Any], base_url: str, files: Mapping[str, str], sources: Mapping[str, Source]) -> Parts:
    """The parts of a snippet; of `files` those that the body uses, each once and in the body's order."""
    links = dict.fromkeys(link for name in REFERENCE_FIELDS for link in body.get(name, ()))
    used = tuple(LocalFile(link, files[link], sources.get(link)) for link in links if link in files)
    return Parts(body, base_url.rstrip("/"), used)


def filled(template: str, pieces: Mapping[str, str]) -> str:
    """The template with its `@@PLACES@@` filled, in one pass: a prompt may hold the name of a place."""
    return _PLACE.sub(lambda place: pieces[place[1]], template)
