"""A filled form as a short text for a link, and back. Pure, total.

A recipe never carries a key, `webhook_url` or `caller_id`: they are the sender's own, so `encode` leaves them out
without a word and `decode` refuses them by name. Format: the version, then base64url of three bytes of CRC-32 and
the raw deflate of compact JSON, primed with `_COMMON`.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from weryai_ui.i18n import say
from weryai_ui.portable.body import BodyReader, ImportedForm, quoted, read_object
from weryai_ui.request.fields import FIELDS, FieldSpec, Kind, item_name
from weryai_ui.request.models import SHIPPED, Catalogue
from weryai_ui.request.references import Reference, references_of, trimmed
from weryai_ui.request.rules import CREDENTIALS_PATTERN, SCHEME_PATTERN
from weryai_ui.request.validation import whole_number

VERSION = "1"
RECIPE_MAX_CHARACTERS = 8 * 1024
FORM_MAX_CHARACTERS = 32 * 1024
"""Of all texts of a form. More than any request that keeps the rules has; it is not even tried."""
FORM_MAX_LINES = 1000
"""Of one text or list."""
RECIPE_MAX_BYTES = 64 * 1024
"""Inflated. A few thousand characters can inflate to megabytes."""
NEAR_MAX_CHARACTERS = 1024
"""BodyReader an address that is not ASCII takes time by its square; a longer one is no address of this machine."""
NEVER: tuple[str, ...] = ("webhook_url", "caller_id")

_CHECK_BYTES = 3
# What stands in many recipes; the nearer to the end, the cheaper. A changed byte makes every link of this version
# unreadable: change VERSION with it.
_COMMON = (
    " transition lighting background foreground character expression movement follows walking running turns slowly"
    " wide shot medium shot close-up camera pans left to right, zooms in, dolly tracking shot, bird's-eye view"
    " golden hour, sunset, night, rain, neon, cinematic, realistic, slow motion, shallow depth of field, 4k"
    " 镜头 缓慢推进 特写 全景 电影感 慢动作 背景 人物 参考 作为 首帧 保持 风格 图片1 图片2 视频1 音频1 的，。"
    " Use image 1 as opening frame, keep the style of video 1, and use audio 1 as BGM. the person in image 2, image 3"
    " http://www.storage.googleapis.com/.s3.amazonaws.com/uploads/images/2026/cdn.media/static/"
    '.webp","https://.jpeg","https://.mov"],".wav"],".mp3"],"audios":["https://.mp4"],"videos":["https://'
    '.png","https://.jpg","https://"],"aspect_ratio":"1:1","aspect_ratio":"9:16","resolution":"480p","duration":15,'
    '"duration":10,"generate_audio":"true","video_number":4,"video_number":3,"video_number":2}'
    '{"model":"SEEDANCE_2_0","prompt":"","images":["https://'
    '.jpg"],"aspect_ratio":"16:9","resolution":"720p","duration":5,"generate_audio":"false","video_number":1}'
).encode()


@dataclass(frozen=True)
class SharedForm:
    """`text` for a link, of letters, digits, `-` and `_`; empty when the form is too long. `left_out`: sentences."""

    text: str
    left_out: tuple[str, ...]


def encode(values: Mapping[str, Any]) -> SharedForm:
    """The recipe of form values as `validation.check` takes them, valid or not; never raises.

    What could not travel is named: files on this server, links that only this machine can open, links with a
    password, values that no field takes.
    """
    reading = BodyReader(models=None)
    if sum(map(_characters, values.values())) > FORM_MAX_CHARACTERS or any(map(_has_too_many, values.values())):
        return _too_long()
    reading.fields(dict(_as_wire(reading, values)))
    plain = json.dumps(reading.values, ensure_ascii=False, separators=(",", ":")).encode()
    packed = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, 9, zlib.Z_DEFAULT_STRATEGY, _COMMON)
    raw = _checksum(plain) + packed.compress(plain) + packed.flush()
    text = VERSION + base64.urlsafe_b64encode(raw).decode().rstrip("=")
    if len(text) > RECIPE_MAX_CHARACTERS or len(plain) > RECIPE_MAX_BYTES:
        return _too_long()
    return SharedForm(text, reading.result().notes)


def _characters(value: Any) -> int:
    """The letters of a form value; each item of a list counts as one more."""
    if isinstance(value, list | tuple):
        return sum(1 + len(item) for item in value if isinstance(item, str))
    return len(value) if isinstance(value, str) else 0


def _has_too_many(value: Any) -> bool:
    lines = value.count("\n") + value.count("\r") if isinstance(value, str) else 0
    return max(lines, len(value) if isinstance(value, list | tuple) else 0) > FORM_MAX_LINES


def _too_long() -> SharedForm:
    return SharedForm("", (say("recipe.form_too_long", limit=f"{RECIPE_MAX_CHARACTERS:,}"),))


def decode(text: str, models: Catalogue = SHIPPED) -> ImportedForm:
    """The form values of a recipe; anything broken or hostile gives a sentence instead. Never raises."""
    reading = BodyReader(models)
    plain = _unpacked(reading, trimmed(text)) if isinstance(text, str) else None
    document = read_object(reading, plain) if plain is not None else None
    if document is not None:
        for name in [name for name in document if name in NEVER]:
            del document[name]
            reading.note("recipe.never", name=name)
        reading.fields(document)
    if not reading.values and not reading.notes:
        reading.note("recipe.broken" if document is None else "recipe.empty")
    return reading.result()


def _unpacked(reading: BodyReader, text: str) -> str | None:
    if len(text) > RECIPE_MAX_CHARACTERS:
        reading.note("recipe.link_too_long", limit=f"{RECIPE_MAX_CHARACTERS:,}")
    elif text[:1].isdigit() and text[:1] != VERSION:
        reading.note("recipe.other_version")
    elif text[:1] == VERSION and re.fullmatch(r"[A-Za-z0-9_-]+", text):
        return _inflated(text[1:])
    return None


def _inflated(text: str) -> str | None:
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        unpacking = zlib.decompressobj(-zlib.MAX_WBITS, _COMMON)
        plain = unpacking.decompress(raw[_CHECK_BYTES:], RECIPE_MAX_BYTES + 1)
        whole = unpacking.eof and not unpacking.unused_data and len(plain) <= RECIPE_MAX_BYTES
        return plain.decode() if whole and raw[:_CHECK_BYTES] == _checksum(plain) else None
    except (binascii.Error, zlib.error, UnicodeDecodeError):
        return None


def _checksum(plain: bytes) -> bytes:
    return zlib.crc32(plain).to_bytes(4, "big")[:_CHECK_BYTES]


def _as_wire(reading: BodyReader, values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The fields that may travel, typed as on the wire; what is empty is left out."""
    for name, spec in FIELDS.items():
        value = values.get(name)
        if name in NEVER or value is None or (isinstance(value, str) and not trimmed(value)):
            continue
        if spec.kind is Kind.LINKS:
            if links := _travelling(reading, spec, value):
                yield name, links
        elif spec.kind is Kind.INTEGER:
            number = whole_number(value)
            yield name, value if number is None else number
        elif spec.kind is Kind.CHOICE and isinstance(value, bool):
            yield name, str(value).lower()
        else:
            yield name, trimmed(value) if isinstance(value, str) and spec.kind is not Kind.TEXT else value


def _travelling(reading: BodyReader, spec: FieldSpec, value: Any) -> list[str]:
    try:
        _, links = references_of(value, {}, 0)
    except TypeError:
        reading.note("recipe.not_links", label=spec.label, value=quoted(value))
        return []
    kept: list[str] = []
    gap = False
    for number, link in enumerate(links, 1):
        if why := _stays(link):
            reading.note(why, item=item_name(spec.name, number).capitalize())
        else:
            kept.append(link)
        gap = gap or (bool(kept) and number > len(kept) and not why)
    if gap:
        reading.note("recipe.move_up", label=spec.label)
    return kept


def _stays(link: str) -> str | None:
    """Why a link does not travel, as a key of `words`; None when it does."""
    if Reference(link).is_upload:
        return "recipe.upload_stays"
    if not re.match(SCHEME_PATTERN, link):
        return "recipe.not_web_stays"
    if re.match(CREDENTIALS_PATTERN, link):
        return "recipe.credentials_stay"
    if _is_near(link):
        return "recipe.near_stays"
    return None


def _is_near(link: str) -> bool:
    if len(link) > NEAR_MAX_CHARACTERS and not link.isascii():
        return False
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return False
    if parts.path.startswith("/sandbox/media/") or host == "localhost" or host.endswith((".localhost", ".local")):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False
