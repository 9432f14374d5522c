"""What the studio needs to draw a task's video, from the task's request."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from weryai_ui.sandbox.jobs import DEFAULT_ASPECT_RATIO, DEFAULT_RESOLUTION, Job, Reference
from weryai_ui.sandbox.media import MediaStore
from weryai_ui.sandbox.tasks import Task
from weryai_ui.sandbox.validation import REFERENCES, urls_of


def job_of(task: Task, media: MediaStore) -> Job:
    """What the studio needs to draw a task's video."""
    request, out = task.request, media.folder / task.task_id
    return Job(
        out=f"{out}.mp4",
        cover=f"{out}.jpg",
        seconds=task.seconds,
        resolution=str(request.get("resolution", DEFAULT_RESOLUTION)),
        aspect_ratio=str(request.get("aspect_ratio", DEFAULT_ASPECT_RATIO)),
        sound=request.get("generate_audio") == "true",
        prompt=str(request.get("prompt", "")),
        number=task.number,
        of=len(task.siblings),
        references=tuple(
            _reference(kind, number, url, media)
            for kind in REFERENCES
            for number, url in enumerate(urls_of(request, kind), start=1)
        ),
    )


def _reference(kind: str, number: int, url: str, media: MediaStore) -> Reference:
    parts = urlsplit(url)
    path = media.find(url)
    name = unquote(parts.path.rpartition("/")[2]) or "/"
    return Reference(kind.removesuffix("s"), number, str(path) if path else None, parts.hostname or "", name)
