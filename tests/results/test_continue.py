"""A film goes on: its last frame, exact and from our own copy, is the picture that the next request begins with."""

from __future__ import annotations

import io

import av
import numpy as np
import pytest
from PIL import Image

from tests.results.conftest import files_in, finished
from tests.service.conftest import new_submission, until
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
