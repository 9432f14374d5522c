"""Judges the body of a submit, by the sandbox's own reading of the reference page.

Deliberately shares nothing with the app's form and checks: a bound that one of the two
has wrong shows up when they are compared.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, NoReturn
from urllib.parse import urlsplit

from weryai_ui.sandbox.envelope import BAD_PARAMETER, MODEL_NOT_SUPPORTED, ApiError
from weryai_ui.sandbox.models import MODELS, Limits, Models

REFERENCES: Final = ("images", "videos", "audios")
SECONDS_EACH: Final = (2.0, 15.0)
SECONDS_TOTAL: Final = 15.0
SECONDS_TOLERANCE: Final = 0.05  # about one frame: containers round a clip's length
URI_CHARACTERS: Final = 8192  # not documented: what common servers read of a request line
PROBLEMS_NAMED: Final = 20
BODY_BYTES: Final = 1024 * 1024


@dataclass(frozen=True)
class Problem:
    """A broken rule: the field as it stands in the body, and a sentence about the rule."""

    field: str
    rule: str
    code: int = BAD_PARAMETER


@dataclass(frozen=True)
class ProbeResult:
    """What the sandbox knows about one of its own uploads; seconds is None if unreadable."""

    kind: str
    seconds: float | None


Measure = Callable[[str], ProbeResult | None]
Check = Callable[[object], Iterator[str]]


def judge(raw: bytes, measure: Measure, models: Models = MODELS) -> dict[str, object]:
    """The parsed body, when it keeps every rule.

    ``measure`` gives what is known about a reference by its URL; None means that it is
    not the sandbox's own, and is then taken as it is. Raises ApiError (HTTP 400) with all
    the broken rules in one message.
    """
    body = parse(raw)
    problems = [*_field_problems(body, models)]
    if not problems:
        problems = [*_media_problems(body, measure)]
    if problems:
        message = "; ".join(f"{each.field}: {each.rule}" for each in problems[:PROBLEMS_NAMED])
        raise ApiError(400, problems[0].code, message)
    return body


def parse(raw: bytes) -> dict[str, object]:
    """The JSON object in the body. Raises ApiError for anything else."""
    if len(raw) > BODY_BYTES:
        raise ApiError(400, BAD_PARAMETER, f"body: at most {BODY_BYTES} bytes")
    try:
        body = json.loads(raw.decode("utf-8"), object_pairs_hook=_no_twins, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        # The decoder's own words may quote the body's surroundings; position is enough.
        where = f" (at character {error.pos})" if isinstance(error, json.JSONDecodeError) else ""
        known = str(error) if isinstance(error, _NotStrict) else f"not valid JSON{where}"
        raise ApiError(400, BAD_PARAMETER, f"body: {known}") from error
    if not isinstance(body, dict):
        raise ApiError(400, BAD_PARAMETER, "body: must be a JSON object")
    return body


class _NotStrict(ValueError):
    """JSON that Python would take and a strict reader refuses."""


def _no_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _NotStrict("a field stands in the body twice")
    return found


def _no_constant(name: str) -> NoReturn:
    raise _NotStrict(f"{name} is not a JSON number")


def _field_problems(body: dict[str, object], models: Models) -> Iterator[Problem]:
    limits = models.get(str(body.get("model")), Limits())
    fields = _checks(tuple(models), limits)
    for name in REQUIRED:
        if name not in body:
            yield Problem(name, "is required")
    for name, check in fields.items():
        if name in body:
            code = MODEL_NOT_SUPPORTED if name == "model" else BAD_PARAMETER
            wrong_type = not isinstance(body[name], str)
            for rule in check(body[name]):
                yield Problem(name, rule, BAD_PARAMETER if wrong_type else code)
    for name in (each for each in body if each not in fields):
        yield Problem(repr(name[:60]), "is not a field of this endpoint")
    if body.get("audios") and not body.get("images") and not body.get("videos"):
        yield Problem("audios", "cannot be used alone: add an image or a video")


def _media_problems(body: dict[str, object], measure: Measure) -> Iterator[Problem]:
    for name in REFERENCES:
        known = [(index, measure(url)) for index, url in enumerate(urls_of(body, name))]
        own = [(index, found) for index, found in known if found is not None]
        for index, found in own:
            if found.kind != name:
                yield Problem(f"{name}[{index}]", f"is one of the {found.kind}, not {name}")
            elif name != "images":
                yield from _length_problems(f"{name}[{index}]", found.seconds)
        total = sum(found.seconds or 0.0 for _, found in own)
        if name != "images" and total > SECONDS_TOTAL + SECONDS_TOLERANCE:
            yield Problem(name, f"are {total:.1f} s in all; the limit is {SECONDS_TOTAL:.0f} s")


def _length_problems(field: str, seconds: float | None) -> Iterator[Problem]:
    least, most = SECONDS_EACH
    if seconds is None:
        yield Problem(field, "could not be read")
    elif not least - SECONDS_TOLERANCE <= seconds <= most + SECONDS_TOLERANCE:
        yield Problem(field, f"is {seconds:.1f} s; each must be {least:.0f} to {most:.0f} s")


def urls_of(body: dict[str, object], name: str) -> list[str]:
    """The URLs of one kind of reference in an accepted body."""
    found = body.get(name)
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def _one_of(*choices: str) -> Check:
    def check(value: object) -> Iterator[str]:
        if not isinstance(value, str):
            yield f"must be a string, one of {', '.join(choices)}"
        elif value not in choices:
            yield f"must be one of {', '.join(choices)}"

    return check


def _integer(least: int, most: int) -> Check:
    def check(value: object) -> Iterator[str]:
        # In Python true is an integer; in JSON it is not.
        if isinstance(value, bool) or not isinstance(value, int):
            yield f"must be an integer from {least} to {most}"
        elif not least <= value <= most:
            yield f"must be from {least} to {most}"

    return check


def _prompt(limit: int) -> Check:
    def check(value: object) -> Iterator[str]:
        if not isinstance(value, str):
            yield "must be a string"
        elif len(value) > limit:
            yield f"has {len(value)} characters; the limit is {limit}"
        elif any("\ud800" <= each <= "\udfff" for each in value):
            yield "contains half a character (a lone surrogate)"

    return check


def _uri(value: object) -> Iterator[str]:
    if not isinstance(value, str):
        yield "must be a string, an absolute http or https URL"
    elif len(value) > URI_CHARACTERS:
        yield f"has {len(value)} characters; the limit is {URI_CHARACTERS}"
    elif not _is_web_address(value):
        yield "must be an absolute http or https URL with a host and without spaces"


def _is_web_address(value: str) -> bool:
    if any(each.isspace() or not each.isprintable() for each in value):
        return False
    try:
        parts = urlsplit(value)
        # BodyReader the port is what checks it.
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _uris(limit: int) -> Check:
    def check(value: object) -> Iterator[str]:
        if not isinstance(value, list):
            yield "must be an array of URLs"
            return
        if len(value) > limit:
            yield f"has {len(value)} entries; the limit is {limit}"
        for index, each in enumerate(value[:limit]):
            yield from (f"[{index}] {rule}" for rule in _uri(each))

    return check


REQUIRED: Final = ("model", "duration")


def _checks(models: tuple[str, ...], limits: Limits) -> dict[str, Check]:
    """The rule of each field, for a model with these bounds."""
    return {
        "model": _one_of(*models),
        "duration": _integer(*limits.seconds),
        "prompt": _prompt(limits.prompt),
        **{name: _uris(limits.most(name)) for name in REFERENCES},
        "aspect_ratio": _one_of(*limits.ratios),
        "resolution": _one_of(*limits.resolutions),
        "generate_audio": _one_of("true", "false"),
        "video_number": _integer(1, limits.films),
        "webhook_url": _uri,
        "caller_id": _integer(-(2**63), 2**63 - 1),
    }
