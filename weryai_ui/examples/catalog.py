"""The twelve examples: what the form is filled with, and what a run of each in the sandbox gave.

References stand as names of files in `assets/`, which `python -m tools.drawing` draws. `recorded/` holds what
`python -m tools.drawing.record` heard and fetched from the sandbox. Imports no picture library: the page reads this at
its start.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from weryai_ui.request.fields import REFERENCE_FIELDS
from weryai_ui.request.models import SHIPPED

ASSETS = Path(__file__).parent / "assets"
COVERS = Path(__file__).parent / "covers"
RECORDED = Path(__file__).parent / "recorded"

WIDE, TALL, SQUARE = "16:9", "9:16", "1:1"


@dataclass(frozen=True)
class Result:
    """One task of a recorded run: its last status answer as it came, and the files behind its links."""

    task_id: str
    seconds: float
    """From the submit until the task was seen to be done."""
    status: str
    video: Path
    cover: Path


@dataclass(frozen=True)
class Run:
    """A run in the sandbox as it was: no figure or text in it was changed afterwards."""

    note: str
    endpoint: str
    http_status: int
    seconds: float
    """How long the submit took."""
    request: str
    """The body as it was sent."""
    response: str
    """The submit's answer as it came."""
    results: tuple[Result, ...]


@dataclass(frozen=True)
class Example:
    """One example. `values` is the form, with file names of `assets/` for links."""

    id: str
    values: Mapping[str, Any]

    @property
    def assets(self) -> tuple[Path, ...]:
        """The files of its references, in the order of the form."""
        return tuple(ASSETS / name for field in REFERENCE_FIELDS for name in self.values[field])

    @property
    def cover(self) -> Path:
        """A small picture for a gallery: what goes in, side by side."""
        return COVERS / f"{self.id}.webp"

    def form(self, links: Mapping[str, str]) -> dict[str, Any]:
        """The form's values, with a link for each file name."""
        lists = {field: [links[name] for name in self.values[field]] for field in REFERENCE_FIELDS}
        return {**self.values, **lists}

    def recorded(self) -> Run:
        """What the sandbox made of it. Raises OSError where it was never recorded."""
        said = json.loads((RECORDED / f"{self.id}.json").read_text(encoding="utf-8"))
        results = tuple(
            Result(each["task_id"], each["seconds"], each["status"], RECORDED / each["video"], RECORDED / each["cover"])
            for each in said.pop("results")
        )
        return Run(**said, results=results)


def _example(
    name: str,
    prompt: str,
    *,
    images: tuple[str, ...] = (),
    videos: tuple[str, ...] = (),
    audios: tuple[str, ...] = (),
    shape: str = WIDE,
    resolution: str = "480p",
    seconds: int = 5,
    sound: bool = False,
    several: int = 1,
) -> Example:
    values = {
        "model": SHIPPED.default.key,
        "prompt": prompt,
        "images": images,
        "videos": videos,
        "audios": audios,
        "aspect_ratio": shape,
        "resolution": resolution,
        "duration": seconds,
        "generate_audio": "true" if sound else "false",
        "video_number": several,
    }
    return Example(name, MappingProxyType(values))


_ALL = (
    _example(
        "first-frame-lock",
        "Image 1 is the first frame: mountains, trees, jetty and red boat stay exactly where they are, and the camera "
        "never moves. Only the light lives: the sun climbs from behind the ridge, rose turns to gold, mist drifts low "
        "over the water, ripples carry the reflection. The red boat rocks gently on its rope, a few birds cross the "
        "sky. Nothing new appears, no cut, no zoom.",
        images=("lake-dawn.webp",),
    ),
    _example(
        "extend-a-clip",
        "Continue video 1 from its very last frame in one unbroken shot: the same paper boat, the same paper waves, "
        "the same camera height and speed. The boat climbs the next crest and tips over it, a lighthouse comes up on "
        "the horizon and begins to blink, the sun touches the water, and the sky goes from peach to deep violet with "
        "the first stars. Do not repeat video 1, do not cut.",
        videos=("paper-boat.mp4",),
    ),
    _example(
        "motion-from-a-clip",
        "The paper fox of image 1 performs video 1 move for move: crouch, two small hops to the right, a deep crouch, "
        "one high somersault, a soft landing, a bow. Take only the motion and its timing from video 1; not the wooden "
        "figure, not its colours, not the purple stage. Fox, teal scarf and peach set are those of image 1; scarf and "
        "tail follow half a beat late. Static camera, whole body in frame.",
        images=("fox.webp",),
        videos=("hops.mp4",),
        shape=SQUARE,
    ),
    _example(
        "replace-the-subject",
        "Edit video 1: only the red toy car is replaced, by the snail of image 1. The snail takes over its place, "
        "size, path and speed: it rides the bumps, shoots up the ramp, flies in the same arc and lands in a puff of "
        "dust, shell wobbling, eye stalks bent back by the wind. Road, hills, trees, clouds, camera and timing of "
        "video 1 stay untouched. From image 1 take the snail alone, not its green backdrop.",
        images=("snail.webp",),
        videos=("toy-car.mp4",),
    ),
    _example(
        "camera-path-from-a-clip",
        "Film the cottage of image 1 with the camera of video 1: start low on the path, glide forward, rise past the "
        "roof and swing round to look down from above, at the same pace. Take only the camera path from video 1; none "
        "of its blocks, grid or colours. The cottage, fence, flowers and trees of image 1 become a paper world with "
        "depth; smoke curls from the chimney, clouds drift. One continuous shot.",
        images=("cottage-noon.webp",),
        videos=("camera-path.mp4",),
    ),
    _example(
        "image-1-to-image-2",
        "Begin exactly on image 1 and end exactly on image 2: one locked shot, a whole evening in between. Clouds "
        "stream by, shadows stretch across the valley, the sky burns orange for a moment, windows light up house by "
        "house, the moon takes the sun's place and stars come out over the river. Hills, village and river never "
        "change place. Even speed, no cut, no fade.",
        images=("valley-day.webp", "valley-night.webp"),
        seconds=6,
    ),
    _example(
        "cuts-on-the-beat",
        "Cut hard on the beat of audio 1, 120 beats a minute, a new picture every two beats, in turn. Image 1: the "
        "record spins, its arm bounces with every kick. Image 2: the loudspeaker's cones punch outwards with the bass. "
        "Image 3: the pads flash in time with the claps. Keep each picture's colours and framing; the rays behind turn "
        "slowly. Audio 1 is the soundtrack, unchanged. No other pictures, no text, no fades.",
        images=("record.webp", "speaker.webp", "pads.webp"),
        audios=("drum-loop.mp3",),
        shape=SQUARE,
        seconds=6,
        sound=True,
    ),
    _example(
        "voice-timbre",
        "The paper fox of image 1 stands in the forest of image 2, looks up, listens, and says warmly: “Good morning, "
        "little forest. Shall we take the long way home?” The voice has the timbre of audio 1, light and a little "
        "hollow; take neither its melody nor its hummed syllables. Leaves rustle, a bird far away, no music. Fox and "
        "scarf exactly as in image 1, without its backdrop. Slow push-in from full body to close-up.",
        images=("fox.webp", "forest.webp"),
        audios=("voice.mp3",),
        seconds=7,
        sound=True,
    ),
    _example(
        "mascot-in-two-scenes",
        "The paper fox of image 1 in two scenes, one clean cut in the middle. First the kitchen of image 2: the fox "
        "lifts the lid of the red pot, sniffs the steam and nods. Then the forest of image 3: the same fox strolls "
        "down the path towards us and stops at a mushroom. Proportions, face and teal scarf exactly as in image 1 in "
        "both scenes, without its peach backdrop. From image 2 and image 3 take only the place and its light.",
        images=("fox.webp", "kitchen.webp", "forest.webp"),
        seconds=8,
    ),
    _example(
        "relight",
        "Image 1 is the scene: cottage, trees, fence and framing stay exactly as they are. Let night fall in one "
        "locked shot: the sun goes, the sky deepens to violet, stars come out, the windows begin to glow one by one "
        "and spill warm light over the path. Take only the light from image 2, its moon blue and its amber windows; "
        "not its hills, not its river, not its houses.",
        images=("cottage-noon.webp", "valley-night.webp"),
        shape=SQUARE,
        several=2,
    ),
    _example(
        "product-ad-9-16",
        "A vertical product film. The bottle of image 1 on its stone plinth: keep shape, gold cap and amber liquid "
        "exactly; no label, no text. A slow orbit from left to right, leaf shadows sway, a sunbeam travels through the "
        "glass. From image 2 take only the citrus slices, leaves and blossoms: they drift past in slow motion and "
        "settle around the plinth. Audio 1 is the music. In the last second the camera rests on the bottle, centred.",
        images=("bottle.webp", "citrus.webp"),
        audios=("soft-pad.mp3",),
        shape=TALL,
        resolution="720p",
        sound=True,
    ),
    _example(
        "storyboard-in-one-go",
        "Image 1 is a storyboard: read it from 1 to 6, top row first. Film six shots of equal length, each full frame: "
        "rain at the window over a sheet of paper; sun, the paper boat stands folded; the boat on a stream in the "
        "rain; under a stone bridge; through high waves at sunset; at night into the beam of a lighthouse. The same "
        "paper boat throughout. Never show the grid, its frames or its numbers. Hard cuts, a gentle camera.",
        images=("storyboard.webp",),
        seconds=15,
    ),
)

EXAMPLES: Mapping[str, Example] = MappingProxyType({each.id: each for each in _ALL})
"""Every example by its id; the cheap ones first."""
