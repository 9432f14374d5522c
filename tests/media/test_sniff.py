"""What a file is by its first bytes; a name has no say, and nothing is parsed."""

from __future__ import annotations

import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from weryai_ui.media import MEDIA_LIMITS, UPLOAD_EXTENSIONS, MediaKind, head_of, sniff
from weryai_ui.request.fields import CLIP_MIN_SECONDS, REFERENCE_FIELDS

MP3_FRAME = b"\xff\xfb\x90\x00"  # MPEG-1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes
MP3 = MP3_FRAME + bytes(413) + MP3_FRAME
EBML = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82"
ID3 = b"ID3\x04\x00\x00\x00\x00\x00\x0a" + bytes(10)


APE = b"APETAGEX\xd0\x07\0\0" + (8).to_bytes(4, "little") + bytes(16) + bytes(8)


def box(brand: bytes, *compatible: bytes) -> bytes:
    """An ftyp box."""
    return (16 + 4 * len(compatible)).to_bytes(4, "big") + b"ftyp" + brand + bytes(4) + b"".join(compatible)


@pytest.mark.parametrize(
    ("head", "extension"),
    [
        pytest.param(b"\xff\xd8\xff\xe0", "jpg", id="jpeg"),
        pytest.param(b"\x89PNG\r\n\x1a\n", "png", id="png"),
        pytest.param(b"RIFF\0\0\0\0WEBPVP8 ", "webp", id="webp"),
        pytest.param(b"GIF89a", "gif", id="gif"),
        *(
            pytest.param(box(brand), "mp4", id=brand.decode().strip())
            for brand in (
                b"isom",
                b"iso5",
                b"mp41",
                b"mp42",
                b"avc1",
                b"M4V ",
                b"M4VH",
                b"MSNV",
                b"dash",
                b"3gp5",
                b"f4v ",
            )
        ),
        pytest.param(box(b"XXXX", b"YYYY", b"mp42"), "mp4", id="unknown brand, compatible with mp42"),
        pytest.param(box(b"qt  "), "mov", id="quicktime"),
        pytest.param(b"\0\0\0\x08wide\0\0\0\0mdat", "mov", id="quicktime before brands"),
        pytest.param(box(b"M4A "), "m4a", id="m4a"),
        pytest.param(EBML + b"\x84webm", "webm", id="webm"),
        pytest.param(EBML + b"\x88matroska", "mkv", id="mkv"),
        pytest.param(MP3, "mp3", id="mp3"),
        pytest.param(MP3_FRAME, "mp3", id="mp3, four bytes of it"),
        pytest.param(ID3 + MP3, "mp3", id="mp3 behind a tag"),
        pytest.param(ID3 + ID3 + MP3, "mp3", id="mp3 behind two tags"),
        pytest.param(ID3 + APE + MP3, "mp3", id="mp3 behind tags of two makers"),
        pytest.param(ID3 + b"fLaC", "flac", id="flac behind a tag"),
        pytest.param(b"RIFF\0\0\0\0WAVEfmt ", "wav", id="wav"),
        pytest.param(b"RF64\xff\xff\xff\xffWAVE", "rf64", id="wav of 64 bits"),
        pytest.param(b"OggS\0\2", "ogg", id="ogg"),
        pytest.param(b"OggS\0\2" + bytes(22) + b"OpusHead", "opus", id="opus"),
        pytest.param(
            b"OggS\0\2" + bytes(22) + b"\x01vorbisOggS\0\2" + bytes(22) + b"\x80theora", "ogv", id="ogg video"
        ),
        pytest.param(b"fLaC\0", "flac", id="flac"),
        pytest.param(box(b"heic", b"mif1"), "heic", id="heic"),
        pytest.param(box(b"mif1", b"heic"), "heic", id="heic by its second brand"),
        pytest.param(box(b"mif1", b"miaf"), "heif", id="heif"),
        pytest.param(box(b"avif", b"mif1", b"mp42"), "avif", id="avif"),
        pytest.param(box(b"mif1", b"avif"), "avif", id="avif by its second brand"),
        pytest.param(b"II*\0\x08\0\0\0\xff", "tiff", id="tiff"),
        pytest.param(b"RIFF\0\0\0\0AVI LIST", "avi", id="avi"),
        pytest.param(b"\0\0\1\xba\x44\0", "mpg", id="mpeg"),
        pytest.param(b"FORM\0\0\1\0AIFF", "aiff", id="aiff"),
        pytest.param(b"#!AMR\n\x3c\0", "amr", id="amr"),
        pytest.param(b"\xff\xf1\x50\x80", "aac", id="aac without a container"),
        pytest.param(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\0", "wmv", id="windows media"),
        pytest.param(b"BM\x36\0\0\0\0\0\0\0\xff", "bmp", id="bmp"),
        pytest.param(b"\0\0\1\0\1\0", "ico", id="ico"),
        pytest.param(b"\0\0\0\x0cjP  \r\n\x87\n", "jp2", id="jpeg 2000"),
    ],
)
def test_a_file_is_known_by_its_first_bytes(head: bytes, extension: str) -> None:
    found = sniff(head_of(io.BytesIO(head)))
    assert found is not None
    assert found[2] == extension


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\xfb\x90\x00" + bytes(413) + b"none", id="one mp3 frame and then something else"),
        pytest.param(b"\xff\xfb\xf0\x00", id="mp3 of a forbidden bit rate"),
        pytest.param(b"\xff\xfb\x9c\x00", id="mp3 of a reserved sample rate"),
        pytest.param(b"\xff\xeb\x90\x00", id="mp3 of a reserved version"),
        pytest.param(b"\xff\xfe<\0h\0t\0m\0", id="text of 16 bits"),
        pytest.param(ID3 + b"#EXTM3U\nhttp://a.example/", id="a playlist behind a tag"),
        pytest.param(b"ID3\x04\x00\x00\xff\xff\xff\xff", id="a tag of an impossible size"),
        pytest.param(b"ID3\x04\x00\x00\x00\x7f\x7f\x7f" + bytes(100), id="a tag that is longer than the file"),
        pytest.param(b"junk" + MP3_FRAME + bytes(413) + MP3_FRAME + bytes(9), id="two frames behind junk, by chance"),
        pytest.param(box(b"XXXX", b"YYYY"), id="unknown brands"),
        pytest.param(EBML + b"\x81x", id="ebml of another kind"),
        pytest.param(b"PK\x03\x04", id="zip"),
        pytest.param(b"#EXTM3U\nhttp://a.example/", id="playlist"),
    ],
)
def test_what_is_not_ours_is_none(head: bytes) -> None:
    assert sniff(head_of(io.BytesIO(head))) is None


@given(st.builds(bytes.__add__, st.sampled_from([b"", MP3_FRAME, ID3, EBML, b"\0\0\0\x20ftyp", b"RIFF"]), st.binary()))
@example(EBML)
def test_any_bytes_have_an_answer(head: bytes) -> None:
    found = sniff(head)
    assert found is None or found[0] in MediaKind


def test_the_kinds_are_the_reference_fields_of_the_request() -> None:
    assert tuple(kind.value for kind in MediaKind) == REFERENCE_FIELDS
    assert set(UPLOAD_EXTENSIONS) == set(MediaKind)


def test_the_shortest_cut_is_the_shortest_clip_of_the_request() -> None:
    assert MEDIA_LIMITS.clip_min_s == CLIP_MIN_SECONDS
