"""A request body as form values, field by field, with a sentence for whatever cannot be taken over. Pure, total."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from weryai_ui.i18n import say
from weryai_ui.request.fields import FIELDS, FieldSpec, Kind, item_name, specs_for
from weryai_ui.request.links import has_lone_surrogate
from weryai_ui.request.models import SHIPPED, Catalogue
from weryai_ui.request.references import trimmed
from weryai_ui.request.rules import choices, shown
from weryai_ui.request.validation import check, whole_number

MAX_INTEGER_DIGITS = 40
NOTES_NAMED = 30
SECRET_BEGINNING = 8
SECRETS_MASKED = 20
"""With more than these the notes quote nothing at all."""

_SECRET_NAME = re.compile(r"key|token|secret|auth|passw|cookie", re.IGNORECASE)
_KEY_SHAPE = re.compile(r"\bsk-[\w-]{4,}|(?<=\bbearer )\S+", re.IGNORECASE)
# Said by the form itself, which knows the files on this server.
_RULES_OF_THE_FORM = frozenset({"upload_gone", "wrong_kind"})

_JSON_FAULTS: Mapping[str, str] = {
    "Expecting value": "json_fault.value",
    "Expecting property name enclosed in double quotes": "json_fault.name",
    "Expecting ':' delimiter": "json_fault.colon",
    "Expecting ',' delimiter": "json_fault.comma",
    "Illegal trailing comma before end of object": "json_fault.comma_in_object",
    "Illegal trailing comma before end of array": "json_fault.comma_in_array",
    "Extra data": "json_fault.extra",
    "Unterminated string starting at": "json_fault.open_string",
    "Invalid control character at": "json_fault.control",
    "Invalid \\escape": "json_fault.escape",
    "Invalid \\uXXXX escape": "json_fault.unicode",
}
"""What Python's reader says of broken JSON."""


@dataclass(frozen=True)
class ImportedForm:
    """What was understood. A field that is not in `values` was not in the body, or `notes` says why not.

    `values`: field name to form value: text, numbers, lists of links; `caller_id` as text, because a browser's
    numbers are too short for it. `ok`: at least one field was read.
    """

    values: dict[str, Any]
    notes: tuple[str, ...]
    ok: bool


@dataclass
class BodyReader:
    """One reading under way: takes fields over into `values`, and notes what it cannot take."""

    models: Catalogue | None
    """None: any model will do."""
    values: dict[str, Any] = field(default_factory=dict)
    notes: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)
    """Keys of `words`, each with what fills it."""
    secrets: list[str] = field(default_factory=list)

    def note(self, key: str, **filled: object) -> None:
        self.notes.append((key, filled))

    def result(self) -> ImportedForm:
        """What was read, with keys masked in the notes, and the notes of one kind too many counted."""
        masked = _mask(self.secrets)
        notes = [
            say(key, **{name: masked(str(value)) for name, value in filled.items()})
            for key, filled in self.notes[:NOTES_NAMED]
        ]
        if more := len(self.notes) - len(notes):
            notes.append(say("reading.more", n=f"{more:,}"))
        return ImportedForm(self.values, tuple(notes), bool(self.values))

    def body(self, document: Mapping[str, Any]) -> None:
        """Take over a whole body, and note which rules it breaks."""
        if not document:
            self.note("reading.empty")
            return
        self.fields(document)
        for spec in FIELDS.values():
            if spec.required and spec.name not in document:
                self.note("reading.missing", name=spec.name)
        self.broken_rules()

    def fields(self, document: Mapping[str, Any]) -> None:
        """Take over the fields of a body, each by its type on the wire."""
        key = document.get("model")
        specs = specs_for((self.models or SHIPPED.with_any_key()).find(key) or SHIPPED.default)
        for name, value in document.items():
            spec = specs.get(name)
            if spec is None:
                hidden = _SECRET_NAME.search(name)
                self.note("reading.unknown", name=shown(name), value="…" if hidden else quoted(value))
            elif value is None:
                self.note("reading.null", name=name)
            else:
                self._field(spec, value)

    def broken_rules(self) -> None:
        """Note which of the values taken over break a rule; the form shows the same beside its fields."""
        for found in check(self.values, self.models or SHIPPED.with_any_key()).problems:
            if found.field in self.values and found.rule not in _RULES_OF_THE_FORM:
                self.note(f"rule.{found.rule}", **found.values)

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
                    self.note("reading.not_text", name=spec.name, value=quoted(value))
            case _:
                self._choice(spec, value)

    def _whole(self, name: str, text: str) -> str:
        if not has_lone_surrogate(text):
            return text
        self.note("reading.half_character", name=name)
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    def _links(self, spec: FieldSpec, value: Any) -> None:
        if isinstance(value, str):
            self.note("reading.one_link", name=spec.name)
            value = [value]
        if not isinstance(value, list):
            self.note("reading.not_a_list", name=spec.name, value=quoted(value))
            return
        kept = []
        for number, link in enumerate(value, 1):
            name = item_name(spec.name, number)
            if not isinstance(link, str) or not trimmed(link) or re.search(r"[\r\n]", trimmed(link)):
                self.note("reading.not_a_link", item=name, value=quoted(link))
            else:
                kept.append(self._whole(name, trimmed(link)))
        self.values[spec.name] = kept

    def _integer(self, spec: FieldSpec, value: Any) -> None:
        number = whole_number(value)
        if number is None:
            self.note("reading.not_whole", name=spec.name, value=quoted(value))
            return
        if spec.minimum is not None and spec.maximum is not None and not spec.minimum <= number <= spec.maximum:
            bounds = {"minimum": spec.minimum, "maximum": spec.maximum}
            self.note("reading.out_of_range", name=spec.name, value=quoted(number), **bounds)
            return
        if type(value) is not int:
            self.note("reading.not_in_digits", name=spec.name, value=quoted(value), number=number)
        # The digits as text: the page's numbers end at 2**53.
        self.values[spec.name] = str(number) if spec.name == "caller_id" else number

    def _choice(self, spec: FieldSpec, value: Any) -> None:
        is_switch = isinstance(value, bool) and spec.kind is Kind.CHOICE
        meant = str(value).lower() if is_switch else value
        meant = trimmed(meant) if isinstance(meant, str) else None
        models = self.models or SHIPPED.with_any_key()
        allowed = choices(spec, models)
        model = spec.kind is Kind.MODEL and models.find(meant) is not None
        if not meant or not (model or meant in allowed):
            listed = say("form.comma").join(allowed)
            self.note("reading.not_a_choice", name=spec.name, choices=listed, value=quoted(value))
            return
        if meant != value:
            self.note("reading.not_this_text", name=spec.name, meant=meant, value=quoted(value))
        self.values[spec.name] = meant


def _mask(secrets: Iterable[str]) -> Callable[[str], str]:
    """What takes these secrets, and everything that looks like a key, out of a text that a note quotes."""
    # By their beginnings, because a note may have cut off the end.
    beginnings = {re.escape(secret[:SECRET_BEGINNING]) for secret in secrets}
    if len(beginnings) > SECRETS_MASKED:
        return lambda _text: "…"
    known = re.compile(rf"(?:{'|'.join(beginnings)})[^\s'\"]*" if beginnings else r"(?!)")
    return lambda text: _KEY_SHAPE.sub("…", known.sub("…", text))


def quoted(value: Any) -> str:
    """A JSON value as a sentence shows it, shortened."""
    if isinstance(value, str):
        return f'"{shown(value)}"'
    if isinstance(value, list):
        return say("reading.a_list", n=len(value))
    if isinstance(value, dict):
        return say("reading.an_object", n=len(value))
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return shown(value)


def read_object(reading: BodyReader, text: str) -> dict[str, Any] | None:
    """The JSON object in a text, or None with the reason noted."""

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        for name, times in Counter(name for name, _ in found).items():
            if times > 1:
                reading.note("reading.twice", name=shown(name), times=times)
        return dict(found)

    try:
        document = json.loads(
            text,
            object_pairs_hook=pairs,
            parse_int=lambda digits: int(digits) if len(digits) <= MAX_INTEGER_DIGITS else float(digits),
            parse_constant=_no_constant,
        )
    except (RecursionError, MemoryError):
        reading.note("reading.too_deep")
    except json.JSONDecodeError as error:
        known = _JSON_FAULTS.get(error.msg)
        fault = error.msg if known is None else say(known)
        reading.note("reading.not_json", fault=fault, line=error.lineno, column=error.colno)
    except _NoNumber as error:
        reading.note("reading.not_json_number", name=error)
    else:
        if isinstance(document, dict):
            return document
        reading.note("reading.not_an_object", value=quoted(document))
    return None


class _NoNumber(Exception):
    """`NaN` or `Infinity`; the text is the name."""


def _no_constant(name: str) -> float:
    raise _NoNumber(name)
