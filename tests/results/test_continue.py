"""A film goes on: its last frame, exact and from our own copy, is the picture that the next request begins with."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from tests.media import made
from tests.results.conftest import files_in, finished
from tests.service.conftest import FORM, new_submission, until
from tests.visitors import VISITOR, visitor_named
from weryai_ui.media import MediaError
from weryai_ui.service import Service
from weryai_ui.store.copy_records import Role

JPEG_MEAN, JPEG_MOST = 1.5, 40
"""How far a value may be from the film's, on average and at an edge."""


def frames_of(film: bytes) -> list[np.ndarray]:
    """The last two frames, as a player shows them."""
    with av.open(io.BytesIO(film), "r") as container:
        shown = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    return shown[-2:]


def test_the_last_frame_of_a_kept_film_becomes_a_file_of_the_form(service: Service) -> None:
    intent = finished(service)
    (film,) = [each for each in service.copies_of([intent])[intent.id] if each.role is Role.FILM]
    upload = service.continue_film(VISITOR, intent.id, str(intent.tasks[0].videos[0].url))
    *_, last = frames_of(service.storage.read(str(film.key)))
    with service.uploads.file(upload) as path:
        drawn = np.asarray(Image.open(path).convert("RGB"))
    assert (upload.media.width, upload.media.height) == (film.width, film.height)
    apart = np.abs(drawn.astype(int) - last.astype(int))
    assert apart.mean() < JPEG_MEAN
    assert apart.max() < JPEG_MOST
    assert upload.name.startswith("last-frame-")


def grey_of(film: bytes, at_s: float) -> np.ndarray:
    """The frame that is shown at a moment, small and without colour."""
    with av.open(io.BytesIO(film), "r") as container:
        frame = next(each for each in container.decode(video=0) if (each.time or 0) >= at_s - 0.001)
        return frame.reformat(64, 64, "gray").to_ndarray().astype(int)


@pytest.mark.parametrize(("asked", "got"), [(3, 3), (2.5, 2.5), (0, 2), (-1, 2), (60, 5)])
def test_the_last_seconds_of_a_kept_film_become_a_video_of_the_form(service: Service, asked: float, got: float) -> None:
    intent = finished(service)
    (film,) = [each for each in service.copies_of([intent])[intent.id] if each.role is Role.FILM]
    upload = service.continue_seconds(VISITOR, intent.id, str(intent.tasks[0].videos[0].url), asked)
    assert upload.media.duration_s == pytest.approx(got, abs=1 / 24 + 0.01)
    assert 2 <= (upload.media.duration_s or 0) <= 15
    assert (upload.media.extension, upload.media.width, upload.media.height) == ("mp4", film.width, film.height)
    assert upload.may_leave
    whole = service.storage.read(str(film.key))
    with service.uploads.file(upload) as path:
        cut = path.read_bytes()
    # The cut begins where it should: nearer to that frame than to those half a second away, of a bar that runs.
    begins = (film.duration_s or 0) - got
    apart = {
        at: np.abs(grey_of(cut, 0) - grey_of(whole, at)).mean() for at in (begins, abs(begins - 0.5), begins + 0.5)
    }
    assert min(apart, key=lambda at: apart[at]) == begins


def test_the_videos_that_the_request_had_leave_as_much_room_as_they_leave(service: Service, tmp_path: Path) -> None:
    clips = []
    for number, seconds in enumerate((9, 4.5)):
        (path := tmp_path / f"{number}.mp4").write_bytes(made.clip(seconds=seconds))
        clips.append(service.uploads.take_copy(path).link)
    intent = finished(service, values={**FORM, "videos": "\n".join(clips)})
    link = str(intent.tasks[0].videos[0].url)
    with pytest.raises(MediaError, match="leave no room"):
        service.continue_seconds(VISITOR, intent.id, link, 5)
    instead = service.continue_seconds(VISITOR, intent.id, link, 8, replaces=1)
    assert instead.media.duration_s == pytest.approx(5, abs=0.1)  # the film has no more
    instead = service.continue_seconds(VISITOR, intent.id, link, 5, replaces=2)
    assert instead.media.duration_s == pytest.approx(5, abs=0.1)


def test_without_a_copy_of_ones_own_it_says_so(service: Service) -> None:
    intent = finished(service)
    link = str(intent.tasks[0].videos[0].url)
    with pytest.raises(MediaError, match="no copy of this video here"):
        service.continue_film(visitor_named("stranger"), intent.id, link)
    with pytest.raises(MediaError, match="no copy of this video here"):
        service.continue_film(VISITOR, intent.id, "https://example.com/another.mp4")
    for path in files_in(service.settings.data_dir / "results"):
        path.unlink()
    with pytest.raises(MediaError, match="no copy of this video here"):
        service.continue_film(VISITOR, intent.id, link)


def test_while_the_copy_is_under_way_it_says_that_it_is_not_here_yet(service: Service) -> None:
    service.copier.stop()
    intent = service.submit(new_submission()).intent
    assert intent is not None
    until(lambda: service.copies_of([intent]).get(intent.id))
    link = str(service.tasks(VISITOR)[0].tasks[0].videos[0].url)
    with pytest.raises(MediaError, match="not kept here yet"):
        service.continue_film(VISITOR, intent.id, link)
