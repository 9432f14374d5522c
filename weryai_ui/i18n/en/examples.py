"""The examples: what each is called, and what to look for when the model makes it."""

from __future__ import annotations

from collections.abc import Mapping

SECTIONS: Mapping[str, Mapping[str, str]] = {
    "example": {
        "first-frame-lock.title": "First-frame lock",
        "first-frame-lock.look": "Frame one is your picture, pixel for pixel; after that only light, mist and water move.",
        "extend-a-clip.title": "Extend a clip",
        "extend-a-clip.look": "It begins where the clip ends: same boat, same waves, no jump at the join, and a story that goes on.",
        "motion-from-a-clip.title": "Motion from a clip",
        "motion-from-a-clip.look": "The fox makes the figure's hops, somersault and bow in the same rhythm, and stays the fox.",
        "replace-the-subject.title": "Replace the subject",
        "replace-the-subject.look": "The snail takes the car's place, bumps and leap included; the landscape is untouched.",
        "camera-path-from-a-clip.title": "Camera path from a clip",
        "camera-path-from-a-clip.look": "The camera rises and swings round as in the clip, but what it films is the cottage.",
        "image-1-to-image-2.title": "Image 1 to image 2",
        "image-1-to-image-2.look": "It starts on one picture and ends on the other; hills, village and river never change place.",
        "cuts-on-the-beat.title": "Cuts on the beat",
        "cuts-on-the-beat.look": "A new picture every two beats: each cut falls on a kick drum, and none in between.",
        "voice-timbre.title": "A voice's timbre",
        "voice-timbre.look": "The fox says its own words with the colour of the sample; the hummed melody is gone.",
        "mascot-in-two-scenes.title": "One mascot, two scenes",
        "mascot-in-two-scenes.look": "The same fox in the kitchen and in the forest: scarf, proportions and face do not drift.",
        "relight.title": "Relight a scene",
        "relight.look": "Night falls on the same cottage in the same frame. Two takes: keep the better light.",
        "product-ad-9-16.title": "9:16 product ad",
        "product-ad-9-16.look": "The bottle keeps its shape, cap and colour all the way round; only fruit and light move past.",
        "storyboard-in-one-go.title": "A storyboard in one go",
        "storyboard-in-one-go.look": "Six shots in the order of the panels, each full frame, with no grid or number left to see.",
    },
}
