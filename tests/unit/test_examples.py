"""The twelve examples can be sent as they stand, and their recorded runs are what the sandbox gave."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tools.drawing.__main__ import CLIPS, PICTURES, SOUNDS
from tools.drawing.record import NOTE
from weryai_ui.examples import EXAMPLES, Example
from weryai_ui.examples.catalog import ASSETS, COVERS, RECORDED
from weryai_ui.files.upload_records import Upload
from weryai_ui.i18n import WORDS, Locale
from weryai_ui.media import Media, measure
from weryai_ui.media.limits import CHILDREN_AT_ONCE
from weryai_ui.request.fields import REFERENCE_FIELDS, GenerationRequest
from weryai_ui.request.validation import check
from weryai_ui.sandbox.jobs import SIZES
from weryai_ui.ui.http.link_preview import PICTURE

ENGLISH, CHINESE = WORDS[Locale.EN]["example"], WORDS[Locale.ZH]["example"]
BYTES_IN_ALL = 4_000_000
COVER_BYTES = 12_000
LOOK_CHARACTERS = 110
PIXELS_OF_480P = SIZES["480p", "16:9"][0] * SIZES["480p", "16:9"][1]

each_example = pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
Uploaded = Mapping[str, Upload]


def media_of(paths: list[Path]) -> dict[str, Media]:
    """Every file measured, by its name."""
    with ThreadPoolExecutor(CHILDREN_AT_ONCE) as pool:
        return dict(zip([path.name for path in paths], pool.map(measure, paths), strict=True))


@pytest.fixture(scope="module")
def uploads() -> Uploaded:
    """Every asset as if it had been uploaded."""
    measured = media_of(sorted(ASSETS.iterdir()))
    return {
        name: Upload(f"example-asset-{number:04}", name, media, "")
        for number, (name, media) in enumerate(measured.items())
    }


@pytest.fixture(scope="module")
def results() -> dict[str, Media]:
    """Every recorded video, measured."""
    return media_of(sorted(RECORDED.glob("*.mp4")))


def cost(example: Example) -> float:
    """Seconds of 480p, for all videos of a request."""
    width, height = SIZES[example.values["resolution"], "16:9"]
    seconds = example.values["duration"] * example.values["video_number"]
    return float(seconds * width * height / PIXELS_OF_480P)


# --- what goes in ----------------------------------------------------------------------------------


def test_there_are_twelve_and_their_ids_can_stand_in_an_address() -> None:
    assert len(EXAMPLES) == 12
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) for name in EXAMPLES)


@each_example
def test_an_example_has_neither_a_problem_nor_a_warning(example: Example, uploads: Uploaded) -> None:
    links = {name: upload.link for name, upload in uploads.items()}
    known = {upload.link: upload.reference for upload in uploads.values()}
    checked = check(example.form(links), known=known)
    assert [found.text for found in (*checked.problems, *checked.warnings)] == []
    assert checked.request is not None


def test_the_cheap_ones_come_first() -> None:
    costs = [cost(example) for example in EXAMPLES.values()]
    assert costs == sorted(costs)
    for example in list(EXAMPLES.values())[:4]:
        assert cost(example) == 5
        assert example.values["generate_audio"] == "false"
        assert len(example.assets) <= 2


@pytest.mark.parametrize(
    ("field", "chosen"),
    [
        ("aspect_ratio", {"16:9", "9:16", "1:1"}),
        ("resolution", {"480p", "720p"}),
        ("generate_audio", {"true", "false"}),
        ("duration", {5, 15}),
        ("video_number", {1, 2}),
    ],
)
def test_together_they_show_the_breadth_of_a_field(field: str, chosen: set[object]) -> None:
    assert chosen <= {example.values[field] for example in EXAMPLES.values()}


def test_every_asset_is_drawn_by_the_script_and_used_by_an_example() -> None:
    used = {path.name for example in EXAMPLES.values() for path in example.assets}
    assert {path.name for path in ASSETS.iterdir()} == used
    assert {*PICTURES, *CLIPS, *SOUNDS} == used


def test_an_asset_is_what_the_script_draws() -> None:
    kept = Image.open(ASSETS / "bottle.webp").convert("RGB")
    drawn = PICTURES["bottle.webp"]().resize(kept.size, Image.Resampling.LANCZOS)
    apart = np.asarray(kept, dtype=np.float64) - np.asarray(drawn, dtype=np.float64)
    assert float(np.abs(apart).mean()) < 2


def test_the_catalog_loads_no_picture_library() -> None:
    program = "import sys, weryai_ui.examples; sys.exit(bool({'PIL', 'av', 'numpy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


# --- what is kept of a run -------------------------------------------------------------------------


@each_example
def test_the_recorded_request_is_the_examples_own_apart_from_the_links(example: Example) -> None:
    run = example.recorded()
    sent = json.loads(run.request)
    own = GenerationRequest(**{name: value for name, value in example.values.items() if value != ()}).payload()
    lists = {field: len(own[field]) for field in REFERENCE_FIELDS if field in own}
    assert {field: len(sent[field]) for field in REFERENCE_FIELDS if field in sent} == lists
    assert {**sent, **{field: own[field] for field in lists}} == own
    assert all(re.match(r"http://127\.0\.0\.1:\d+/media/", link) for field in lists for link in sent[field])


@each_example
def test_the_recorded_answers_name_the_kept_tasks(example: Example) -> None:
    run = example.recorded()
    answer = json.loads(run.response)["data"]
    assert (run.http_status, run.note) == (200, NOTE)
    assert run.endpoint.endswith("/v1/generation/almighty-reference-to-video")
    assert answer.get("task_ids", [answer.get("task_id")]) == [result.task_id for result in run.results]
    assert len(run.results) == example.values["video_number"]
    for result in run.results:
        told = json.loads(result.status)["data"]
        assert (told["task_id"], told["task_status"]) == (result.task_id, "succeed")


@each_example
def test_a_recorded_video_has_the_length_shape_and_sound_that_were_asked_for(
    example: Example, results: Mapping[str, Media]
) -> None:
    values = example.values
    for result in example.recorded().results:
        media = results[result.video.name]
        assert (media.width, media.height) == SIZES[values["resolution"], values["aspect_ratio"]]
        assert media.duration_s == pytest.approx(values["duration"], abs=0.1)
        assert media.has_audio is (values["generate_audio"] == "true")
        with Image.open(result.cover) as cover:
            assert cover.size == (media.width, media.height)


def test_no_file_is_left_over_and_all_weigh_little() -> None:
    runs = {name: example.recorded() for name, example in EXAMPLES.items()}
    kept = {path.name for run in runs.values() for each in run.results for path in (each.video, each.cover)}
    assert {path.name for path in RECORDED.iterdir()} == kept | {f"{name}.json" for name in runs}
    assert {path.name for path in COVERS.iterdir()} == {example.cover.name for example in EXAMPLES.values()} | {
        Path(PICTURE).name
    }
    assert all(path.stat().st_size <= COVER_BYTES for path in COVERS.glob("*.webp"))
    everything = [path for folder in (ASSETS, COVERS, RECORDED) for path in folder.iterdir()]
    assert sum(path.stat().st_size for path in everything) < BYTES_IN_ALL


# --- the words -------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_every_example_has_a_title_and_says_what_to_look_for(words: Mapping[str, str]) -> None:
    assert set(words) == {f"{name}.{part}" for name in EXAMPLES for part in ("title", "look")}
    assert all(0 < len(text) <= LOOK_CHARACTERS and "{" not in text for text in words.values())


def test_a_title_is_two_to_five_words() -> None:
    assert all(2 <= len(text.split()) <= 5 for key, text in ENGLISH.items() if key.endswith(".title"))
