"""A request body as form values, field by field, with a sentence for whatever cannot be taken over. Pure, total."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from weryai_ui.references import trimmed
from weryai_ui.request import DEFAULT_MODELS, FIELDS, SINGULAR, FieldSpec, Kind
from weryai_ui.rules import choices, shown
from weryai_ui.validation import check, has_lone_surrogate, whole_number

MAX_INTEGER_DIGITS = 40
NOTES_NAMED = 30
SECRET_BEGINNING = 8

_SECRET_NAME = re.compile(r"key|token|secret|auth|passw|cookie", re.IGNORECASE)
_KEY_SHAPE = re.compile(r"\bsk-[\w-]{4,}|(?<=\bbearer )\S+", re.IGNORECASE)
# Said by the form itself, which knows the files on this server.
_RULES_OF_THE_FORM = frozenset({"upload_gone", "wrong_kind"})


@dataclass(frozen=True)
class Pasted:
    """What was understood. A field that is not in `values` was not in the body, or `notes` says why not.

    `values`: field name to form value: text, numbers, lists of links; `caller_id` as text, because a browser's
    numbers are too short for it. `ok`: at least one field was read.
    """

    values: dict[str, Any]
    notes: tuple[str, ...]
    ok: bool


@dataclass
class Reading:
    """One reading under way: takes fields over into `values`, and says what it cannot take."""

    models: Mapping[str, str] | None
    """None: any model will do."""
    values: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)

    def say(self, sentence: str) -> None:
        self.notes.append(sentence)

    def result(self) -> Pasted:
        """What was read, with keys masked in the notes, and the notes of one kind too many counted."""
        notes = [self._masked(note) for note in self.notes[:NOTES_NAMED]]
        if more := len(self.notes) - len(notes):
            notes.append(f"And {more:,} more things like these were left out.")
        return Pasted(self.values, tuple(notes), bool(self.values))

    def _masked(self, note: str) -> str:
        for secret in self.secrets:
            # By its beginning, because a note may have cut off the end.
            note = re.sub(re.escape(secret[:SECRET_BEGINNING]) + r"[^\s'\"]*", "…", note)
        return _KEY_SHAPE.sub("…", note)

    def body(self, document: Mapping[str, Any]) -> None:
        """Take over a whole body, and say which rules it breaks."""
        if not document:
            self.say("The body is empty: {}.")
            return
        self.fields(document)
        for spec in FIELDS.values():
            if spec.required and spec.name not in document:
                self.say(f"{spec.name} is not in the body; it is required.")
        self.broken_rules()

    def fields(self, document: Mapping[str, Any]) -> None:
        """Take over the fields of a body, each by its type on the wire."""
        for name, value in document.items():
            spec = FIELDS.get(name)
            if spec is None:
                hidden = _SECRET_NAME.search(name)
                self.say(f"{shown(name)} is not a field of this request; left out: {'…' if hidden else quoted(value)}")
            elif value is None:
                self.say(f"{name} is null; left out.")
            else:
                self._field(spec, value)

    def broken_rules(self) -> None:
        """Say which of the values taken over break a rule; the form shows the same beside its fields."""
        for found in check(self.values, self.models or DEFAULT_MODELS).problems:
            if found.field in self.values and found.rule not in _RULES_OF_THE_FORM:
                self.say(found.text)

    def _field(self, spec: FieldSpec, value: Any) -> None:
        match spec.kind:
            case Kind.LINKS:
                self._links(spec, value)
            case Kind.INTEGER:
                self._integer(spec, value)
            case Kind.TEXT | Kind.LINK:
                if isinstance(value, str):
                    self.values[spec.name] = self._whole(spec.name, value)
                else:
                    self.say(f"{spec.name} must be text, not {quoted(value)}; left out.")
            case _:
                self._choice(spec, value)

    def _whole(self, name: str, text: str) -> str:
        if not has_lone_surrogate(text):
            return text
        self.say(f"{name} holds half a character (a lone surrogate); a � stands in its place.")
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    def _links(self, spec: FieldSpec, value: Any) -> None:
        if isinstance(value, str):
            self.say(f"{spec.name} must be a list; the text was taken as its one link.")
            value = [value]
        if not isinstance(value, list):
            self.say(f"{spec.name} must be a list of links, not {quoted(value)}; left out.")
            return
        kept = []
        for number, item in enumerate(value, 1):
            name = f"{SINGULAR[spec.name]} {number}"
            if not isinstance(item, str) or not trimmed(item) or re.search(r"[\r\n]", trimmed(item)):
                self.say(f"{name} is {quoted(item)}, which is no link; left out, so that those behind it move up.")
            else:
                kept.append(self._whole(name, trimmed(item)))
        self.values[spec.name] = kept

    def _integer(self, spec: FieldSpec, value: Any) -> None:
        number = whole_number(value)
        if number is None:
            self.say(f"{spec.name} must be a whole number, not {quoted(value)}; left out.")
            return
        if spec.minimum is not None and spec.maximum is not None and not spec.minimum <= number <= spec.maximum:
            self.say(f"{spec.name} must be from {spec.minimum} to {spec.maximum}, not {quoted(number)}; left out.")
            return
        if type(value) is not int:
            self.say(f"{spec.name} must be a number in digits; {quoted(value)} was taken as {number}.")
        # The digits as text: the page's numbers end at 2**53.
        self.values[spec.name] = str(number) if spec.name == "caller_id" else number

    def _choice(self, spec: FieldSpec, value: Any) -> None:
        is_switch = isinstance(value, bool) and spec.kind is Kind.CHOICE
        meant = str(value).lower() if is_switch else value
        meant = trimmed(meant) if isinstance(meant, str) else None
        allowed = choices(spec, self.models or {})
        free = spec.kind is Kind.MODEL and self.models is None
        if not meant or not (free or meant in allowed):
            self.say(f"{spec.name} must be one of {', '.join(allowed)}, not {quoted(value)}; left out.")
            return
        if meant != value:
            self.say(f'{spec.name} must be the text "{meant}"; {quoted(value)} was taken as that.')
        self.values[spec.name] = meant


def quoted(value: Any) -> str:
    """A JSON value as a sentence shows it, shortened."""
    if isinstance(value, str):
        return f'"{shown(value)}"'
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return f"an object of {len(value)}"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return shown(value)


def read_object(reading: Reading, text: str) -> dict[str, Any] | None:
    """The JSON object in a text, or None with the reason said."""

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        for name, times in Counter(name for name, _ in found).items():
            if times > 1:
                reading.say(f"{shown(name)} stands in the body {times} times; the last one counts.")
        return dict(found)

    try:
        document = json.loads(
            text,
            object_pairs_hook=pairs,
            parse_int=lambda digits: int(digits) if len(digits) <= MAX_INTEGER_DIGITS else float(digits),
            parse_constant=_no_constant,
        )
    except (RecursionError, MemoryError):
        reading.say("The body is nested too deeply; no request is.")
    except json.JSONDecodeError as error:
        reading.say(f"This is not JSON: {error.msg}, line {error.lineno}, column {error.colno}.{_hint(text)}")
    except ValueError as error:
        reading.say(f"This is not JSON: {error}.")
    else:
        if isinstance(document, dict):
            return document
        reading.say(f"The body must be a JSON object in braces, not {quoted(document)}.")
    return None


def _hint(text: str) -> str:
    if re.search("[“”„]", text):
        return " It has typographic quotes (“ ”); JSON wants straight ones."
    if re.match(r"\s*\{\s*'", text):
        return " It has single quotes; JSON wants double ones."
    return ""


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")
