"""The body of one request: twelve fields, each declared once.

Type, bounds, choices, wire name and form default stand here and nowhere else; label and help are words. The form is
built from `FIELDS`, the checks run by `FIELDS`, the payload is this model's dump, `docs/fields.md` is
generated from it. Source of every rule: the endpoint's reference page.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal

import annotated_types
from pydantic import BaseModel, ConfigDict, Field

from weryai_ui.i18n import say

DEFAULT_MODELS: Mapping[str, str] = types.MappingProxyType({"SEEDANCE_2_0": "Seedance 2.0"})

REFERENCE_FIELDS: tuple[str, ...] = ("images", "videos", "audios")
UPLOAD_SCHEME = "upload:"
"""How a file on this server stands among the links of a form: this and the file's id."""

CLIP_MIN_SECONDS = 2.0
CLIP_MAX_SECONDS = 15.0
CLIPS_TOTAL_SECONDS = 15.0


def item_name(field: str, number: int) -> str:
    """A reference's name in words, as in "image 2"."""
    return say(f"item.{field}", number=number)


class Kind(StrEnum):
    """How a field is typed in: which component the form gives it, and which checks run."""

    MODEL = "model"
    TEXT = "text"
    LINKS = "links"
    LINK = "link"
    CHOICE = "choice"
    INTEGER = "integer"


@dataclass(frozen=True)
class Form:
    """How a field stands on the page; its label and help are words under its name, see `words`."""

    kind: Kind
    default: Any = None
    choices: tuple[str, ...] = ()
    """Wire values in the order of the page; `NOT_SET` means that the field is left out of the body."""
    advanced: bool = False


NOT_SET = ""


class GenerationRequest(BaseModel):
    """One request body, already checked. Frozen; unknown fields are refused.

    Raises `pydantic.ValidationError` when it is built from values that break a rule; the words for people
    come from `validation.check`, which never builds one from bad values. Source: reference page.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    model: Annotated[
        str,
        Form(Kind.MODEL, default="SEEDANCE_2_0", advanced=True),
    ]
    prompt: Annotated[
        str | None,
        Field(max_length=500),
        Form(Kind.TEXT, default=""),
    ] = None
    images: Annotated[
        tuple[str, ...] | None,
        Field(max_length=9),
        Form(Kind.LINKS, default=""),
    ] = None
    videos: Annotated[
        tuple[str, ...] | None,
        Field(max_length=3),
        Form(Kind.LINKS, default=""),
    ] = None
    audios: Annotated[
        tuple[str, ...] | None,
        Field(max_length=3),
        Form(Kind.LINKS, default=""),
    ] = None
    aspect_ratio: Annotated[
        Literal["1:1", "9:16", "16:9"] | None,
        Form(Kind.CHOICE, default="16:9", choices=("16:9", "9:16", "1:1", NOT_SET)),
    ] = None
    resolution: Annotated[
        Literal["480p", "720p"] | None,
        Form(Kind.CHOICE, default="720p", choices=("480p", "720p", NOT_SET)),
    ] = None
    duration: Annotated[
        int,
        Field(ge=5, le=15),
        Form(Kind.INTEGER, default=5),
    ]
    generate_audio: Annotated[
        Literal["true", "false"] | None,
        Form(Kind.CHOICE, default="false", choices=("false", "true", NOT_SET)),
    ] = None
    video_number: Annotated[
        int | None,
        Field(ge=1, le=4),
        Form(Kind.INTEGER, default=1, choices=tuple(str(n) for n in range(1, 5))),
    ] = None
    webhook_url: Annotated[
        str | None,
        Form(Kind.LINK, default="", advanced=True),
    ] = None
    caller_id: Annotated[
        int | None,
        Field(ge=-(2**63), le=2**63 - 1),
        Form(Kind.INTEGER, default="", advanced=True),
    ] = None

    def files(self) -> dict[str, str]:
        """The references that are files on this server: their links, each with its name in words."""
        return {
            link: item_name(name, number)
            for name in REFERENCE_FIELDS
            for number, link in enumerate(getattr(self, name) or (), 1)
            if link.startswith(UPLOAD_SCHEME)
        }

    def with_links(self, links: Mapping[str, str]) -> GenerationRequest:
        """The same request with links in place of others, given as old to new."""
        lists = {name: getattr(self, name) for name in REFERENCE_FIELDS if getattr(self, name)}
        moved = {name: tuple(links.get(link, link) for link in old) for name, old in lists.items()}
        return self.model_copy(update=moved)

    def with_webhook(self, url: str) -> GenerationRequest:
        """The same request with another callback."""
        return self.model_copy(update={"webhook_url": url})

    def payload(self) -> dict[str, Any]:
        """The JSON body: absent optional fields are absent, in the order of the reference page."""
        return self.model_dump(mode="json", exclude_none=True)


@dataclass(frozen=True)
class FieldSpec:
    """One field as the form, the checks and the docs see it; derived from `GenerationRequest`."""

    name: str
    form: Form
    required: bool
    minimum: int | None
    maximum: int | None
    max_length: int | None
    """Code points for a text, items for a list."""

    @property
    def kind(self) -> Kind:
        return self.form.kind

    @property
    def label(self) -> str:
        """In the language spoken now."""
        return say(f"label.{self.name}")

    @property
    def help(self) -> str:
        """One line below the label, in the language spoken now."""
        return say(f"help.{self.name}")

    @cached_property
    def wire_choices(self) -> tuple[str, ...]:
        """The values that may stand on the wire."""
        return tuple(value for value in self.form.choices if value)


def _constraint(info: Any, kind: type, attribute: str) -> Any:
    return next((getattr(m, attribute) for m in info.metadata if isinstance(m, kind)), None)


def _spec(name: str) -> FieldSpec:
    info = GenerationRequest.model_fields[name]
    form = next(m for m in info.metadata if isinstance(m, Form))
    return FieldSpec(
        name=name,
        form=form,
        required=info.is_required(),
        minimum=_constraint(info, annotated_types.Ge, "ge"),
        maximum=_constraint(info, annotated_types.Le, "le"),
        max_length=_constraint(info, annotated_types.MaxLen, "max_length"),
    )


FIELDS: Mapping[str, FieldSpec] = types.MappingProxyType({name: _spec(name) for name in GenerationRequest.model_fields})


def literal_choices(name: str) -> tuple[str, ...]:
    """The wire values that the type of a field allows, for a test that holds them against the form."""
    return tuple(
        value
        for part in typing.get_args(GenerationRequest.model_fields[name].annotation)
        for value in typing.get_args(part)
        if isinstance(value, str)
    )
