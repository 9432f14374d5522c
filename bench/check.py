"""The checks of a full request, against pydantic on the same body."""

from __future__ import annotations

from typing import Any

from bench.measure import CannotMeasure, Row, each_seconds, in_turn
from weryai_ui.request import REFERENCE_FIELDS, GenerationRequest
from weryai_ui.validation import check

GOAL = 3.0
CALLS = 300
COUNTS = {"images": 9, "videos": 3, "audios": 3}
KINDS = {"images": "png", "videos": "mp4", "audios": "mp3"}


def full_form() -> dict[str, Any]:
    """Form values with every field filled: 15 links, and a prompt of about 450 characters that names each."""
    links = {
        name: [f"https://cdn.example.com/{name}/{n}.{KINDS[name]}" for n in range(count)]
        for name, count in COUNTS.items()
    }
    named = [f"{name.removesuffix('s')} {n}" for name, count in COUNTS.items() for n in range(1, count + 1)]
    return {
        "model": "SEEDANCE_2_0",
        "prompt": "A paper boat sails through a library: " + ", then ".join(f"{each} is seen" for each in named),
        **{name: "\n".join(found) for name, found in links.items()},
        "aspect_ratio": "16:9",
        "resolution": "720p",
        "duration": 15,
        "generate_audio": "true",
        "video_number": "4",
        "webhook_url": "https://hooks.example.com/done",
        "caller_id": "9007199254740993",
    }


def rows(runs: int) -> list[Row]:
    """Microseconds of one call."""
    form = full_form()
    request = check(form).request
    if request is None:
        raise CannotMeasure(f"the full form has problems: {[found.text for found in check(form).problems]}")
    body = {name: tuple(value) if name in REFERENCE_FIELDS else value for name, value in request.payload().items()}
    ours, theirs = in_turn(
        lambda: 1e6 * each_seconds(lambda: check(form), CALLS),
        lambda: 1e6 * each_seconds(lambda: GenerationRequest.model_validate(body), 10 * CALLS),
        runs,
    )
    return [Row("check", "check() of a full form", "pydantic, same body", "us", ours, theirs, GOAL)]
