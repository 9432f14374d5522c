"""What the service answers, as models: for its OpenAPI document, and to be checked against.

Documented is the envelope; the rest was observed, in both of the sandbox's profiles.
"""

from __future__ import annotations

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Data = TypeVar("Data")


class Answer(BaseModel):
    """A part of an answer; the service may add fields."""

    model_config = ConfigDict(extra="allow")


class Envelope(Answer, Generic[Data]):
    """`status` is 0 when it went well; `data` is null otherwise."""

    status: Literal[0]
    desc: str
    message: str
    data: Data


class Refusal(Answer):
    """Why nothing was done. It may come with HTTP 200: only `status` tells."""

    status: Annotated[int, Field(ge=1, description="The business code, such as 1002 or 1011.")]
    desc: str
    message: str
    data: None


class OneTask(Answer):
    """One video was asked for."""

    task_id: str
    task_status: str


class SeveralTasks(Answer):
    """Several videos were asked for. The batch's id may be an integer beyond 2^53."""

    batch_id: str | int
    task_ids: list[str]
    task_status: str


class Film(Answer):
    url: str
    cover_image_url: str


class TaskStatus(Answer):
    """Where one task stands. `videos` are links, or objects; `video_urls` is another spelling of them."""

    task_id: str
    task_status: Literal["waiting", "processing", "succeed", "completed", "failed"]
    videos: list[Film] | list[str] | None = None
    video_urls: list[str] | None = None
    msg: str | None = None


class CallbackTask(Answer):
    """What a callback tells: as a status answer, perhaps in capitals."""

    task_id: str
    task_status: str


class BatchStatus(Answer):
    batch_id: str
    task_ids: list[str]
    tasks: list[TaskStatus]


class Uploaded(Answer):
    object_url_list: list[str]
