"""The sandbox measures what it is given by its own reading, and as it plays."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.media import made
from weryai_ui.sandbox.probe import seconds_of

FILES = Path(__file__).parents[1] / "media" / "files"


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        ("vfr_hevc.mov", 15.0),
        ("vfr_sparse.mp4", 1.533),
        ("v15ntsc.mp4", 15.015),
        ("phone_portrait.mov", 5.0),
        ("two_id3.mp3", 5.0),
        ("junk_lead.mp3", 5.04),
        ("hlg10.mov", 4.0),
    ],
)
def test_a_clip_is_as_long_as_it_plays(name: str, seconds: float) -> None:
    assert seconds_of(str(FILES / name)) == pytest.approx(seconds, abs=0.05)


@pytest.mark.parametrize("seed", range(4))
def test_pictures_that_stand_for_different_times_add_up(tmp_path: Path, seed: int) -> None:
    data, truth = made.uneven(seed)
    (tmp_path / "clip").write_bytes(data)
    assert seconds_of(str(tmp_path / "clip")) == pytest.approx(truth, abs=0.05)


def test_a_cover_does_not_say_how_long_a_sound_is(tmp_path: Path) -> None:
    (tmp_path / "sound").write_bytes(made.with_cover(sound_s=4.0))
    assert seconds_of(str(tmp_path / "sound")) == pytest.approx(4.0, abs=0.05)


def test_what_is_no_clip_has_no_length(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no clip")
    assert seconds_of(str(tmp_path / "text")) is None
