"""Films of which one is made: what one asks for, and what is refused."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from weryai_ui.i18n import say
from weryai_ui.media.child import UNSEEN, Places, Watch
from weryai_ui.media.kinds import MediaKind
from weryai_ui.media.limits import MediaLimits
from weryai_ui.media.measuring import Head, known, order
from weryai_ui.media.sentences import MediaError


def join(
    paths: Sequence[Path],
    target: Path,
    *,
    limits: MediaLimits,
    places: Places | None = None,
    watch: Watch = UNSEEN,
) -> None:
    """Writes films one after the other into one MP4 of at most `limits.clip_bytes`, which no film may be larger than.

    Raises `MediaError`, with the number of the film that cannot be joined, from 1.
    """
    with contextlib.ExitStack() as stack:
        first, *others = [stack.enter_context(_film(path, number, limits)) for number, path in enumerate(paths, 1)]
        made = stack.enter_context(target.open("w+b", buffering=0))
        figures = {"bytes": float(limits.clip_bytes)}
        order(first, "join", made, limits, limits.fit_clip_seconds, figures, places, watch, others)


@contextlib.contextmanager
def _film(path: Path, number: int, limits: MediaLimits) -> Iterator[Head]:
    with contextlib.ExitStack() as stack:
        try:
            found = stack.enter_context(known(path, limits))
            if found.kind is not MediaKind.VIDEO:
                raise MediaError(say("media.not_a_video"))
        except MediaError as error:
            raise MediaError(say("joining.film", number=number, why=error)) from error
        yield found
