"""The request body as a JSON schema, from the one declaration of its fields."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from weryai_ui.request.fields import FIELDS, FieldSpec, Kind

EXAMPLE: Mapping[str, Any] = MappingProxyType(
    {
        "model": "SEEDANCE_2_0",
        "prompt": "A paper boat crosses a puddle in the rain",
        "duration": 5,
        "resolution": "480p",
        "aspect_ratio": "16:9",
    }
)


def request_schema() -> dict[str, Any]:
    """An object with the documented fields. What breaks a bound is answered as a problem at its field, not as a
    wrong call, so the bounds stand here to be read."""
    return {
        "type": "object",
        "properties": {name: _property(spec) for name, spec in FIELDS.items()},
        "required": [name for name, spec in FIELDS.items() if spec.required],
    }


def _property(spec: FieldSpec) -> dict[str, Any]:
    said = {"title": spec.label, "description": spec.help}
    if spec.kind is Kind.LINKS:
        links = {"type": "string", "description": "A public https link, or a link that an upload answered (upload:…)."}
        return {**said, "type": "array", "items": links, "maxItems": spec.max_length}
    if spec.kind is Kind.INTEGER:
        bounds = {"minimum": spec.minimum, "maximum": spec.maximum}
        return {**said, "type": "integer", **{name: each for name, each in bounds.items() if each is not None}}
    if spec.kind is Kind.CHOICE:
        return {**said, "type": "string", "enum": list(spec.wire_choices)}
    longest = {} if spec.max_length is None else {"maxLength": spec.max_length}
    return {**said, "type": "string", **longest}
