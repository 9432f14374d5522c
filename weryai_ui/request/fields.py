"""The body of one request: twelve fields, each declared once.

Type, wire name and form default stand here and nowhere else; bounds and choices stand with each model (`models.py`),
label and help are words. The form is built from `FIELDS`, the checks run by `specs_for` the chosen model, the payload
is this model's dump, `docs/fields.md` is generated from it. Source of every rule: the endpoint's reference page.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Annotated, Any, Literal

import annotated_types
from pydantic import BaseModel, ConfigDict, Field

from weryai_ui.i18n import say
from weryai_ui.request.models import SHIPPED, Model

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

    Raises `pydantic.ValidationError` when it is built from values of a wrong type; bounds are the chosen model's, and
    `validation.check` never builds one from values that break them. Source: reference page.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    model: Annotated[
        str,
        Form(Kind.MODEL, default="SEEDANCE_2_0", advanced=True),
    ]
    prompt: Annotated[
        str | None,
        Form(Kind.TEXT, default=""),
    ] = None
    images: Annotated[
        tuple[str, ...] | None,
        Form(Kind.LINKS, default=""),
    ] = None
    videos: Annotated[
        tuple[str, ...] | None,
        Form(Kind.LINKS, default=""),
    ] = None
    audios: Annotated[
        tuple[str, ...] | None,
        Form(Kind.LINKS, default=""),
    ] = None
    aspect_ratio: Annotated[
        str | None,
        Form(Kind.CHOICE, default="16:9"),
    ] = None
    resolution: Annotated[
        str | None,
        Form(Kind.CHOICE, default="720p"),
    ] = None
    duration: Annotated[
        int,
        Form(Kind.INTEGER, default=5),
    ]
    generate_audio: Annotated[
        Literal["true", "false"] | None,
        Form(Kind.CHOICE, default="false", choices=("false", "true", NOT_SET)),
    ] = None
    video_number: Annotated[
        int | None,
        Form(Kind.INTEGER, default=1),
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

    def references(self) -> tuple[tuple[str, int, str], ...]:
        """Every reference: its field, its place there from 1, and its link."""
        return tuple(
            (name, number, link)
            for name in REFERENCE_FIELDS
            for number, link in enumerate(getattr(self, name) or (), 1)
        )

    def files(self) -> dict[str, str]:
        """The references that are files on this server: their links, each with its name in words."""
        return {
            link: item_name(name, number) for name, number, link in self.references() if link.startswith(UPLOAD_SCHEME)
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
    """One field as the form, the checks and the docs see it; derived from `GenerationRequest` and a model."""

    name: str
    form: Form
    required: bool
    minimum: int | None
    maximum: int | None
    max_length: int | None
    """Code points for a text, items for a list."""
    advised_length: int | None = None
    """Above so many code points a warning."""
    facts: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """Of the model, for the help's places."""

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
        return say(f"help.{self.name}", **self.facts)

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


_SPECS: Mapping[str, FieldSpec] = types.MappingProxyType({name: _spec(name) for name in GenerationRequest.model_fields})


@lru_cache(64)
def specs_for(model: Model) -> Mapping[str, FieldSpec]:
    """Every field with the bounds and choices of a model, by wire name in the order of the request."""
    counts = tuple(str(number) for number in range(1, model.films + 1))
    changes: dict[str, dict[str, Any]] = {
        "prompt": {"max_length": model.prompt, "advised_length": model.prompt_advised},
        **{name: {"max_length": getattr(model, name)} for name in REFERENCE_FIELDS},
        "duration": {"minimum": model.seconds[0], "maximum": model.seconds[1]},
        "video_number": {"minimum": 1, "maximum": model.films, "form": _with_choices("video_number", counts)},
        "aspect_ratio": {"form": _with_choices("aspect_ratio", (*model.ratios, NOT_SET))},
        "resolution": {"form": _with_choices("resolution", (*model.resolutions, NOT_SET))},
    }
    if not model.sound:
        changes["generate_audio"] = {"form": _with_choices("generate_audio", ("false", NOT_SET))}
    facts = _figures(model)
    return types.MappingProxyType(
        {name: replace(spec, **changes.get(name, {}), facts=facts) for name, spec in _SPECS.items()}
    )


def _figures(model: Model) -> dict[str, int]:
    least, most = model.seconds
    counts = {name: getattr(model, name) for name in REFERENCE_FIELDS}
    return {"least": least, "most": most, "prompt": model.prompt, **counts}


def facts_of(model: Model) -> dict[str, Any]:
    """The bounds of a model as the page's words name them, and the choices of each field that has some."""
    choices = {name: list(spec.form.choices) for name, spec in specs_for(model).items() if spec.form.choices}
    return {**_figures(model), "choices": choices}


def _with_choices(name: str, choices: tuple[str, ...]) -> Form:
    return replace(_SPECS[name].form, choices=choices)


FIELDS: Mapping[str, FieldSpec] = specs_for(SHIPPED.default)
"""The fields as the documented model takes them."""
