"""The models as data: what a catalogue says rules the checks, and what is wrong with one is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from weryai_ui.errors import SettingsError
from weryai_ui.request.fields import specs_for
from weryai_ui.request.models import SHIPPED, SHIPPED_FILE, Catalogue, Known, catalogue
from weryai_ui.request.validation import check
from weryai_ui.sandbox.models import MODELS as SANDBOX_MODELS
from weryai_ui.settings import Settings

GOOD: dict[str, Any] = {"model": "SEEDANCE_2_0", "duration": 5, "prompt": "A boat", "images": ["https://a.example/1"]}
NEW = {"key": "SEEDANCE_2_5", "known": "seen", "seconds": [4, 30], "images": 30, "videos": 10, "audios": 10}
"""A newer model, as a row of the catalogue's file."""


def found(models: Catalogue = SHIPPED, **changes: Any) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    checked = check({**GOOD, **changes}, models)
    problems = {(each.field, each.rule) for each in checked.problems}
    return problems, {(each.field, each.rule) for each in checked.warnings} - {("prompt", "never_named")}


def test_the_form_starts_with_the_documented_model_and_offers_those_that_were_seen_to_run() -> None:
    assert SHIPPED.keys == ("SEEDANCE_2_0", "WERYDANCE_2_0", "WERYDANCE_2_0_FAST")
    assert SHIPPED.default.known is Known.DOCUMENTED
    assert {model.key for model in SHIPPED if not model.is_offered} == {
        "WERYDANCE",
        "SEEDANCE_2_0_OS",
        "SEEDANCE_2_0_FAST_OS",
        "SEEDANCE_2_0_MINI_OS",
        "WERYDANCE_2_0_MINI",
    }


@pytest.mark.parametrize("key", SHIPPED.keys)
def test_the_checks_and_the_sandbox_have_the_same_bounds_for_each_model(key: str) -> None:
    model, limits = SHIPPED.find(key), SANDBOX_MODELS[key]
    assert model is not None
    assert (model.seconds, model.prompt, model.films) == (limits.seconds, limits.prompt, limits.films)
    assert [model.images, model.videos, model.audios] == [limits.most(kind) for kind in ("images", "videos", "audios")]
    assert (set(model.ratios), set(model.resolutions)) == (set(limits.ratios), set(limits.resolutions))


def test_the_bounds_are_those_of_the_chosen_model() -> None:
    assert found(duration=4) == ({("duration", "out_of_range")}, set())
    assert found(model="WERYDANCE_2_0", duration=4) == (set(), set())
    assert found(model="WERYDANCE_2_0", duration=3)[0] == {("duration", "out_of_range")}
    assert found(prompt="x" * 501)[0] == {("prompt", "too_long")}
    assert found(model="WERYDANCE_2_0_FAST", prompt="x" * 501) == (set(), {("prompt", "prompt_long")})
    assert found(model="WERYDANCE_2_0", prompt="x" * 2001)[0] == {("prompt", "too_long")}


def test_a_newer_model_is_a_row_and_nothing_else() -> None:
    models = catalogue([*json.loads(SHIPPED_FILE.read_text("utf-8")), NEW])
    many = [f"https://a.example/{number}" for number in range(30)]
    more: dict[str, Any] = {"model": "SEEDANCE_2_5", "duration": 30, "images": many}
    assert found(models, **more) == (set(), set())
    assert check({**GOOD, **more}, models).request is not None
    assert found(models, **{**more, "duration": 31})[0] == {("duration", "out_of_range")}
    assert found(models, **{**more, "images": [*many, "https://a.example/30"]})[0] == {("images", "too_many")}
    assert found(**more)[0] >= {("model", "choice"), ("duration", "out_of_range"), ("images", "too_many")}


def test_another_key_is_for_who_pays_with_a_key_of_their_own_and_is_judged_by_the_widest_rules() -> None:
    for key in ("WERYDANCE", "SOMETHING_NEW_3"):
        assert found(model=key)[0] == {("model", "choice")}
        widest: dict[str, Any] = {"model": key, "duration": 4, "prompt": "x" * 1500}
        assert found(SHIPPED.with_any_key(), **widest) == (set(), {("model", "model_unproven")})
    for wrong in ("no spaces", "seedance_2_0", "A" * 65, "../A", ""):
        assert ("model", "choice" if wrong else "required") in found(SHIPPED.with_any_key(), model=wrong)[0]


def test_a_model_without_sound_offers_none() -> None:
    models = catalogue([{**NEW, "sound": False}])
    assert specs_for(models.default)["generate_audio"].wire_choices == ("false",)
    assert found(models, model="SEEDANCE_2_5", generate_audio="true")[0] == {("generate_audio", "choice")}


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("[", "not JSON"),
        ("{}", "the file"),
        ('[{"known": "seen"}]', "0.key"),
        ('[{"key": "a b"}]', "0.key"),
        ('[{"key": "A1", "seconds": [9, 3], "known": "seen"}]', "seconds must be"),
        ('[{"key": "A1", "secnods": [3, 9]}]', "0.secnods"),
        ('[{"key": "A1", "known": "seen"}, {"key": "A1"}]', "each once"),
        ('[{"key": "A1"}]', "no model stands on the form"),
        ('[{"key": "A1", "known": "seen", "images": 10000}]', "0.images"),
        ('[{"key": "A1", "known": "seen", "ratios": ["wide"]}]', "0.ratios.0"),
    ],
)
def test_a_file_that_cannot_be_used_is_said_to_the_owner(rows: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "models.json"
    path.write_text(rows, encoding="utf-8")
    with pytest.raises(SettingsError, match="WERYAI_MODELS") as refused:
        Settings.from_env({"WERYAI_MODELS": str(path)})
    assert says in str(refused.value)


def test_a_file_that_is_not_there_is_said_to_the_owner(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        Settings.from_env({"WERYAI_MODELS": str(tmp_path / "absent.json")})


def test_the_shipped_catalogue_may_be_named_as_the_file() -> None:
    assert Settings.from_env({"WERYAI_MODELS": str(SHIPPED_FILE)}).models == SHIPPED
