"""The models as data: which there are, how well known each is, and what each takes. `models.json` is the catalogue.

The owner replaces it by a file of the same form, or by the old `KEY=Name,KEY=Name`; a model that is newer than this
app is a row in that file and nothing else. What a row leaves out is as the reference page says for the documented one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from weryai_ui.i18n import spoken

SHIPPED_FILE = Path(__file__).with_name("models.json")
KEY_PATTERN = r"[A-Z0-9_]{2,64}"
MOST_MODELS = 100
MOST_SECONDS = 120
MOST_CHARACTERS = 20_000
MOST_REFERENCES = 50

Ratio = Annotated[str, Field(pattern=r"^[1-9][0-9]?:[1-9][0-9]?$")]
Resolution = Annotated[str, Field(pattern=r"^[0-9a-zA-Z]{1,12}$")]


class Known(StrEnum):
    """How well it is known that a model runs at this endpoint."""

    DOCUMENTED = "documented"
    SEEN = "seen"
    LISTED = "listed"
    TYPED = "typed"

    @property
    def is_certain(self) -> bool:
        """Whether it was documented, or seen to work."""
        return self in (Known.DOCUMENTED, Known.SEEN)


@checked(frozen=True, config=ConfigDict(extra="forbid", strict=False))
class Model:
    """One row. `prompt_advised`: above so many characters a warning; `offered`: whether it stands on the form."""

    key: str = Field(pattern=f"^{KEY_PATTERN}$")
    known: Known = Known.LISTED
    names: Mapping[str, str] = field(default_factory=dict, hash=False)
    seconds: tuple[int, int] = (5, 15)
    prompt: int = Field(default=500, ge=1, le=MOST_CHARACTERS)
    prompt_advised: int | None = None
    images: int = Field(default=9, ge=0, le=MOST_REFERENCES)
    videos: int = Field(default=3, ge=0, le=MOST_REFERENCES)
    audios: int = Field(default=3, ge=0, le=MOST_REFERENCES)
    films: int = Field(default=4, ge=1, le=16)
    ratios: tuple[Ratio, ...] = Field(default=("16:9", "9:16", "1:1"), min_length=1)
    resolutions: tuple[Resolution, ...] = Field(default=("480p", "720p"), min_length=1)
    sound: bool = True
    offered: bool | None = None

    @property
    def name(self) -> str:
        """In the language spoken now; the key where the catalogue has no name."""
        return self.names.get(spoken(), self.names.get("en", self.key))

    @property
    def is_offered(self) -> bool:
        """Whether it stands on the form: where the row does not say, when it is known to run."""
        return self.known.is_certain if self.offered is None else self.offered

    @property
    def references(self) -> int:
        """How many references it takes in all."""
        return self.images + self.videos + self.audios


_rows = TypeAdapter(tuple[Model, ...])


class CatalogueError(ValueError):
    """A catalogue cannot be used; the text says why in one sentence."""


@dataclass(frozen=True)
class Catalogue:
    """The models in their order. `any_key`: a key that is not among them may be used as well."""

    models: tuple[Model, ...]
    any_key: bool = False

    def __iter__(self) -> Iterator[Model]:
        return iter(self.models)

    @property
    def offered(self) -> tuple[Model, ...]:
        """Those on the form; the first is the default."""
        return tuple(model for model in self.models if model.is_offered)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys on the form."""
        return tuple(model.key for model in self.offered)

    @property
    def default(self) -> Model:
        """What the form starts with, and what rules where no model is chosen."""
        return self.offered[0]

    def with_any_key(self) -> Catalogue:
        """The same, for whoever pays with a key of their own: listed models and typed keys too."""
        return replace(self, any_key=True)

    def find(self, key: object) -> Model | None:
        """The model of a key that may be used; one that is not well known by the widest rules of all."""
        found = next((model for model in self.models if model.key == key), None)
        if found is not None and (found.is_offered or (self.any_key and found.known.is_certain)):
            return found
        if not self.any_key or not isinstance(key, str) or not re.fullmatch(KEY_PATTERN, key):
            return None
        known, names = (found.known, found.names) if found else (Known.TYPED, {})
        return replace(self.widest, key=key, names=names, known=known)

    @property
    def widest(self) -> Model:
        """A model that takes whatever any of them does."""
        all_ = self.models
        return Model(
            key="WIDEST",
            known=Known.TYPED,
            seconds=(min(each.seconds[0] for each in all_), max(each.seconds[1] for each in all_)),
            prompt=max(each.prompt for each in all_),
            images=max(each.images for each in all_),
            videos=max(each.videos for each in all_),
            audios=max(each.audios for each in all_),
            films=max(each.films for each in all_),
            ratios=_union(each.ratios for each in all_),
            resolutions=_union(each.resolutions for each in all_),
        )


def _union(lists: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for values in lists for value in values))


def catalogue(rows: Any) -> Catalogue:
    """The catalogue of such rows, as they stand in the file. Raises `CatalogueError`."""
    try:
        models = _rows.validate_python(rows)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise CatalogueError(f"{where or 'the file'}: {first['msg']}") from None
    keys = [model.key for model in models]
    if len(set(keys)) != len(keys) or len(keys) > MOST_MODELS:
        raise CatalogueError(f"there must be at most {MOST_MODELS} models, each once")
    for model in models:
        if not 1 <= model.seconds[0] <= model.seconds[1] <= MOST_SECONDS:
            raise CatalogueError(f"{model.key}: seconds must be [from, to], 1 to {MOST_SECONDS}")
    found = Catalogue(models)
    if not found.offered:
        raise CatalogueError("no model stands on the form: one must be documented, seen or offered")
    return found


def read_catalogue(path: Path) -> Catalogue:
    """The catalogue in a file. Raises `CatalogueError` or `OSError`."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise CatalogueError("it is not JSON in UTF-8") from None
    return catalogue(rows)


def named(pairs: Mapping[str, str]) -> Catalogue:
    """The catalogue of the old form, keys to names: shipped rows where there are such, all of them on the form."""
    shipped = {model.key: model for model in SHIPPED}
    rows = (shipped.get(key, Model(key=key)) for key in pairs)
    models = (replace(row, names={"en": name}, offered=True) for row, name in zip(rows, pairs.values(), strict=True))
    return Catalogue(tuple(models))


SHIPPED = read_catalogue(SHIPPED_FILE)
"""What the app comes with."""
