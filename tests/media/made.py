"""Small real media, made in memory and kept for the run; nothing of it stands in git.

The picture of a clip tells its time: frame `n` is a grey of `shade(n)`. The sound is silent up to `TONE_FROM` seconds.
"""

from __future__ import annotations

import functools
import io
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

RATE = 10
"""Frames a second of a clip."""
SIZE = (64, 48)
SAMPLES = 44_100
"""Samples a second of a sound."""
TONE_FROM = 1.5
SOUND_CODECS = {
    "mp3": "libmp3lame",
    "wav": "pcm_s16le",
    "ipod": "aac",
    "mp4": "aac",
    "ogg": "libopus",
    "matroska": "libopus",
    "webm": "libopus",
    "flac": "flac",
}

FRAGMENTED = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
INDEX_FIRST = {"movflags": "faststart"}


def shade(frame: int) -> int:
    """The grey of a frame."""
    return 20 + 5 * frame % 220


# --- pictures -------------------------------------------------------------------------------------


@functools.cache
def picture(kind: str = "PNG", size: tuple[int, int] = (320, 180), orientation: int | None = None) -> bytes:
    """A picture, its upper left quarter red and the rest blue."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1] // 2))
    exif = Image.Exif()
    if orientation is not None:
        exif[0x0112] = orientation
    out = io.BytesIO()
    image.save(out, kind, **({} if kind == "GIF" else {"exif": exif}))
    return out.getvalue()


@functools.cache
def noise(kind: str, size: tuple[int, int] = (320, 180)) -> bytes:
    """A picture whose bytes are mostly pixels, so that cutting its end off cuts pixels off."""
    pixels = np.random.default_rng(1).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind)
    return out.getvalue()


@functools.cache
def huge(kind: str) -> bytes:
    """A picture of 30,000 pixels a side by its header, in a few bytes; WebP cannot say more than 16,384."""
    data = bytearray(picture(kind))
    if kind == "PNG":
        data[16:24] = struct.pack(">II", 30_000, 30_000)
        data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    elif kind == "GIF":
        data[6:10] = struct.pack("<HH", 30_000, 30_000)
    elif kind == "JPEG":
        at = data.find(b"\xff\xc0") + 5
        data[at : at + 4] = struct.pack(">HH", 30_000, 30_000)
    elif kind == "WEBP":
        body = b"VP8X" + struct.pack("<I", 10) + bytes(4) + (16_383).to_bytes(3, "little") * 2 + bytes(data[12:])
        data = bytearray(b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body)
    return bytes(data)


# --- clips ----------------------------------------------------------------------------------------


@functools.cache
def clip(
    seconds: float = 3.0,
    form: str = "mp4",
    *,
    rate: int = RATE,
    size: tuple[int, int] = SIZE,
    sound_s: float | None = None,
    fragmented: bool = False,
    index_first: bool = False,
    gop: int = 12,
) -> bytes:
    """A video; its sound is `sound_s` seconds long, or there is none."""
    codecs = ("libvpx", "libopus") if form in ("webm", "matroska") else ("libx264", "aac")
    options = FRAGMENTED if fragmented else INDEX_FIRST if index_first else {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip"  # a real file: to put the index first, FFmpeg opens it again
        with av.open(str(path), "w", format=form, options=options) as file:
            video = file.add_stream(codecs[0], rate=rate, options=_encoder(fragmented, gop))
            video.width, video.height, video.pix_fmt = *size, "yuv420p"  # type: ignore[union-attr]
            audio = None if sound_s is None else file.add_stream(codecs[1], rate=48_000, layout="mono")
            for index in range(round(seconds * rate)):
                grey = np.full((size[1], size[0], 3), shade(index), dtype=np.uint8)
                file.mux(video.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))  # type: ignore[union-attr,arg-type]
            file.mux(video.encode(None))  # type: ignore[union-attr]
            if audio is not None and sound_s is not None:
                _sing(file, audio, sound_s, 48_000)
        return path.read_bytes()


@functools.cache
def sound(seconds: float = 3.0, form: str = "wav", *, vbr: bool = False, tagged: bool = True) -> bytes:
    """A sound; `vbr` is an MP3 of changing bit rate, `tagged` whether an MP3 says its length in a header."""
    out = io.BytesIO()
    codec = SOUND_CODECS[form]
    rate = 48_000 if codec == "libopus" else SAMPLES
    options = {"write_xing": "1" if tagged else "0"} if form == "mp3" else {}
    with av.open(out, "w", format=form, options=options) as file:
        audio = file.add_stream(codec, rate=rate, layout="mono")
        if vbr:
            audio.codec_context.options = {"flags": "+qscale", "global_quality": "500"}
        _sing(file, audio, seconds, rate)
    return out.getvalue()


def _sing(file: Any, audio: Any, seconds: float, rate: int) -> None:
    """Silence, then noise: a bit rate guessed from the start is wrong for the rest."""
    count = round(seconds * rate)
    wave = np.random.default_rng(2).integers(-9000, 9000, count).astype(np.int16)
    wave[: round(TONE_FROM * rate)] = 0
    for at in range(0, count, 1024):
        frame = av.AudioFrame.from_ndarray(wave[None, at : at + 1024], format="s16", layout="mono")
        frame.rate, frame.pts, frame.time_base = rate, at, Fraction(1, rate)
        file.mux(audio.encode(frame))
    file.mux(audio.encode(None))


def turned(data: bytes) -> bytes:
    """The MP4 as a phone held upright writes it: the same frames, and a matrix that turns them a quarter clockwise."""
    at = data.index(b"tkhd") + 44
    matrix = struct.pack(">9i", 0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)
    return data[:at] + matrix + data[at + 36 :]


def with_length(data: bytes, seconds: float) -> bytes:
    """The MP4 with another length written in its header (mvhd, tkhd) than its samples have."""
    changed = bytearray(data)
    at = data.index(b"mvhd")
    (scale,) = struct.unpack_from(">I", data, at + 16)
    struct.pack_into(">I", changed, at + 20, round(seconds * scale))
    struct.pack_into(">I", changed, data.index(b"tkhd") + 24, round(seconds * scale))
    return bytes(changed)


# --- what is no media at all ------------------------------------------------------------------------


def archive() -> bytes:
    """A ZIP."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("a.txt", "a")
    return out.getvalue()


def playlist(url: str) -> bytes:
    """An HLS playlist whose one part is elsewhere."""
    return f"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{url}\n#EXT-X-ENDLIST\n".encode()


def _encoder(fragmented: bool, gop: int) -> dict[str, str]:
    """Fragments without an index cannot say that frames which wait for later ones are late: recorders use none."""
    reordered = {"bf": "0"} if fragmented else {}
    return {"g": str(gop), "deadline": "realtime", "cpu-used": "8", **reordered}


@functools.cache
def recorded(seconds: float = 3.0) -> bytes:
    """A WebM as a browser records it: no length anywhere, no index, a segment of unknown size."""
    out = io.BytesIO()
    with av.open(out, "w", format="webm", options={"live": "1"}) as file:
        video = file.add_stream("libvpx", rate=RATE, options=_encoder(False, 12))
        video.width, video.height, video.pix_fmt = *SIZE, "yuv420p"
        for index in range(round(seconds * RATE)):
            grey = np.full((SIZE[1], SIZE[0], 3), shade(index), dtype=np.uint8)
            file.mux(video.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
        file.mux(video.encode(None))
    return out.getvalue()


def elsewhere(data: bytes, url: str) -> bytes:
    """The MP4, its index last, whose samples are said to be in another file: a data reference to `url`."""
    at = data.index(b"url \0\0\0\1")
    entry = b"url \0\0\0\0" + url.encode() + b"\0"
    grown = len(entry) - 8
    changed = bytearray(data[:at] + entry + data[at + 8 :])
    for name in (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref"):
        box = changed.rindex(name, 0, at) - 4
        struct.pack_into(">I", changed, box, struct.unpack_from(">I", changed, box)[0] + grown)
    struct.pack_into(">I", changed, at - 4, len(entry) + 4)
    return bytes(changed)


def giant_frame(side: int = 16_383) -> bytes:
    """A WebM whose frames say that they are `side` pixels a side."""
    data = bytearray(clip(2.0, "webm"))
    at = data.find(b"\x9d\x01\x2a")
    while at >= 0:
        data[at + 3 : at + 7] = struct.pack("<HH", side, side)
        at = data.find(b"\x9d\x01\x2a", at + 1)
    for tag, old in ((b"\xb0\x81", SIZE[0]), (b"\xba\x81", SIZE[1])):
        assert data.count(tag + bytes([old])) >= 1
    return bytes(data)


def double() -> bytes:
    """A JPEG with a second picture inside (MPO), as phones write it for depth or brightness."""
    first, second = (Image.open(io.BytesIO(picture("JPEG"))) for _ in range(2))
    out = io.BytesIO()
    first.save(out, "MPO", save_all=True, append_images=[second])
    return out.getvalue()


def plain_webp(size: tuple[int, int], lossless: bool) -> bytes:
    """A WebP of one chunk."""
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, "WEBP", lossless=lossless)
    return out.getvalue()


@functools.cache
def flat(side: int) -> bytes:
    """A PNG of one colour: a small file, and three bytes for each pixel once it is decoded."""
    out = io.BytesIO()
    Image.new("RGB", (side, side)).save(out, "PNG", compress_level=1)
    return out.getvalue()


@functools.cache
def halves() -> bytes:
    """An MP4 of 3 s whose left half is white and whose right half is black."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as file:
        video = file.add_stream("libx264", rate=RATE)
        video.width, video.height, video.pix_fmt = *SIZE, "yuv420p"
        picture = np.zeros((SIZE[1], SIZE[0], 3), dtype=np.uint8)
        picture[:, : SIZE[0] // 2] = 255
        for _ in range(3 * RATE):
            file.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        file.mux(video.encode(None))
    return out.getvalue()


def with_cover(*, sound_s: float | None = None, video_s: float | None = None) -> bytes:
    """An MP4 whose first track is a single JPEG, as some editors store a cover; a sound or a video is its second."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as file:
        cover = file.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 320, 320, "yuvj420p"
        video = None if video_s is None else file.add_stream("libx264", rate=RATE)
        audio = None if sound_s is None else file.add_stream("aac", rate=48_000, layout="mono")
        if video is not None:
            video.width, video.height, video.pix_fmt = *SIZE, "yuv420p"
        file.mux(cover.encode(av.VideoFrame(320, 320, "yuvj420p")))
        file.mux(cover.encode(None))
        if video is not None and video_s is not None:
            for index in range(round(video_s * RATE)):
                grey = np.full((SIZE[1], SIZE[0], 3), shade(index), dtype=np.uint8)
                file.mux(video.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
            file.mux(video.encode(None))
        if audio is not None and sound_s is not None:
            _sing(file, audio, sound_s, 48_000)
    return out.getvalue()


def pictures_in_a_row(seconds: float) -> bytes:
    """A MOV of JPEGs, as older cameras write it."""
    out = io.BytesIO()
    with av.open(out, "w", format="mov") as file:
        video = file.add_stream("mjpeg", rate=RATE)
        video.width, video.height, video.pix_fmt = *SIZE, "yuvj420p"
        for _ in range(round(seconds * RATE)):
            file.mux(video.encode(av.VideoFrame(*SIZE, "yuvj420p")))
        file.mux(video.encode(None))
    return out.getvalue()


def uneven(seed: int) -> tuple[bytes, float]:
    """An MP4 whose frames stand for times drawn by chance, encoded with frames that refer to later ones; its length."""
    chance = np.random.default_rng(seed)
    times = np.cumsum([0, *chance.choice([1, 1, 1, 2, 15, 30, 45], chance.integers(3, 40))])
    out = io.BytesIO()
    with av.open(out, "w", format=str(chance.choice(["mp4", "mov"]))) as file:
        video = file.add_stream("libx264", rate=30, options={"bf": str(chance.integers(0, 4))})
        video.width, video.height, video.pix_fmt = *SIZE, "yuv420p"
        video.codec_context.time_base = Fraction(1, 30)
        for number, at in enumerate(times):
            grey = np.full((SIZE[1], SIZE[0], 3), shade(number), dtype=np.uint8)
            frame = av.VideoFrame.from_ndarray(grey, format="rgb24")
            frame.pts, frame.time_base = int(at), Fraction(1, 30)
            file.mux(video.encode(frame))
        file.mux(video.encode(None))
    return out.getvalue(), float(times[-1] + 1) / 30


def rf64(seconds: float) -> bytes:
    """A WAV of 64 bits, as recorders write it for long takes."""
    out = io.BytesIO()
    with av.open(out, "w", format="wav", options={"rf64": "always"}) as file:
        audio = file.add_stream("pcm_s16le", rate=SAMPLES, layout="mono")
        _sing(file, audio, seconds, SAMPLES)
    return out.getvalue()


RAMP_SIZE = (512, 64)
LIMITED_RANGE, FULL_RANGE = 1, 2


def ramp_greys() -> list[float]:
    """The greys of `ramp`, from 0 to 255, one for each 32 pixels of its width."""
    return [round(255 * step / 15) for step in range(16)]


@functools.cache
def ramp(*, full: bool, matrix: int) -> bytes:
    """An MP4 of 3 s that shows 16 greys from black to white side by side, in one range of values or the other.

    `matrix` is what its tags say of matrix, primaries and transfer; 2 says nothing.
    """
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as file:
        video = file.add_stream("libx264", rate=RATE, options={"crf": "1"})
        video.width, video.height, video.pix_fmt = *RAMP_SIZE, "yuvj420p" if full else "yuv420p"
        context = video.codec_context
        context.color_range = FULL_RANGE if full else LIMITED_RANGE
        context.colorspace = context.color_primaries = context.color_trc = matrix
        for _ in range(3 * RATE):
            frame = av.VideoFrame(*RAMP_SIZE, video.pix_fmt)
            greys = np.repeat(ramp_greys(), RAMP_SIZE[0] // 16)
            line = greys if full else 16 + greys * 219 / 255
            frame.planes[0].update(np.tile(np.round(line).astype(np.uint8), (RAMP_SIZE[1], 1)).tobytes())
            for plane in frame.planes[1:]:
                plane.update(bytes([128]) * plane.buffer_size)
            file.mux(video.encode(frame))
        file.mux(video.encode(None))
    return out.getvalue()


def rgb_film(colour: tuple[int, int, int]) -> bytes:
    """A MOV of 3 s of one colour, stored as red, green and blue, as screens are recorded without loss."""
    out = io.BytesIO()
    with av.open(out, "w", format="mov") as file:
        video = file.add_stream("png", rate=RATE)
        video.width, video.height, video.pix_fmt = *SIZE, "rgb24"
        for _ in range(3 * RATE):
            pixels = np.full((SIZE[1], SIZE[0], 3), colour, dtype=np.uint8)
            file.mux(video.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        file.mux(video.encode(None))
    return out.getvalue()


def bars(values: Sequence[float], transfer: int, blue: int = 512, red: int = 512) -> bytes:
    """An MP4 of 3 s of 10 bits with greys side by side, each 64 pixels wide; its values, from 0 to 1, are of a transfer
    of BT.2100 (ITU-T H.273 numbers it). `blue` and `red`: the two colours of all of it, 512 for none."""
    out = io.BytesIO()
    width, height = 64 * len(values), 64
    line = np.repeat(np.round(64 + np.array(values) * 876), 64).astype(np.uint16)
    with av.open(out, "w", format="mp4") as file:
        video = file.add_stream("libx264", rate=RATE, options={"crf": "1"})
        video.width, video.height, video.pix_fmt = width, height, "yuv420p10le"
        context = video.codec_context
        context.color_range, context.color_trc = LIMITED_RANGE, transfer
        context.colorspace = context.color_primaries = 9
        for _ in range(3 * RATE):
            frame = av.VideoFrame(width, height, "yuv420p10le")
            rows = np.zeros((height, frame.planes[0].line_size // 2), dtype=np.uint16)
            rows[:, :width] = line
            frame.planes[0].update(rows.tobytes())
            for plane, level in zip(frame.planes[1:], (blue, red), strict=True):
                plane.update(np.full(plane.buffer_size // 2, level, dtype=np.uint16).tobytes())
            file.mux(video.encode(frame))
        file.mux(video.encode(None))
    return out.getvalue()
