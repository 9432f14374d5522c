"""Form values in, a request or the reasons against it out. Pure, total, every problem at once.

A problem is a broken rule of the endpoint's reference page and refuses. A warning is what only other
sources say, or what nobody could measure, and never refuses.

The page asks for it while a person types, and every entrance runs it again before anything is sent.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from weryai_ui.i18n import say
from weryai_ui.request.fields import (
    FIELDS,
    REFERENCE_FIELDS,
    FieldSpec,
    GenerationRequest,
    Kind,
    item_name,
    specs_for,
)
from weryai_ui.request.files import advise, judge_clips, say_not_measured
from weryai_ui.request.findings import CheckResult, Findings
from weryai_ui.request.links import has_lone_surrogate, judge_link, plain_links
from weryai_ui.request.models import SHIPPED, Catalogue
from weryai_ui.request.references import (
    REMOVED,
    Reference,
    links_of,
    mentions,
    references_of,
    trimmed,
)
from weryai_ui.request.rules import (
    INTEGER_PATTERN,
    REFERENCES_IN_ALL,
    choices,
    shown,
)

_INTEGER = re.compile(INTEGER_PATTERN)
FIELDS_TAKE = sum(FIELDS[name].max_length or 0 for name in REFERENCE_FIELDS)
"""References in all; a model that takes more was made for more."""
NOTHING_KNOWN: Mapping[str, Reference] = MappingProxyType({})


def check(
    values: Mapping[str, Any],
    models: Catalogue = SHIPPED,
    known: Mapping[str, Reference] = NOTHING_KNOWN,
) -> CheckResult:
    """Judge form values, wherever they come from.

    `values`: field name to what was typed: text, numbers, booleans, lists of links or of `Reference`
    (whose `duration_s`, when measured, is judged too). A missing name counts as an empty field. `models`:
    the models that may be used, each with its bounds. `known`: what is known of some references, by link; a file on
    this server (`upload:…`) passes only when it is known. Never raises. Source: reference page.
    """
    run = _Run(models, known, values.get("model"))
    for name in values:
        if name not in FIELDS:
            run.problem(shown(name), "unknown_field", value=shown(name))
    clean = {name: run.field(spec, values.get(name)) for name, spec in specs_for(run.model).items()}
    run.together(clean)
    request = None if run.problems else GenerationRequest.model_validate(clean)
    return CheckResult(request, tuple(run.problems), tuple(run.warnings))


class _Run(Findings):
    """One judgement under way: collects findings, hands back clean values."""

    def __init__(self, models: Catalogue, known: Mapping[str, Reference], key: Any) -> None:
        super().__init__()
        self.models = models
        chosen = models.find(trimmed(key)) if isinstance(key, str) else None
        self.model = chosen or models.default
        self.known = known

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
            if spec.advised_length is not None and len(value) > spec.advised_length:
                limits = {"limit": spec.advised_length, "most": spec.max_length}
                self.warning(spec.name, "prompt_long", label=spec.label, value=len(value), **limits)
            return value
        return None

    def _model(self, spec: FieldSpec, value: Any) -> str | None:
        key = trimmed(value) if isinstance(value, str) else value
        if isinstance(key, str) and self.model.key == key:
            if not self.model.known.is_certain:
                self.warning(spec.name, "model_unproven", value=shown(key))
            return key
        self.problem(
            spec.name, "choice", label=spec.label, value=shown(value), limit=", ".join(choices(spec, self.models))
        )
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
        elif judge_link(self, self.known, spec.name, spec.label, link):
            if link[:5].lower() == "http:":
                self.warning(spec.name, "webhook_http")
            return link
        return None

    def _links(self, spec: FieldSpec, value: Any) -> tuple[str, ...] | None:
        links = plain_links(value, self.known, spec.max_length or 0)
        if links is None:
            return self._careful_links(spec, value)
        if spec.name != "images":
            say_not_measured(self, spec)
        return links

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
            judge_link(self, self.known, spec.name, item, reference.url)
            advise(self, spec.name, item, reference)
            if reference.url in seen:
                self.warning(spec.name, "link_twice", item=item, value=seen[reference.url].lower())
            seen.setdefault(reference.url, item)
        if spec.name != "images":
            judge_clips(self, spec, references)
        return links or None

    def together(self, clean: Mapping[str, Any]) -> None:
        """The rules that span several fields."""
        counts = {name: len(clean[name] or ()) for name in REFERENCE_FIELDS}
        pictures = counts["images"] + counts["videos"]
        if counts["audios"] and not pictures:
            self.problem("audios", "audio_alone")
        total = pictures + counts["audios"]
        if total > REFERENCES_IN_ALL and self.model.references <= FIELDS_TAKE:
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
    Kind.MODEL: _Run._model,
    Kind.TEXT: _Run._text,
    Kind.LINKS: _Run._links,
    Kind.LINK: _Run._webhook,
    Kind.CHOICE: _Run._choice,
    Kind.INTEGER: _Run._integer,
}


def as_typed(values: Mapping[str, Any]) -> dict[str, Any]:
    """The body that these form values mean, whatever is wrong with them: to be shown, and never sent."""
    body: dict[str, Any] = {}
    for name, spec in FIELDS.items():
        value = values.get(name)
        if spec.kind is Kind.LINKS and isinstance(value, str | list | tuple):
            value = list(links_of({name: value}))
        elif spec.kind is Kind.INTEGER and (number := whole_number(value)) is not None:
            value = number
        if value is not None and value not in ("", []):
            body[name] = value
    return body


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


def _within(spec: FieldSpec, number: int) -> bool:
    return (spec.minimum is None or number >= spec.minimum) and (spec.maximum is None or number <= spec.maximum)
