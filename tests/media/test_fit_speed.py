"""A large film is made to fit in its time and memory, and its sound stays in step."""

from __future__ import annotations

import io
import resource
import time
from dataclasses import replace
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from tests.media import made
from tests.media.conftest import Saved
from tests.media.test_trim import tone_from
from weryai_ui.media import MEDIA_LIMITS, fit

LIMITS = replace(MEDIA_LIMITS, arrival_bytes=500_000_000)


def test_sound_and_picture_of_a_film_stay_in_step(saved: Saved) -> None:
    path = saved(made.clip(3.0, "matroska", sound_s=3.0))
    target = path.with_name("fitted")
    fit(path, target, limits=LIMITS)
    begins = tone_from(target)
    print(f"the sound begins {1000 * (begins - made.TONE_FROM):.1f} ms late")
    assert begins == pytest.approx(made.TONE_FROM, abs=0.02)


def large_film(seconds: int) -> bytes:
    """An MP4 of 4K and 60 frames a second: one second of a moving picture, again and again."""
    chance = np.random.default_rng(1)
    small = Image.fromarray(chance.integers(0, 255, (270, 480, 3), dtype=np.uint8))
    wide = np.asarray(small.resize((4096, 2304), Image.Resampling.BICUBIC))
    part, out = io.BytesIO(), io.BytesIO()
    file: Any
    with av.open(part, "w", format="mp4") as file:
        stream = file.add_stream("libx264", rate=60, options={"preset": "ultrafast", "crf": "30", "bf": "0"})
        stream.width, stream.height, stream.pix_fmt = 3840, 2160, "yuv420p"
        for at in range(60):
            moved = np.ascontiguousarray(wide[2 * at : 2 * at + 2160, 4 * at : 4 * at + 3840])
            file.mux(stream.encode(av.VideoFrame.from_ndarray(moved, format="rgb24")))
        file.mux(stream.encode(None))
    again: Any = None
    with av.open(out, "w", format="mp4") as file:
        for second in range(seconds):
            source: Any
            with av.open(io.BytesIO(part.getvalue())) as source:
                video = source.streams.video[0]
                again = again or file.add_stream_from_template(video)
                shift = round(second / video.time_base)
                for packet in source.demux(video):
                    if packet.dts is not None:
                        packet.pts, packet.dts, packet.stream = packet.pts + shift, packet.dts + shift, again
                        file.mux(packet)
    return out.getvalue()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_fifteen_seconds_of_4k_fit_within_their_time_and_memory(saved: Saved) -> None:
    path = saved(large_film(15))
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    after = fit(path, path.with_name("fitted"), limits=LIMITS)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor_s = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    print(f"{time.monotonic() - began:.0f} s, {processor_s:.0f} s of processor, {used.ru_maxrss // 1024} MB")
    assert (after.width, after.height) == (1284, 722)
    assert after.duration_s == pytest.approx(15.0, abs=0.05)
    assert processor_s < 90  # so that it takes no longer on a quiet machine, whatever else this one does
    assert used.ru_maxrss < 600 * 1024
