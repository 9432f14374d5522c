"""The names of files that people give: as their owners gave them, since programs look for the files by them. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from weryai_ui.request.rules import seconds

NAME_CHARACTERS: Final = 200
"""Of a name that is kept; file systems stop at 255 bytes or letters."""


@dataclass(frozen=True)
class Source:
    """The name of a file that another one was made of, and of a cut its start and its end in seconds."""

    name: str
    cut: tuple[float, float] | None = None


def file_name(given: str, otherwise: str) -> str:
    """The last part of a name or path, as it is, at most `NAME_CHARACTERS`; `otherwise` where nothing is left."""
    name = given.rpartition("/")[2].replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    if name.strip() in ("", ".", ".."):
        return otherwise
    path = PurePosixPath(name)
    return _bounded(path.stem, path.suffix)


def cut_name(name: str, start_s: float, end_s: float, extension: str) -> str:
    """The name of a piece of a file: "clip (2-8 s).mp4" of "clip.mov"."""
    return _bounded(PurePosixPath(name).stem, f" ({seconds(start_s)}-{seconds(end_s)} s).{extension}")


def fitted_name(name: str, extension: str) -> str:
    """The name of a file that was made to fit: "photo.jpg" of "photo.HEIC"."""
    return _bounded(PurePosixPath(name).stem, f".{extension}")


def told_apart(files: Sequence[tuple[str, str]]) -> list[str]:
    """A name for each file, given as its own name and the hash of its bytes.

    Files of the same bytes have one name; of others with the same name the later ones get a number: "image (2).png".
    """
    by_content: dict[str, str] = {}
    for name, content in files:
        by_content.setdefault(content, _free(name, {each.casefold() for each in by_content.values()}))
    return [by_content[content] for _, content in files]


def _free(name: str, taken: set[str]) -> str:
    """The name, or the first with a number that is not taken, as file systems see it that ignore capitals."""
    path = PurePosixPath(name)
    numbered = (_bounded(path.stem, f" ({number}){path.suffix}") for number in itertools.count(2))
    return next(each for each in itertools.chain([name], numbered) if each.casefold() not in taken)


def _bounded(stem: str, end: str) -> str:
    """A name with its end whole, and as much of the rest as fits."""
    return stem[: max(0, NAME_CHARACTERS - len(end))] + end[-NAME_CHARACTERS:]
