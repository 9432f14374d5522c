"""What an uploaded file is and measures, and small pictures of it."""

from __future__ import annotations

import contextlib
import math
import os
import stat
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO

from weryai_ui.i18n import say
from weryai_ui.media import child
from weryai_ui.media.child import UNSEEN, Places, Watch
from weryai_ui.media.kinds import MIMES, MediaKind, head_of, sniff
from weryai_ui.media.limits import MEDIA_LIMITS, MediaLimits
from weryai_ui.media.protocol import Fault, Trait
from weryai_ui.media.sentences import MediaError, TooHeavy, faulty, not_ours, too_heavy, too_many_pixels

NO_FIGURES: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True)
class Media:
    """One measured file."""

    kind: MediaKind
    mime: str
    extension: str
    """Of the content, without a dot; the file's own name may say something else."""
    size: int
    """Bytes."""
    width: int | None
    """Pixels as shown: turned as EXIF or the video's rotation says. None for an audio."""
    height: int | None
    duration_s: float | None
    """Seconds, of the longest track. None for a picture."""
    has_audio: bool | None
    """None for a picture."""
    trait: Trait | None = None
    """What is unusual about the pixels of a picture."""
    clear: bool = False
    """Whether a picture has parts that are not opaque."""


@dataclass(frozen=True)
class Head:
    """A file by its first bytes, open, before anything parsed it."""

    file: BinaryIO
    size: int
    kind: MediaKind
    mime: str
    extension: str


def measure(path: Path, *, limits: MediaLimits = MEDIA_LIMITS, places: Places | None = None) -> Media:
    """Kind, size in bytes, pixels as shown, and seconds of a file; what its name says does not count.

    Refused are, in this order: what is not ours by its first bytes, what is over the size limit, pictures of too many
    pixels (by the header alone), and what cannot be read to its end. Blocks for up to `limits.measure_seconds` and the
    wait for a free child, one of the caller's own `places` where it has some. Raises `MediaError`, and nothing else
    for whatever the file contains.
    """
    with known(path, limits) as found, tempfile.TemporaryFile() as made:
        task = "picture" if found.kind is MediaKind.IMAGE else "clip"
        return _media(found, order(found, task, made, limits, limits.measure_seconds, places=places))


def poster(path: Path, *, at_s: float = 0.5, max_side: int = 480, limits: MediaLimits = MEDIA_LIMITS) -> bytes:
    """A JPEG of a video's frame at `at_s` seconds, or of its last; upright, its longer side at most `max_side` pixels.

    Raises `MediaError`.
    """
    return _drawn(path, MediaKind.VIDEO, "media.not_a_video", limits, "poster", at_s=max(0.0, at_s), side=max_side)


def last_frame(path: Path, *, limits: MediaLimits = MEDIA_LIMITS) -> bytes:
    """A JPEG of a video's last frame, upright and as large as it is shown. Raises `MediaError`."""
    return _drawn(path, MediaKind.VIDEO, "media.not_a_video", limits, "last_frame")


def thumbnail(path: Path, max_side: int = 480, *, limits: MediaLimits = MEDIA_LIMITS) -> bytes:
    """A JPEG of a picture; upright, on white, its longer side at most `max_side` pixels. Raises `MediaError`."""
    return _drawn(path, MediaKind.IMAGE, "media.not_a_picture", limits, "thumbnail", side=max_side)


def _drawn(path: Path, kind: MediaKind, otherwise: str, limits: MediaLimits, task: str, **figures: float) -> bytes:
    with known(path, limits) as found, tempfile.TemporaryFile() as made:
        if found.kind is not kind:
            raise MediaError(say(otherwise))
        order(found, task, made, limits, limits.measure_seconds, figures)
        made.seek(0)
        return made.read()


@contextlib.contextmanager
def known(path: Path, limits: MediaLimits) -> Iterator[Head]:
    """The file, open, once its first bytes and its size are in order. Raises `MediaError`."""
    with _opened(path) as file:
        size = os.fstat(file.fileno()).st_size
        if not size:
            raise MediaError(say("media.empty"))
        head = head_of(file)
        found = sniff(head)
        if found is None:
            raise MediaError(not_ours(head))
        if size > (limit := limits.arriving_bytes_of(found[0])):
            raise TooHeavy(too_heavy(found[0], size, limit))
        file.seek(0)
        yield Head(file, size, *found)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """A plain file for reading; a pipe or a folder is as good as none. Raises `MediaError`."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise MediaError(say("media.gone"))
        file = path.open("rb", buffering=0)
    except (OSError, ValueError) as error:
        raise MediaError(say("media.gone")) from error
    with file:
        yield file


def order(
    found: Head,
    task: str,
    made: BinaryIO,
    limits: MediaLimits,
    seconds: float,
    figures: Mapping[str, float] = NO_FIGURES,
    places: Places | None = None,
    watch: Watch = UNSEEN,
    others: Sequence[Head] = (),
) -> dict[str, Any]:
    """What the child reports about a task, when it is good news. Raises `MediaError` with the words for a fault.

    `others`: further files that it is about; a fault of one of several names it by its number.
    """
    more = [(each.file, each.extension) for each in others]
    asked = child.Order(task, found.extension, seconds, figures, more)
    report = child.run(asked, found.file, made, limits, places, watch)
    if "fault" not in report:
        return report
    said = faulty(report["fault"])
    if report["fault"] == Fault.TOO_MANY_PIXELS:
        width, height = _pixels(report.get("width")), _pixels(report.get("height"))
        said = too_many_pixels(found.kind, width, height, limits)
    number = report.get("film")
    raise MediaError(say("joining.film", number=number, why=said) if isinstance(number, int) else said)


def _media(found: Head, report: dict[str, Any]) -> Media:
    """The report as figures. The child read a stranger's file, so that nothing it says is taken on trust."""
    if found.kind is MediaKind.IMAGE:
        width, height = _pixels(report.get("width")), _pixels(report.get("height"))
        trait = report.get("trait")
        return Media(
            found.kind,
            found.mime,
            found.extension,
            found.size,
            width,
            height,
            None,
            None,
            Trait(trait) if trait in set(Trait) else None,
            report.get("clear") is True,
        )
    kind, mime, extension = _by_tracks(found, report.get("width") is not None)
    shown = kind is MediaKind.VIDEO
    return Media(
        kind=kind,
        mime=mime,
        extension=extension,
        size=found.size,
        width=_pixels(report.get("width")) if shown else None,
        height=_pixels(report.get("height")) if shown else None,
        duration_s=_seconds(report.get("duration_s")),
        has_audio=report.get("has_audio") is True,
    )


_SHOWN_AS = {"m4a": "mp4", "ogg": "ogv", "opus": "ogv"}
_SOUND_OF = {"mp4": "m4a", "mov": "m4a", "ogv": "ogg", "wmv": "wma"}


def _by_tracks(found: Head, shown: bool) -> tuple[MediaKind, str, str]:
    """Kind, mime type and extension of a clip: MP4 is a video when it shows something, whatever its brand."""
    other = (_SHOWN_AS if shown else _SOUND_OF).get(found.extension)
    if other is not None:
        return (*MIMES[other], other)
    if found.kind is MediaKind.AUDIO or shown:
        return found.kind, found.mime, found.extension
    return MediaKind.AUDIO, found.mime.replace("video/", "audio/"), found.extension


def _pixels(value: Any) -> int:
    if type(value) is int and value > 0:
        return value
    raise MediaError(faulty(Fault.DAMAGED))


def _seconds(value: Any) -> float:
    if type(value) is float and math.isfinite(value) and value > 0:
        return value
    raise MediaError(faulty(Fault.DAMAGED))
