"""Whether a link may be sent, and what is odd about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from weryai_ui.media import MediaKind, kept_from_leaving
from weryai_ui.request.fields import (
    FIELDS,
)
from weryai_ui.request.findings import Findings
from weryai_ui.request.references import (
    Reference,
)
from weryai_ui.request.rules import (
    BLANK_PATTERN,
    CREDENTIALS_PATTERN,
    HOST_BEYOND_ASCII_PATTERN,
    LINK_LONG_CHARACTERS,
    LINK_MAX_CHARACTERS,
    LINK_PATTERN,
    LOCAL_HOST_PATTERN,
    SCHEME_PATTERN,
    UPLOAD_PATTERN,
    shown,
)

# Bounded well below LINK_LONG_CHARACTERS, so that nobody has to count.
_PLAIN = r"https?://(?!localhost|127\.)[a-z0-9.-]{1,253}(?:/[\x21-\x7e]{0,1700})?"
_PLAIN_LINK = re.compile(_PLAIN)
"""What nearly every link is like, and breaks none of the rules below: one look instead of eight."""
_PLAIN_LINES = re.compile(rf"{_PLAIN}(?:\n{_PLAIN})*")
"""What nearly every list is like: such links, one a line."""
_BLANK = re.compile(BLANK_PATTERN)
_UPLOAD = re.compile(UPLOAD_PATTERN)
_SCHEME = re.compile(SCHEME_PATTERN)
_SHAPE = re.compile(LINK_PATTERN)
_CREDENTIALS = re.compile(CREDENTIALS_PATTERN)
_HOST_BEYOND_ASCII = re.compile(HOST_BEYOND_ASCII_PATTERN)
_LOCAL_HOST = re.compile(LOCAL_HOST_PATTERN, re.IGNORECASE)


def plain_links(value: Any, known: Mapping[str, Reference], most: int) -> tuple[str, ...] | None:
    """The links of a text that needs no look at each: plain, none twice, not too many, nothing known of any."""
    if not isinstance(value, str) or not _PLAIN_LINES.fullmatch(value):
        return None
    links = tuple(value.split("\n"))
    as_usual = len(set(links)) == len(links) <= most
    return links if as_usual and known.keys().isdisjoint(links) else None


def judge_link(found: Findings, known: Mapping[str, Reference], field: str, item: str, link: str) -> bool:
    """Whether one link may be sent; says why not, or what is odd about it."""
    if _PLAIN_LINK.fullmatch(link):
        return True
    if has_lone_surrogate(link):
        found.problem(field, "broken_character", label=item)
    elif _BLANK.search(link):
        found.problem(field, "link_blank", item=item, value=shown(link))
    elif _UPLOAD.match(link):
        return _upload(found, known, field, item, link)
    elif not _SCHEME.match(link):
        found.problem(field, "link_scheme", item=item, value=shown(link))
    elif len(link) > LINK_MAX_CHARACTERS:
        found.problem(field, "link_too_long", item=item, value=len(link), limit=LINK_MAX_CHARACTERS)
    elif not (shape := _SHAPE.match(link)) or int(shape[1] or 0) > 65535:
        found.problem(field, "link_shape", item=item, value=shown(link))
    else:
        _odd_link(found, field, item, link)
        return True
    return False


def _upload(found: Findings, known: Mapping[str, Reference], field: str, item: str, link: str) -> bool:
    upload = known.get(link)
    if upload is None:
        found.problem(field, "upload_gone", item=item)
    elif upload.kind != field:
        found.problem(field, "wrong_kind", item=item, value=_label(upload.kind).lower())
    elif why := _kept_from_leaving(upload):
        found.problem(field, "does_not_fit", item=item, why=why)
    else:
        return True
    return False


def _kept_from_leaving(upload: Reference) -> str | None:
    """Why a file on this server is not sent on as it is."""
    if upload.kind is None or upload.extension is None:
        return None
    return kept_from_leaving(MediaKind(upload.kind), upload.extension, upload.size or 0)


def _odd_link(found: Findings, field: str, item: str, link: str) -> None:
    if len(link) > LINK_LONG_CHARACTERS:
        found.warning(field, "link_long", item=item, value=len(link), limit=LINK_LONG_CHARACTERS)
    if _CREDENTIALS.match(link):
        found.warning(field, "link_credentials", item=item)
    if _HOST_BEYOND_ASCII.match(link):
        found.warning(field, "link_host", item=item)
    if _LOCAL_HOST.match(link):
        found.warning(field, "local_host", item=item)


def has_lone_surrogate(text: str) -> bool:
    """Whether the text holds half of a character pair, which no UTF-8 body can carry."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _label(field: str | None) -> str:
    return FIELDS[field].label if field is not None and field in FIELDS else str(field)
