"""Form values in, a request or the reasons against it out. Pure, total, every problem at once.

A problem is a broken rule of the endpoint's reference page and refuses. A warning is what only other
sources say, or what nobody could measure, and never refuses.

The page asks for it while a person types, and every entrance runs it again before anything is sent.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from weryai_ui.i18n import say
from weryai_ui.media.units import MEGABYTE
from weryai_ui.request.fields import (
    CLIP_MAX_SECONDS,
    CLIP_MIN_SECONDS,
    CLIPS_TOTAL_SECONDS,
    DEFAULT_MODELS,
    FIELDS,
    REFERENCE_FIELDS,
    FieldSpec,
    GenerationRequest,
    Kind,
    item_name,
)
from weryai_ui.request.references import (
    REMOVED,
    Reference,
    mentions,
    references_of,
    trimmed,
)
from weryai_ui.request.rules import (
    BLANK_PATTERN,
    CREDENTIALS_PATTERN,
    HOST_BEYOND_ASCII_PATTERN,
    IMAGE_ASPECT,
    IMAGE_SIDE_PIXELS,
    INTEGER_PATTERN,
    LINK_LONG_CHARACTERS,
    LINK_MAX_CHARACTERS,
    LINK_PATTERN,
    LOCAL_HOST_PATTERN,
    REFERENCES_IN_ALL,
    SCHEME_PATTERN,
    UPLOAD_PATTERN,
    VIDEO_FRAME_PIXELS,
    VIDEOS_TOTAL_BYTES,
    choices,
    rounded,
    seconds,
    shown,
)


@dataclass(frozen=True)
class Finding:
    """One thing to say about one field: the rule that found it, its figures, and the sentence."""

    field: str
    rule: str
    values: Mapping[str, str]
    text: str
    """The sentence with the limit and the value, in the language spoken when it was found."""


@dataclass(frozen=True)
class CheckResult:
    """What `check` found. `request` is there exactly when there is no problem."""

    request: GenerationRequest | None
    problems: tuple[Finding, ...]
    warnings: tuple[Finding, ...]

    def with_warning(self, field: str, rule: str) -> CheckResult:
        """With one warning more, about what only the destination decides."""
        return replace(self, warnings=(*self.warnings, _finding(field, rule, {})))


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
_INTEGER = re.compile(INTEGER_PATTERN)

_SHORTEST, _LONGEST, _ALL_CLIPS = map(seconds, (CLIP_MIN_SECONDS, CLIP_MAX_SECONDS, CLIPS_TOTAL_SECONDS))

NOTHING_KNOWN: Mapping[str, Reference] = MappingProxyType({})


def check(
    values: Mapping[str, Any],
    models: Mapping[str, str] = DEFAULT_MODELS,
    known: Mapping[str, Reference] = NOTHING_KNOWN,
) -> CheckResult:
    """Judge form values, wherever they come from.

    `values`: field name to what was typed: text, numbers, booleans, lists of links or of `Reference`
    (whose `duration_s`, when measured, is judged too). A missing name counts as an empty field. `models`:
    the model keys that may be sent, to their names. `known`: what is known of some references, by link; a file on
    this server (`upload:…`) passes only when it is known. Never raises. Source: reference page.
    """
    run = _Run(models, known)
    for name in values:
        if name not in FIELDS:
            run.problem(shown(name), "unknown_field", value=shown(name))
    clean = {name: run.field(spec, values.get(name)) for name, spec in FIELDS.items()}
    run.together(clean)
    request = None if run.problems else GenerationRequest.model_validate(clean)
    return CheckResult(request, tuple(run.problems), tuple(run.warnings))


class _Run:
    """One judgement under way: collects findings, hands back clean values."""

    def __init__(self, models: Mapping[str, str], known: Mapping[str, Reference]) -> None:
        self.models = models
        self.known = known
        self.problems: list[Finding] = []
        self.warnings: list[Finding] = []

    def problem(self, field: str, rule: str, **values: object) -> None:
        self.problems.append(_finding(field, rule, values))

    def warning(self, field: str, rule: str, **values: object) -> None:
        self.warnings.append(_finding(field, rule, values))

    def field(self, spec: FieldSpec, value: Any) -> Any:
        """The clean value of one field as it stands in a request, or None when it is empty or wrong."""
        if value is None or (isinstance(value, str) and not trimmed(value)):
            if spec.required:
                self.problem(spec.name, "required", label=spec.label)
            return None
        return _JUDGES[spec.kind](self, spec, value)

    def _text(self, spec: FieldSpec, value: Any) -> str | None:
        if not isinstance(value, str):
            self.problem(spec.name, "not_text", label=spec.label)
        elif has_lone_surrogate(value):
            self.problem(spec.name, "broken_character", label=spec.label)
        elif spec.max_length is not None and len(value) > spec.max_length:
            self.problem(spec.name, "too_long", label=spec.label, value=len(value), limit=spec.max_length)
        else:
            return value
        return None

    def _choice(self, spec: FieldSpec, value: Any) -> str | None:
        if isinstance(value, bool):
            value = "true" if value else "false"
        allowed = choices(spec, self.models)
        text = trimmed(value) if isinstance(value, str) else value
        if isinstance(text, str) and text in allowed:
            return text
        self.problem(spec.name, "choice", label=spec.label, value=shown(value), limit=", ".join(allowed))
        return None

    def _integer(self, spec: FieldSpec, value: Any) -> int | None:
        number = whole_number(value)
        if number is None:
            self.problem(spec.name, "not_integer", label=spec.label, value=shown(value))
        elif not _within(spec, number):
            self.problem(
                spec.name,
                "out_of_range",
                label=spec.label,
                value=shown(number),
                minimum=spec.minimum,
                maximum=spec.maximum,
            )
        else:
            return number
        return None

    def _webhook(self, spec: FieldSpec, value: Any) -> str | None:
        link = trimmed(value) if isinstance(value, str) else None
        if link is None:
            self.problem(spec.name, "not_text", label=spec.label)
        elif self._link(spec.name, spec.label, link):
            if link[:5].lower() == "http:":
                self.warning(spec.name, "webhook_http")
            return link
        return None

    def _link(self, field: str, item: str, link: str) -> bool:
        """Whether one link may be sent; says why not, or what is odd about it."""
        if _PLAIN_LINK.fullmatch(link):
            return True
        if has_lone_surrogate(link):
            self.problem(field, "broken_character", label=item)
        elif _BLANK.search(link):
            self.problem(field, "link_blank", item=item, value=shown(link))
        elif _UPLOAD.match(link):
            return self._upload(field, item, link)
        elif not _SCHEME.match(link):
            self.problem(field, "link_scheme", item=item, value=shown(link))
        elif len(link) > LINK_MAX_CHARACTERS:
            self.problem(field, "link_too_long", item=item, value=len(link), limit=LINK_MAX_CHARACTERS)
        elif not (shape := _SHAPE.match(link)) or int(shape[1] or 0) > 65535:
            self.problem(field, "link_shape", item=item, value=shown(link))
        else:
            self._odd_link(field, item, link)
            return True
        return False

    def _upload(self, field: str, item: str, link: str) -> bool:
        upload = self.known.get(link)
        if upload is None:
            self.problem(field, "upload_gone", item=item)
        elif upload.kind != field:
            self.problem(field, "wrong_kind", item=item, value=_label(upload.kind).lower())
        return upload is not None and upload.kind == field

    def _odd_link(self, field: str, item: str, link: str) -> None:
        if len(link) > LINK_LONG_CHARACTERS:
            self.warning(field, "link_long", item=item, value=len(link), limit=LINK_LONG_CHARACTERS)
        if _CREDENTIALS.match(link):
            self.warning(field, "link_credentials", item=item)
        if _HOST_BEYOND_ASCII.match(link):
            self.warning(field, "link_host", item=item)
        if _LOCAL_HOST.match(link):
            self.warning(field, "local_host", item=item)

    def _links(self, spec: FieldSpec, value: Any) -> tuple[str, ...] | None:
        links = self._plain_links(spec, value)
        if links is None:
            return self._careful_links(spec, value)
        if spec.name != "images":
            self._not_measured(spec)
        return links

    def _plain_links(self, spec: FieldSpec, value: Any) -> tuple[str, ...] | None:
        """The links of a text that needs no look at each: plain, none twice, not too many, nothing known of any."""
        if not isinstance(value, str) or not _PLAIN_LINES.fullmatch(value):
            return None
        links = tuple(value.split("\n"))
        as_usual = len(set(links)) == len(links) <= (spec.max_length or 0)
        return links if as_usual and self.known.keys().isdisjoint(links) else None

    def _careful_links(self, spec: FieldSpec, value: Any) -> tuple[str, ...] | None:
        limit = spec.max_length or 0
        try:
            # A pasted page of text is one problem too many; the first ones say enough.
            references, links = references_of(value, self.known, 2 * limit)
        except TypeError:
            self.problem(spec.name, "not_links", label=spec.label)
            return None
        if len(links) > limit:
            self.problem(spec.name, "too_many", label=spec.label, value=len(links), limit=limit)
        seen: dict[str, str] = {}
        for number, reference in enumerate(references, 1):
            item = item_name(spec.name, number).capitalize()
            self._link(spec.name, item, reference.url)
            self._advice(spec.name, item, reference)
            if reference.url in seen:
                self.warning(spec.name, "link_twice", item=item, value=seen[reference.url].lower())
            seen.setdefault(reference.url, item)
        if spec.name != "images":
            self._clips(spec, references)
        return links or None

    def _advice(self, field: str, item: str, reference: Reference) -> None:
        """What other sources say of a file like this one."""
        if not reference.width or not reference.height:
            return
        width, height = reference.width, reference.height
        if field == "images":
            pixels, aspect = f"{width} x {height}", rounded(width / height)
            if min(width, height) < IMAGE_SIDE_PIXELS[0] or max(width, height) > IMAGE_SIDE_PIXELS[1]:
                self.warning(field, "image_pixels", item=item, value=pixels, **_bounds(IMAGE_SIDE_PIXELS))
            if not IMAGE_ASPECT[0] <= aspect <= IMAGE_ASPECT[1]:
                self.warning(field, "image_aspect", item=item, value=seconds(aspect), **_bounds(IMAGE_ASPECT))
        elif not VIDEO_FRAME_PIXELS[0] <= width * height <= VIDEO_FRAME_PIXELS[1]:
            self.warning(field, "video_pixels", item=item, value=width * height, **_bounds(VIDEO_FRAME_PIXELS))

    def _clips(self, spec: FieldSpec, references: tuple[Reference, ...]) -> None:
        measured = {
            item_name(spec.name, number): rounded(reference.duration_s or 0.0)
            for number, reference in enumerate(references, 1)
            if reference.measured
        }
        for item, length in measured.items():
            if not CLIP_MIN_SECONDS <= length <= CLIP_MAX_SECONDS:
                short = length < CLIP_MIN_SECONDS
                self.problem(
                    spec.name,
                    "clip_short" if short else "clip_long",
                    item=item.capitalize(),
                    value=seconds(length),
                    limit=_SHORTEST if short else _LONGEST,
                )
        if rounded(sum(measured.values())) > CLIPS_TOTAL_SECONDS:
            longest = max(measured, key=measured.__getitem__)
            self.problem(
                spec.name,
                "clips_total",
                label=spec.label,
                value=seconds(sum(measured.values())),
                limit=_ALL_CLIPS,
                longest=longest,
                longest_s=seconds(measured[longest]),
            )
        size = sum(reference.size or 0 for reference in references)
        if spec.name == "videos" and size > VIDEOS_TOTAL_BYTES:
            megabytes, limit = rounded(size / MEGABYTE, 1), VIDEOS_TOTAL_BYTES // MEGABYTE
            self.warning(spec.name, "videos_size", value=f"{megabytes:.1f}", limit=limit)
        if len(measured) < len(references):
            self._not_measured(spec)

    def _not_measured(self, spec: FieldSpec) -> None:
        self.warning(spec.name, "not_measured", label=spec.label, minimum=_SHORTEST, maximum=_LONGEST, limit=_ALL_CLIPS)

    def together(self, clean: Mapping[str, Any]) -> None:
        """The rules that span several fields."""
        counts = {name: len(clean[name] or ()) for name in REFERENCE_FIELDS}
        pictures = counts["images"] + counts["videos"]
        if counts["audios"] and not pictures:
            self.problem("audios", "audio_alone")
        total = pictures + counts["audios"]
        if total > REFERENCES_IN_ALL:
            self.warning("images", "many_references", value=total, limit=REFERENCES_IN_ALL)
        if not total and not clean["prompt"] and all(problem.field != "prompt" for problem in self.problems):
            self.warning("prompt", "nothing_to_show")
        elif not pictures:
            self.warning("images", "no_reference")
        # A request without a prompt names nothing on purpose.
        if clean["prompt"]:
            self._mentions(clean["prompt"], counts)

    def _mentions(self, prompt: str, counts: Mapping[str, int]) -> None:
        called = mentions(prompt)
        there = {name: set(range(1, count + 1)) for name, count in counts.items()}
        if called == there:
            return
        if any(REMOVED in numbers for numbers in called.values()):
            self.warning("prompt", "mention_gone")
        self._named("mention_missing", {name: called[name] - there[name] - {REMOVED} for name in counts})
        self._named("never_named", {name: there[name] - called[name] for name in counts})

    def _named(self, rule: str, numbers: Mapping[str, set[int]]) -> None:
        items = [item_name(name, number) for name in numbers for number in sorted(numbers[name])]
        if items:
            self.warning("prompt", rule, item=say("form.comma").join(items))


_JUDGES: Mapping[Kind, Callable[[_Run, FieldSpec, Any], Any]] = {
    Kind.MODEL: _Run._choice,
    Kind.TEXT: _Run._text,
    Kind.LINKS: _Run._links,
    Kind.LINK: _Run._webhook,
    Kind.CHOICE: _Run._choice,
    Kind.INTEGER: _Run._integer,
}


def whole_number(value: Any) -> int | None:
    """The integer that was meant, or None: 5, 5.0, "5" and " 5 " are; 5.5, True, "1e3", "٣" are not."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        # Beyond 2**53 a float no longer says which integer was typed.
        exact = math.isfinite(value) and value.is_integer() and abs(value) <= 2**53
        return int(value) if exact else None
    if isinstance(value, str) and _INTEGER.fullmatch(digits := trimmed(value)):
        return int(digits)
    return None


def has_lone_surrogate(text: str) -> bool:
    """Whether the text holds half of a character pair, which no UTF-8 body can carry."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _label(field: str | None) -> str:
    return FIELDS[field].label if field is not None and field in FIELDS else str(field)


def _finding(field: str, rule: str, values: Mapping[str, object]) -> Finding:
    return Finding(field, rule, {name: str(value) for name, value in values.items()}, say(f"rule.{rule}", **values))


def _within(spec: FieldSpec, number: int) -> bool:
    return (spec.minimum is None or number >= spec.minimum) and (spec.maximum is None or number <= spec.maximum)


def _bounds(limits: tuple[float, float]) -> dict[str, float]:
    return {"minimum": limits[0], "maximum": limits[1]}
