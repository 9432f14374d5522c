"""Making the sandbox's animatic, the whole child process, against the length of the video that it makes."""

from __future__ import annotations

import time
from pathlib import Path

from PIL import Image

from bench import apps
from bench.measure import CannotMeasure, Row
from weryai_ui.sandbox import child
from weryai_ui.sandbox.jobs import Job, Reference

GOALS = {(5, "480p"): 0.5, (15, "720p"): 1.0}
COLOURS = ("#c0563b", "#2f6f7e", "#d9a441")


def rows(runs: int) -> list[Row]:
    """Seconds of the child for a wide video of three pictures, with its own seconds as what it stands against."""
    found = []
    with apps.folder() as within:
        pictures = [_picture(within / f"{number}.png", colour) for number, colour in enumerate(COLOURS, 1)]
        for (seconds, resolution), goal in GOALS.items():
            job = _job(within, seconds, resolution, pictures)
            taken = [_make(job) for _ in range(1 + runs)][1:]
            what = f"{seconds} s in {resolution}"
            found.append(Row("animatic", what, "its own length", "s", taken, [float(seconds)] * runs, goal))
    return found


def _make(job: Job) -> float:
    Path(job.out).unlink(missing_ok=True)
    began = time.perf_counter()
    problem = child.draw(job)
    taken = time.perf_counter() - began
    if problem is not None:
        raise CannotMeasure(f"the animatic {problem}")
    return taken


def _job(within: Path, seconds: int, resolution: str, pictures: list[Path]) -> Job:
    return Job(
        out=str(within / "out.mp4"),
        cover=str(within / "out.jpg"),
        seconds=seconds,
        resolution=resolution,
        aspect_ratio="16:9",
        sound=False,
        prompt="A paper boat, image 1, sails through a library, image 2, to the sea, image 3.",
        number=1,
        of=1,
        references=tuple(
            Reference("image", number, str(path), "127.0.0.1", path.name) for number, path in enumerate(pictures, 1)
        ),
    )


def _picture(path: Path, colour: str) -> Path:
    # A gradient and not one colour: flat pictures are encoded faster than any photograph.
    picture = Image.linear_gradient("L").resize((1280, 960))
    Image.merge("RGB", [picture, picture.rotate(90).resize((1280, 960)), Image.new("L", (1280, 960), colour)]).save(
        path
    )
    return path
