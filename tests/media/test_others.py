"""A file that cannot be used is called by its name, with the right article, and told what to become."""

from __future__ import annotations

import re
import time

import pytest

from weryai_ui.i18n import WORDS, Locale, speaking
from weryai_ui.media import HEAD_BYTES, UPLOAD_EXTENSIONS, sniff
from weryai_ui.media.kinds import MIMES, NAMED
from weryai_ui.media.others import _AT, _OPENINGS, _ROOTS, Way
from weryai_ui.media.sentences import not_ours, not_taken

SVG = '<svg xmlns="http://www.w3.org/2000/svg"/>'
AN_SVG = "This is an SVG image, which cannot be used here: save it as JPG or PNG."
SPELLED_WITH_A_VOWEL = tuple("AEFHILMNORSX")
"""Letters whose names begin with a vowel's sound."""
SAID_AS_A_WORD = {"HEIC", "HEIF", "MIDI", "RAR", "ZIP", "FLAC", "NUT", "RIFF"}


@pytest.mark.parametrize(
    "before",
    [
        "",
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n',
        "\n\n  ",
        "<!-- Created with Inkscape (http://www.inkscape.org/) -->\n",
        '<?xml version="1.0"?>\n<!-- Generator: Adobe Illustrator 27.0 -->\n',
        '<?xml version="1.0"?><?xml-stylesheet href="a.css"?>',
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n',
        '<?xml version="1.0"?>\n<!DOCTYPE svg [\n<!ENTITY ns "http://www.w3.org/2000/svg">\n]>\n',
        "<!-- a > b -->" * 50,
        f"<!-- {'licence ' * 2000} -->",
    ],
    ids=["nothing", "prolog", "space", "comment", "both", "instruction", "doctype", "entities", "comments", "licence"],
)
@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_an_svg_is_one_whatever_stands_first_in_it(before: str, coding: str) -> None:
    text = f"{before}<!-- é -->{SVG}" if coding == "latin-1" else before + SVG
    assert not_ours(text.encode(coding)[:HEAD_BYTES]) == AN_SVG


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("<svg:svg xmlns:svg='http://www.w3.org/2000/svg'/>", "an SVG image"),
        ("<!-- saved from url -->\n<!DOCTYPE html>", "a web page"),
        ("<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "an XML document"),
        ("<?xml version='1.0'?><MPD/>", "a description of a stream"),
        ("<3 you, <svg is a word here", "a text file"),
        ("MAC addresses and BMs", "a text file"),
        ("{\\rtf1 text", "an Office document"),
    ],
)
def test_a_text_is_told_from_a_document(text: str, what: str) -> None:
    assert not_ours(text.encode()).startswith(f"This is {what}, ")


def packets(lead: int, apart: int) -> bytes:
    """The sync bytes of a transport stream."""
    data = bytearray(b"\x01" * (5 * apart))
    data[lead::apart] = b"\x47" * len(data[lead::apart])
    return bytes(data)


@pytest.mark.parametrize(
    ("head", "what"),
    [
        (b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01\x02\x04\x00", "an MXF video"),
        (bytes(300) + b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01\x02", "an MXF video"),
        (b"8BPS\0\1" + bytes(6), "a PSD image (Photoshop)"),
        (b"\xff\x0a\xfa\x7f\x01", "a JPEG XL image"),
        (b"\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x14ftypjxl ", "a JPEG XL image"),
        (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", "a raw photo of a camera"),
        (b"MThd\0\0\0\6", "a MIDI file"),
        (b"\x0b\x77\x12\x34\0", "an AC-3 audio file (Dolby Digital)"),
        (b"P6\n640 480\n255\n\0\1", "a Netpbm image (PPM, PGM, PBM)"),
        (b"FORM\0\0\1\0ILBM", "an IFF image"),
    ],
)
def test_a_format_is_called_by_its_name(head: bytes, what: str) -> None:
    assert sniff(head) is None
    assert not_ours(head).startswith((f"This is {what}, ", f"This is {what}: "))


@pytest.mark.parametrize(("lead", "apart"), [(0, 188), (4, 192), (0, 204)])
def test_a_transport_stream_is_known_with_times_and_with_checksums(lead: int, apart: int) -> None:
    found = sniff(packets(lead, apart))
    assert found is not None
    assert found[2] == "ts"


@pytest.mark.parametrize("extension", [*NAMED.values(), "wma"])
def test_what_can_be_made_to_fit_is_called_by_its_name_too(extension: str) -> None:
    kind = MIMES[extension][0]
    said = not_taken(kind, extension)
    assert said is not None
    assert re.match(r"This is an? [A-Z]", said)


@pytest.mark.parametrize("locale", list(Locale))
def test_every_name_and_every_way_out_has_its_words(locale: Locale) -> None:
    with speaking(locale):
        for offset, magic, _, _ in _AT:
            assert "{" not in not_ours(b"\1" * offset + magic + b"\1\xff\2")
    assert all(way.value.partition(".")[2] in WORDS[locale]["media"] for way in Way)


def test_every_name_is_that_of_a_file_that_can_come() -> None:
    by_bytes = {name for *_, name, _ in (*_AT, *_OPENINGS)} | set(_ROOTS.values())
    by_look = {"avif", "heic", "heif", "bmp", "netpbm", "mpeg_ts", "mxf", "text", "xml"}
    read = set(MIMES) - set().union(*UPLOAD_EXTENSIONS.values()) - set(NAMED.values()) - {"wma"}
    assert set(WORDS[Locale.EN]["file_kind"]) == by_bytes | by_look | read


def test_every_name_has_the_right_article() -> None:
    for name in WORDS[Locale.EN]["file_kind"].values():
        article, word = name.split(" ")[:2]
        letters = re.match(r"[A-Z0-9]{2,}", word)
        spelled = letters is not None and letters[0] not in SAID_AS_A_WORD
        vowel = word.startswith(SPELLED_WITH_A_VOWEL if spelled else tuple("AEIOUaeiou"))
        assert article == ("an" if vowel else "a"), name


@pytest.mark.parametrize(
    "part",
    [
        b"<!---->",
        b"<!--",
        b"<?a?>",
        b" ",
        b"<!DOCTYPE ",
        b"<",
        b"\xff",
        b"\xff\xfb\x90\0",
        b"ID3",
        b"\x06\x0e\x2b\x34",
        b"a:",
    ],
)
def test_no_head_takes_long(part: bytes) -> None:
    head = (part * HEAD_BYTES)[:HEAD_BYTES]
    began = time.perf_counter()
    sniff(head)
    not_ours(head)
    seconds = time.perf_counter() - began
    print(f"{part!r} repeated, {HEAD_BYTES} bytes: {seconds * 1000:.1f} ms")
    assert seconds < 1
