"""Draws every asset and cover anew: `python -m tools.drawing`; names after it draw only those."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final

from PIL import Image

from tools.drawing import clips, creatures, landscapes, music, outdoors, product, sea, sound
from tools.drawing.camera_clip import camera_path
from tools.drawing.car_clip import car
from tools.drawing.covers import cover
from tools.drawing.encode import save_clip, save_picture, save_sound
from tools.drawing.kitchen import kitchen
from weryai_ui.examples.catalog import ASSETS, COVERS, EXAMPLES

PICTURES: Final[Mapping[str, Callable[[], Image.Image]]] = {
    "lake-dawn.webp": landscapes.lake,
    "valley-day.webp": partial(landscapes.valley, night=False),
    "valley-night.webp": partial(landscapes.valley, night=True),
    "cottage-noon.webp": outdoors.cottage,
    "kitchen.webp": kitchen,
    "forest.webp": outdoors.forest,
    "fox.webp": creatures.fox,
    "snail.webp": creatures.snail,
    "record.webp": music.record,
    "speaker.webp": music.speaker,
    "pads.webp": music.pads,
    "bottle.webp": product.bottle,
    "citrus.webp": product.citrus,
    "storyboard.webp": sea.storyboard,
}
CLIPS: Final[Mapping[str, Callable[[], Iterator[Image.Image]]]] = {
    "paper-boat.mp4": clips.boat,
    "hops.mp4": clips.hops,
    "toy-car.mp4": car,
    "camera-path.mp4": camera_path,
}
SOUNDS: Final[Mapping[str, Callable[[], sound.Samples]]] = {
    "drum-loop.mp3": sound.drums,
    "voice.mp3": sound.voice,
    "soft-pad.mp3": sound.pad,
}


def main(names: list[str]) -> int:
    """Draws the assets of those names, or all of them, and then the covers."""
    chosen = names or [*PICTURES, *CLIPS, *SOUNDS]
    ASSETS.mkdir(exist_ok=True)
    COVERS.mkdir(exist_ok=True)
    for name in chosen:
        if name in PICTURES:
            save_picture(PICTURES[name](), ASSETS / name)
        elif name in CLIPS:
            save_clip(CLIPS[name](), ASSETS / name)
        else:
            save_sound(SOUNDS[name](), ASSETS / name)
        sys.stdout.write(f"{name}: {(ASSETS / name).stat().st_size:,} bytes\n")
    for example in EXAMPLES.values():
        save_picture(cover(example), example.cover)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
