"""A task's status as the sandbox tells it: the ``data`` of a status answer and of a callback. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from weryai_ui.sandbox.profile import Profile
from weryai_ui.sandbox.scenarios import Finish
from weryai_ui.sandbox.tasks import FAILED, SUCCEED, Stage, Task


@dataclass(frozen=True)
class Told:
    """How a task is told: in which face, and whether a finished one has its link by now."""

    profile: Profile
    has_link: bool = True


def task_data(task: Task, stage: Stage, base_url: str, told: Told) -> dict[str, object]:
    """The task's id, its state, and what belongs to that."""
    data: dict[str, object] = {"task_id": task.task_id, "task_status": stage.status}
    if stage.status == SUCCEED:
        link = f"{base_url}/media/{task.task_id}"
        if task.scenario.finish is Finish.COMPLETED:
            return {**data, "task_status": "completed", "video_urls": [f"{link}.mp4"]}
        objects = [{"url": f"{link}.mp4", "cover_image_url": f"{link}.jpg"}]
        videos = [f"{link}.mp4"] if told.profile is Profile.MEASURED else objects
        data["videos"] = videos if told.has_link else []
    if stage.status == FAILED and stage.words:
        data["msg"] = stage.words
    return data
