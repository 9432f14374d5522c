"""What is said of references by what is known of their files: lengths, pixels, bytes."""

from __future__ import annotations

from weryai_ui.media.units import MEGABYTE
from weryai_ui.request.fields import (
    CLIP_MAX_SECONDS,
    CLIP_MIN_SECONDS,
    CLIPS_TOTAL_SECONDS,
    FieldSpec,
    item_name,
)
from weryai_ui.request.findings import Findings
from weryai_ui.request.references import (
    Reference,
)
from weryai_ui.request.rules import (
    IMAGE_ASPECT,
    IMAGE_SIDE_PIXELS,
    VIDEO_FRAME_PIXELS,
    VIDEOS_TOTAL_BYTES,
    rounded,
    seconds,
)

_SHORTEST, _LONGEST, _ALL_CLIPS = map(seconds, (CLIP_MIN_SECONDS, CLIP_MAX_SECONDS, CLIPS_TOTAL_SECONDS))


def advise(found: Findings, field: str, item: str, reference: Reference) -> None:
    """What other sources say of a file like this one."""
    if not reference.width or not reference.height:
        return
    width, height = reference.width, reference.height
    if field == "images":
        pixels, aspect = f"{width} x {height}", rounded(width / height)
        if min(width, height) < IMAGE_SIDE_PIXELS[0] or max(width, height) > IMAGE_SIDE_PIXELS[1]:
            found.warning(field, "image_pixels", item=item, value=pixels, **_bounds(IMAGE_SIDE_PIXELS))
        if not IMAGE_ASPECT[0] <= aspect <= IMAGE_ASPECT[1]:
            found.warning(field, "image_aspect", item=item, value=seconds(aspect), **_bounds(IMAGE_ASPECT))
    elif not VIDEO_FRAME_PIXELS[0] <= width * height <= VIDEO_FRAME_PIXELS[1]:
        found.warning(field, "video_pixels", item=item, value=width * height, **_bounds(VIDEO_FRAME_PIXELS))


def judge_clips(found: Findings, spec: FieldSpec, references: tuple[Reference, ...]) -> None:
    """Judges the measured lengths of a field's clips, each and together, and what they weigh."""
    measured = {
        item_name(spec.name, number): rounded(reference.duration_s or 0.0)
        for number, reference in enumerate(references, 1)
        if reference.measured
    }
    for item, length in measured.items():
        if not CLIP_MIN_SECONDS <= length <= CLIP_MAX_SECONDS:
            short = length < CLIP_MIN_SECONDS
            found.problem(
                spec.name,
                "clip_short" if short else "clip_long",
                item=item.capitalize(),
                value=seconds(length),
                limit=_SHORTEST if short else _LONGEST,
            )
    if rounded(sum(measured.values())) > CLIPS_TOTAL_SECONDS:
        longest = max(measured, key=measured.__getitem__)
        found.problem(
            spec.name,
            "clips_total",
            label=spec.label,
            value=seconds(sum(measured.values())),
            limit=_ALL_CLIPS,
            longest=longest,
            longest_s=seconds(measured[longest]),
        )
    size = sum(reference.size or 0 for reference in references)
    if spec.name == "videos" and size > VIDEOS_TOTAL_BYTES:
        megabytes, limit = rounded(size / MEGABYTE, 1), VIDEOS_TOTAL_BYTES // MEGABYTE
        found.warning(spec.name, "videos_size", value=f"{megabytes:.1f}", limit=limit)
    if len(measured) < len(references):
        say_not_measured(found, spec)


def say_not_measured(found: Findings, spec: FieldSpec) -> None:
    """What the service will measure, where nobody here could."""
    found.warning(spec.name, "not_measured", label=spec.label, minimum=_SHORTEST, maximum=_LONGEST, limit=_ALL_CLIPS)


def _bounds(limits: tuple[float, float]) -> dict[str, float]:
    return {"minimum": limits[0], "maximum": limits[1]}
