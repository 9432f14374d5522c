"""A cut looks like its clip: the same greys and colours, said in its tags, square pixels, upright, enough of them."""

from __future__ import annotations

import math
from pathlib import Path

import av
import numpy as np
import pytest

from tests.media import made
from tests.media.conftest import Saved
from tests.media.test_real_files import FILES, GREY, GREY_IN_HLG
from weryai_ui.media import tones, trim
from weryai_ui.media.cut_pictures import LEAST_PIXELS, fitting

NEAR = 2
"""Of 255: how far a grey may be from what it was."""
BT709, BT601, UNSAID = 1, 6, 2
LIMITED = 1


def first(path: Path) -> av.VideoFrame:
    with av.open(str(path)) as file:
        return next(file.decode(video=0))


def tags(path: Path) -> tuple[int, int, int, int]:
    """Range, matrix, primaries and transfer, as the file says them."""
    with av.open(str(path)) as file:
        found = file.streams.video[0].codec_context
        return found.color_range, found.colorspace, found.color_primaries, found.color_trc


def planes(frame: av.VideoFrame) -> list[np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    """Brightness from 0 to 255 and the two colours around 0, by nothing but the frame's own range."""
    whole = frame.to_ndarray().astype(float)
    height, width = frame.height, frame.width
    parts = whole[:height], *np.split(whole[height:].reshape(-1, width // 2), 2)
    if frame.color_range == made.FULL_RANGE:
        return [parts[0], *(part - 128 for part in parts[1:])]
    return [(parts[0] - 16) * 255 / 219, *((part - 128) * 255 / 224 for part in parts[1:])]


def bt709(frame: av.VideoFrame, x: int, y: int) -> list[float]:
    """Red, green and blue at a place."""
    bright, blue, red = planes(frame)
    luma, cb, cr = bright[y, x], blue[y // 2, x // 2], red[y // 2, x // 2]
    return [luma + 1.5748 * cr, luma - 0.1873 * cb - 0.4681 * cr, luma + 1.8556 * cb]


@pytest.mark.parametrize("full", [True, False], ids=["full range", "limited range"])
@pytest.mark.parametrize("matrix", [BT709, BT601, UNSAID])
def test_the_greys_of_a_ramp_stay(saved: Saved, tmp_path: Path, full: bool, matrix: int) -> None:
    trim(saved(made.ramp(full=full, matrix=matrix)), 0.5, 2.5, tmp_path / "cut")
    bright = planes(first(tmp_path / "cut"))[0]
    found = [float(bright[8:-8, at + 8 : at + 24].mean()) for at in range(0, made.RAMP_SIZE[0], 32)]
    worst = max(abs(one - other) for one, other in zip(found, made.ramp_greys(), strict=True))
    print(f"range {'full' if full else 'limited'}, matrix {matrix}: a grey is off by {worst:.2f} at most")
    assert worst <= NEAR
    assert tags(tmp_path / "cut")[1:] == (matrix, matrix, matrix)


def test_a_full_range_film_keeps_its_greys_and_colours(tmp_path: Path) -> None:
    trim(FILES / "fullrange.mp4", 1.0, 3.0, tmp_path / "cut")
    frame = first(tmp_path / "cut")
    assert bt709(frame, 200, 350) == pytest.approx([GREY] * 3, abs=NEAR)
    assert bt709(frame, 100, 80) == pytest.approx([220, 30, 30], abs=3)
    assert tags(tmp_path / "cut") == (LIMITED, BT709, BT709, BT709)


def test_an_hlg_film_is_cut_for_screens_of_bt709(tmp_path: Path) -> None:
    trim(FILES / "hlg10.mov", 1.0, 3.0, tmp_path / "cut")
    assert tags(tmp_path / "cut") == (LIMITED, BT709, BT709, BT709)
    assert bt709(first(tmp_path / "cut"), 200, 350) == pytest.approx([GREY_IN_HLG] * 3, abs=NEAR)


@pytest.mark.parametrize("transfer", [tones.HLG, tones.PQ])
def test_a_grey_card_and_highlights_of_a_high_range_are_where_a_screen_shows_them(
    saved: Saved, tmp_path: Path, transfer: int
) -> None:
    # In HLG and in PQ, 38 % is a grey card of 26 cd/m2; then reference white, twice that, and 1,000 (BT.2408).
    values = [0.0, 0.38, *({tones.HLG: (0.75, 0.85, 1.0), tones.PQ: (0.581, 0.658, 0.752)}[transfer])]
    trim(saved(made.bars(values, transfer)), 0.0, 2.0, tmp_path / "cut")
    assert tags(tmp_path / "cut") == (LIMITED, BT709, BT709, BT709)
    frame = first(tmp_path / "cut")
    width = frame.width // len(values)
    black, grey, white, bright, brightest = (
        bt709(frame, width * number + width // 2, frame.height // 2) for number in range(len(values))
    )
    print(transfer, [round(each[0]) for each in (black, grey, white, bright, brightest)])
    assert black == pytest.approx([0] * 3, abs=NEAR)
    assert grey == pytest.approx([255 * (26 / 203) ** (1 / 2.4)] * 3, abs=3)
    assert white == pytest.approx([219] * 3, abs=4)
    assert white[0] + 12 < bright[0] < brightest[0] - 8
    assert brightest == pytest.approx([255] * 3, abs=NEAR)


@pytest.mark.parametrize("transfer", [tones.HLG, tones.PQ])
def test_the_table_of_tones_is_fine_enough(transfer: int) -> None:
    values = np.repeat(np.linspace(0, 1, 2001)[:, None], 3, axis=1)
    steps = np.linspace(0, 1, tones.LEVEL**2)
    greys = tones.table(transfer).reshape(*[len(steps)] * 3, 3)[
        range(len(steps)), range(len(steps)), range(len(steps)), 0
    ]
    off = np.abs(np.interp(values[:, 0], steps, greys / tones.DEEPEST) - tones.on_screen(values, transfer)[:, 0])
    assert off.max() * 255 < 1


def test_a_film_of_red_green_and_blue_gets_the_colours_of_hd(saved: Saved, tmp_path: Path) -> None:
    trim(saved(made.rgb_film((200, 40, 60))), 0.0, 2.0, tmp_path / "cut")
    assert bt709(first(tmp_path / "cut"), 20, 20) == pytest.approx([200, 40, 60], abs=3)
    assert tags(tmp_path / "cut")[:2] == (LIMITED, BT709)


def test_pixels_that_are_not_square_become_square(tmp_path: Path) -> None:
    cut = trim(FILES / "sar_dvd.mp4", 1.0, 3.0, tmp_path / "cut")
    assert (cut.width, cut.height) == (1024, 576)
    with av.open(str(tmp_path / "cut")) as file:
        assert file.streams.video[0].sample_aspect_ratio in (None, 0, 1)
    # The circle in it is round: as many pixels wide as high.
    bright = planes(first(tmp_path / "cut"))[0][350:515, 400:620] > 150
    rows, columns = np.flatnonzero(bright.any(axis=1)), np.flatnonzero(bright.any(axis=0))
    assert np.ptp(rows) == pytest.approx(np.ptp(columns), abs=2)


def test_a_film_that_a_phone_turned_is_cut_upright(tmp_path: Path) -> None:
    cut = trim(FILES / "phone_portrait.mov", 1.0, 3.0, tmp_path / "cut")
    assert (cut.width, cut.height) == (480, 854)
    assert first(tmp_path / "cut").rotation == 0


@pytest.mark.parametrize(
    ("size", "cut"),
    [
        ((854, 480), (854, 480)),
        ((853, 481), (854, 482)),  # 852 x 480 would be too few
        ((641, 640), (640, 640)),
        ((640, 640), (640, 640)),
        ((639, 640), (638, 640)),  # there were too few before
        ((1921, 1081), (1918, 1080)),
        ((65, 49), (64, 48)),
        ((1, 1), (2, 2)),
    ],
)
def test_a_cut_has_even_sides_and_pixels_enough(size: tuple[int, int], cut: tuple[int, int]) -> None:
    found = fitting(*size)
    assert all(side % 2 == 0 for side in found)
    if math.prod(size) >= LEAST_PIXELS:
        assert math.prod(found) >= LEAST_PIXELS
    assert found == cut
