"""What programs and agents may say and hear: each call's input and output as a model, and what it is for.

The named endpoints, the tools for agents and their schemas are all made of this; nothing else says a type.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from weryai_ui.store.records import SendTo
from weryai_ui.ui.agents.request_schema import EXAMPLE, request_schema

WAIT_MOST_S = 50
WAIT_S = 25
TASKS_MOST = 100
VISITOR = (
    "Your visitor token: 32 to 128 letters, digits, - or _, made at random once and kept, for example by Python's "
    "secrets.token_urlsafe(32); check gives one too. Submissions are listed under it, and whoever has it sees them."
)


class WhoActs(StrEnum):
    """Whose move it is: nobody's (wait), the caller's, the owner's of the key, or WeryAI's."""

    NOBODY = "nobody"
    YOU = "you"
    KEY_OWNER = "key_owner"
    WERYAI = "weryai"


class Said(BaseModel):
    """A part of a call or of an answer; what it does not know it refuses."""

    model_config = ConfigDict(extra="forbid")


# --- what is asked -------------------------------------------------------------------------------


Request = Annotated[
    dict[str, Any],
    WithJsonSchema(request_schema()),
    Field(description="The request body, field by field as the service documents it.", examples=[dict(EXAMPLE)]),
]


class CheckInput(Said):
    request: Request


class GenerateInput(Said):
    request: Request
    send_to: SendTo = Field(
        default=SendTo.SANDBOX,
        description="Where it goes. sandbox: free, an imitation that draws a storyboard film. my-key: WeryAI with the "
        "key in `key`, which is charged. owner-key: WeryAI with this server's key, where its owner opened it.",
    )
    key: str = Field(
        default="", description="For my-key: a WeryAI key. For sandbox: a scenario key, such as sk-sandbox-fails."
    )
    visitor: str = Field(
        default="",
        description=f"{VISITOR} Needed wherever credits are spent; in the sandbox a call without one is given one.",
    )
    press: str = Field(
        default="",
        description="The idempotency key: 8 to 64 letters, digits, - or _. The same one again with the same visitor "
        "and request never submits a second time. Without one the answer says which was used.",
    )
    code: str = Field(default="", description="The owner's access code, once, where owner-key asks for it.")


class TasksInput(Said):
    visitor: str = Field(description=VISITOR, examples=["the visitor that generate answered"])
    limit: int = Field(default=20, ge=1, le=TASKS_MOST, description="How many submissions at most, newest first.")


class WaitInput(Said):
    visitor: str = Field(description=VISITOR, examples=["the visitor that generate answered"])
    id: str = Field(
        description="The `id` that generate answered, or the idempotency key.",
        examples=["the id that generate answered"],
    )
    seconds: float = Field(default=WAIT_S, ge=0, le=WAIT_MOST_S, description="How long to wait at most.")


class ShareOptions(Said):
    title: str = ""
    note: str = ""
    notes: dict[str, str] | None = Field(default=None, description="What to say of a result, by its submission's id.")
    shows_prompt: bool = True
    shows_code: bool = False
    lasts: Literal["never", "day", "week", "month"] | None = Field(
        default=None, description="When the page ends; never."
    )


class ShareInput(Said):
    visitor: str = Field(description=VISITOR, examples=["the visitor that generate answered"])
    intents: list[str] = Field(description="1 to 12 finished submissions, by their `id`.", examples=[["the id"]])
    options: ShareOptions | None = None


class UnshareInput(Said):
    visitor: str = Field(description=VISITOR, examples=["the visitor that generate answered"])
    share: str = Field(description="The `id` that share answered.", examples=["the id that share answered"])


# --- what is answered ----------------------------------------------------------------------------


class CallError(Said):
    """Why a call did not do what it was asked to."""

    code: str = Field(description="A stable name, such as invalid_request, budget.day or access.closed.")
    sentence: str
    who_acts: WhoActs


class Answer(Said):
    """`error` says why a call did not do what it was asked to; else it is null."""

    error: CallError | None = None


class FindingOut(Said):
    field: str
    rule: str
    text: str


class Checked(Answer):
    ok: bool = False
    problems: list[FindingOut] = []
    warnings: list[FindingOut] = []
    payload: dict[str, Any] | None = Field(default=None, description="The body that would go out.")
    visitor: str = Field(default="", description="A new visitor token, to submit under.")


class VideoOut(Said):
    url: str
    cover_url: str | None


class TaskOut(Said):
    task_id: str
    state: str = Field(description="waiting, processing, succeeded, succeeded_without_video, failed or not_found.")
    message: str | None
    videos: list[VideoOut]
    cost_credits: float | None


class ExplanationOut(Said):
    cause: str
    move: str
    advice: str
    key: str


class SubmissionOut(Said):
    """One submission. Times are seconds since 1970 (UTC); `envelope` is the service's answer as it came."""

    id: str
    title: str = Field(default="", description="The title that its visitor gave it on the page.")
    note: str = Field(default="", description="The note that its visitor made on it.")
    starred: bool = False
    outcome: str = Field(description="SENDING, NOT_SENT, ACCEPTED, REJECTED, or UNKNOWN: may have been charged.")
    send_to: SendTo
    endpoint: str
    created_at: float
    request: dict[str, Any]
    http_status: int | None
    envelope: str | None
    explanation: ExplanationOut | None
    service_message: str | None
    came_from: str | None = Field(default=None, description="The submission that the page's form was filled from.")
    tasks_named: int | None
    unsaved: bool
    tasks: list[TaskOut]
    exchanges: list[dict[str, Any]] = []


class Generated(Checked):
    id: str | None = Field(default=None, description="The submission, for wait; null when nothing was sent.")
    press: str = Field(default="", description="The idempotency key that was used.")
    refusal: str | None = Field(default=None, description="Why nothing was sent although the request is right.")
    task: SubmissionOut | None = None


class Tasks(Answer):
    tasks: list[SubmissionOut] = []


class Waited(Answer):
    done: bool = False
    says: str = ""
    retry_in_s: float | None = Field(default=None, description="When not done: ask again in so many seconds.")
    submission: SubmissionOut | None = None


class Shared(Answer):
    link: str | None = Field(default=None, description="Shown this once: only its hash is kept.")
    id: str | None = None
    expires_at: float | None = None


class Unshared(Answer):
    stopped: bool = False


# --- the calls -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Call:
    """One call: its models, what it is for, and what it may do to the world.

    `repeats`: the same call again changes nothing more.
    """

    name: str
    inputs: type[Said]
    output: type[Answer]
    title: str
    description: str
    reads: bool = False
    destroys: bool = False
    repeats: bool = False
    open_world: bool = False


CALLS: tuple[Call, ...] = (
    Call(
        "check",
        CheckInput,
        Checked,
        "Check a request",
        "Check a request body without sending it: free, and nothing is kept. Answers ok, every problem and warning "
        "with its field, the payload that would go out, and a new visitor token. Ask this first.",
        reads=True,
        repeats=True,
    ),
    Call(
        "generate",
        GenerateInput,
        Generated,
        "Generate a video",
        "Submit a request body once and answer at once, with the id of the submission and the idempotency key (press) "
        "that was used; the film is made meanwhile, ask wait. By itself it goes to the sandbox, which is free. With "
        "send_to my-key or owner-key it costs WeryAI credits of that key's account: one task for each film, at "
        "WeryAI's prices. A call repeated with the same visitor, press and request never submits twice: after a lost "
        "answer repeat it so. An outcome UNKNOWN may have been charged: do not submit it anew without asking a person.",
        open_world=True,
    ),
    Call(
        "tasks",
        TasksInput,
        Tasks,
        "List submissions",
        "A visitor's submissions, newest first, with the state and the videos of every task. Free.",
        reads=True,
        repeats=True,
    ),
    Call(
        "wait",
        WaitInput,
        Waited,
        "Wait for a film",
        f"Wait for the end of one submission, at most {WAIT_MOST_S} seconds, and answer early when it comes; else done "
        "is false and retry_in_s says when to ask again. Free, and may be repeated.",
        reads=True,
        repeats=True,
    ),
    Call(
        "share",
        ShareInput,
        Shared,
        "Share results",
        "Make a page with 1 to 12 of a visitor's finished results, which everybody with its link can see. Free. "
        "The link is answered once.",
    ),
    Call(
        "unshare",
        UnshareInput,
        Unshared,
        "Stop sharing",
        "End a page that share made: its link and its files lead nowhere from then on. stopped says whether there was "
        "such a page of this visitor's.",
        destroys=True,
        repeats=True,
    ),
)
