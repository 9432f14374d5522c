"""Films of a high dynamic range, in the child: what their values are on a screen of BT.709, as a table for FFmpeg.

HLG and PQ (ITU-R BT.2100) store more light than a screen of BT.709 shows. Up to middle greys nothing changes: the light
of reference white (203 cd/m²) counts as the white of the screen. Above, the curve of BT.2390 bends so that the
brightest light becomes the white of the screen, and what lies between stays apart.
"""

from __future__ import annotations

import functools
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame

Array = npt.NDArray[np.float64]

PQ, HLG = 16, 18
"""The transfers, by the numbers of ITU-T H.273."""
WHITE_CD: Final = 203.0
"""The light of reference white, in cd/m² (BT.2408)."""
BRIGHTEST_CD: Final = 1000.0
"""What becomes the white of the screen; a brighter light does too."""
SCREEN_GAMMA: Final = 2.4
"""BT.1886."""
LEVEL: Final = 6
"""Of the table: a cube of its square on each side, as a picture of its cube on each side."""
DEEPEST: Final = 65_535

_TO_BT709: Final = np.array(
    [[1.660491, -0.587641, -0.072850], [-0.124550, 1.132900, -0.008349], [-0.018151, -0.100579, 1.118730]]
)
"""Light of BT.2020's primaries as light of BT.709's (BT.2087)."""
_LUMA: Final = np.array([0.2627, 0.6780, 0.0593])


def is_high(transfer: int) -> bool:
    """Whether values of this transfer have to be mapped."""
    return transfer in (PQ, HLG)


def light(values: Array, transfer: int) -> Array:
    """The light of red, green and blue in cd/m², on a screen of 1,000; values from 0 to 1, colours last."""
    if transfer == PQ:
        power = np.maximum(values, 0) ** (1 / 78.84375)
        there: Array = 10_000 * (np.maximum(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)) ** (
            1 / 0.1593017578125
        )
        return there
    scene = np.where(values <= 0.5, values**2 / 3, (np.exp((values - 0.55991073) / 0.17883277) + 0.28466892) / 12)
    luminance: Array = scene @ _LUMA
    shown: Array = BRIGHTEST_CD * scene * np.maximum(luminance, 1e-9)[..., None] ** 0.2
    return shown


def on_screen(values: Array, transfer: int) -> Array:
    """Values from 0 to 1 as a screen of BT.709 takes them; colours last."""
    there = np.maximum(light(values, transfer) @ _TO_BT709.T, 0) / WHITE_CD
    most = np.maximum(there.max(axis=-1, keepdims=True), 1e-9)
    signal = most ** (1 / SCREEN_GAMMA)
    # One factor for all three colours, so that a bright colour keeps its hue.
    shown: Array = np.clip((there / most) ** (1 / SCREEN_GAMMA) * _bent(signal), 0, 1)
    return shown


def _bent(signal: Array) -> Array:
    """The curve of BT.2390: as it was up to a knee, then ever flatter up to 1. Reference white comes in as 1."""
    brightest = (BRIGHTEST_CD / WHITE_CD) ** (1 / SCREEN_GAMMA)
    white = 1 / brightest
    knee = 1.5 * white - 0.5
    part = np.clip(signal / brightest, 0, 1)
    t = np.maximum(part - knee, 0) / (1 - knee)
    above = (2 * t**3 - 3 * t**2 + 1) * knee + (t**3 - 2 * t**2 + t) * (1 - knee) + (3 * t**2 - 2 * t**3) * white
    bent: Array = np.where(part < knee, part, above) * brightest
    return bent


@functools.cache
def table(transfer: int) -> Any:
    """The table as the picture that FFmpeg's `haldclut` takes: 16 bits, red counting fastest."""
    steps = np.linspace(0, 1, LEVEL**2)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    shown = on_screen(np.stack([red, green, blue], axis=-1), transfer)
    return np.round(shown * DEEPEST).astype(np.uint16).reshape(LEVEL**3, LEVEL**3, 3)


def picture(transfer: int) -> VideoFrame:
    """The table as a frame."""
    frame: VideoFrame = VideoFrame.from_ndarray(table(transfer), format="rgb48le")
    frame.pts = 0
    return frame
