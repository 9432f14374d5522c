"""HTTP of the sandbox: reads requests, hands them on, and wraps what comes back."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass, field
from typing import Final

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response

from weryai_ui.media import MIMES
from weryai_ui.sandbox import envelope
from weryai_ui.sandbox.bodies import CountingBody, read
from weryai_ui.sandbox.broken import broken
from weryai_ui.sandbox.envelope import ApiError, respond, success
from weryai_ui.sandbox.keys import Customer, Keys
from weryai_ui.sandbox.ledger import BODY_BYTES as LEDGER_BYTES
from weryai_ui.sandbox.ledger import Entry, Ledger
from weryai_ui.sandbox.lifecycle import Lifecycle
from weryai_ui.sandbox.manual import manual
from weryai_ui.sandbox.media import MEASURED_AT_ONCE, MediaStore
from weryai_ui.sandbox.models import MODELS, Models
from weryai_ui.sandbox.openapi import document
from weryai_ui.sandbox.profile import Profile
from weryai_ui.sandbox.scenarios import SCENARIOS, Refusal, Scenario
from weryai_ui.sandbox.tasks import OURS
from weryai_ui.sandbox.turns import Turns
from weryai_ui.sandbox.validation import BODY_BYTES, judge, parse

SECRET_HEADERS: Final = ("authorization", "cookie", "proxy-authorization")
RETRY_AFTER_SECONDS: Final = 5
UPLOADS_AT_ONCE: Final = 8
UPLOAD_WAIT_SECONDS: Final = 60  # for one of those places
UPLOAD_SECONDS: Final = 120  # for a body to come
FIELD_BYTES: Final = 4096  # of the form's other fields
NOTE_HEADER: Final = "X-Sandbox-Note"
ADDRESS_HEADER: Final = "X-Sandbox-Address"
MALFORMED: Final = '<html><head><title>502 Bad Gateway</title></head><body><center>{"status": 0, "da'

router = APIRouter()


@dataclass
class Sandbox:
    """One sandbox: its tasks, its files, and what it was asked. Lives on ``app.state.sandbox``."""

    life: Lifecycle
    media: MediaStore
    ledger: Ledger
    public_url: str | None
    keys: Keys = field(default_factory=Keys)
    profile: Profile = Profile.DOCUMENTED
    models: Models = field(default_factory=lambda: MODELS)
    arriving: Turns = field(default_factory=lambda: Turns(UPLOADS_AT_ONCE, UPLOAD_WAIT_SECONDS))
    measuring: Turns = field(default_factory=lambda: Turns(MEASURED_AT_ONCE, UPLOAD_WAIT_SECONDS))

    def close(self) -> None:
        """Stop its threads and child processes."""
        self.life.close()


def sandbox_of(request: Request) -> Sandbox:
    """The sandbox of the app that serves the request, begun with the first request.

    A mounted app's lifespan is not run, so nothing can begin earlier.
    """
    sandbox: Sandbox = request.app.state.sandbox
    sandbox.life.begin()
    return sandbox


def base_url_of(request: Request) -> str:
    """The address by which the sandbox was called, with the path under which it is mounted.

    Who passes requests on says by which address it was called itself.
    """
    public = sandbox_of(request).public_url
    if public:
        return public.rstrip("/")
    if (passed_on := request.headers.get(ADDRESS_HEADER)) is not None:
        return passed_on.rstrip("/")
    host = request.headers.get("host") or "localhost"
    return f"{request.url.scheme}://{host}{request.scope.get('root_path', '').rstrip('/')}"


def customer_of(request: Request) -> Customer:
    """The scenario and the account of the request's key. Raises ApiError 1002 (HTTP 401).

    The key itself is never repeated: somebody may send a real one by mistake.
    """
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise _unauthorised("the header Authorization: Bearer sk-... is required")
    customer = sandbox_of(request).keys.customer(key.strip())
    if customer is None:
        raise _unauthorised(f"the sandbox knows only these keys: {', '.join(SCENARIOS)}")
    if customer.scenario.refusal is Refusal.BAD_KEY:
        raise _unauthorised("the key is not valid")
    return customer


def _unauthorised(words: str) -> ApiError:
    return ApiError(
        401,
        envelope.BAD_PARAMETER,
        f"authentication failed: {words}",
        desc="authentication failed",
        headers={"WWW-Authenticate": "Bearer"},
    )


@router.get("/", include_in_schema=False)
def front(request: Request) -> Response:
    """What this address is, in words."""
    return PlainTextResponse(manual(base_url_of(request)))


@router.get("/healthz", include_in_schema=False)
def healthy() -> Response:
    """That the sandbox answers, for what supervises it."""
    return PlainTextResponse("ok")


@router.get("/openapi.json", include_in_schema=False)
def described(request: Request) -> Response:
    """The service's API as an OpenAPI document, with this address as the server."""
    return respond(200, document(base_url_of(request), sandbox_of(request).models))


@router.post("/v1/generation/almighty-reference-to-video")
async def submit(request: Request) -> Response:
    """Judge a request and make its tasks (reference page); every submit goes to the ledger."""
    sandbox = sandbox_of(request)
    raw = await read(request, BODY_BYTES)
    return await run_in_threadpool(_submit, sandbox, request, raw)


def _submit(sandbox: Sandbox, request: Request, raw: bytes) -> Response:
    task_ids: tuple[str, ...] = ()
    batch_id: str | None = None
    code: int | None = 0
    try:
        customer = customer_of(request)
        scenario = customer.scenario
        if scenario.refusal is Refusal.MALFORMED:
            response: Response = HTMLResponse(MALFORMED)
            _note(sandbox, request, raw, response.status_code, None)
            return response
        body = _accepted(sandbox, scenario, raw)
        tasks = sandbox.life.submit(customer, body, base_url_of(request))
        task_ids, batch_id = tasks[0].siblings, tasks[0].batch_id
        refusal = sandbox.life.callback_refusal(body)
        headers = {} if refusal is None else {NOTE_HEADER: refusal}
        response = respond(200, success(_submitted(task_ids, batch_id, sandbox.profile)), headers)
        if scenario.broken is not None:
            response, code = broken(scenario.broken), None
    except ApiError as refused:
        response, code = refused.response(sandbox.profile), refused.code
    _note(sandbox, request, raw, response.status_code, code, task_ids, batch_id)
    return response


def _accepted(sandbox: Sandbox, scenario: Scenario, raw: bytes) -> dict[str, object]:
    """The body, if neither the scenario nor the judge refuses it."""
    if scenario.refusal is Refusal.RATE_LIMITED:
        headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
        words = f"too many requests; try again in {RETRY_AFTER_SECONDS} s {OURS}"
        raise ApiError(429, envelope.TOO_MANY_REQUESTS, words, headers=headers)
    body = judge(raw, sandbox.media.measure, sandbox.models)
    if scenario.refusal is Refusal.QUEUE_FULL:
        raise ApiError(200, envelope.QUEUE_FULL, f"the queue is full; try again later {OURS}")
    if scenario.refusal is Refusal.MODEL_GONE:
        raise ApiError(400, envelope.MODEL_NOT_SUPPORTED, f"model not supported: {body['model']} {OURS}")
    if scenario.refusal is Refusal.NO_CREDITS:
        raise ApiError(200, envelope.NO_CREDITS, f"insufficient credits; top up your account {OURS}")
    return body


def _submitted(task_ids: tuple[str, ...], batch_id: str | None, profile: Profile) -> dict[str, object]:
    """One video: the shape of the reference page. Several: the observed batch shape."""
    if batch_id is None:
        return {"task_id": task_ids[0], "task_status": "waiting"}
    told = int(batch_id) if profile is Profile.MEASURED else batch_id
    return {"batch_id": told, "task_ids": list(task_ids), "task_status": "waiting"}


def _note(
    sandbox: Sandbox,
    request: Request,
    raw: bytes,
    http: int,
    code: int | None,
    task_ids: tuple[str, ...] = (),
    batch_id: str | None = None,
) -> None:
    parsed = None
    if len(raw) <= LEDGER_BYTES:
        with contextlib.suppress(ApiError):
            parsed = parse(raw)
    _, _, key = request.headers.get("authorization", "").partition(" ")
    headers = {k: v for k, v in request.headers.items() if k not in SECRET_HEADERS}
    customer = sandbox.keys.customer(key.strip())
    known = customer.scenario.key if customer else None
    sandbox.ledger.add(Entry(time.time(), known, raw[:LEDGER_BYTES], parsed, headers, http, code, task_ids, batch_id))


@router.get("/v1/generation/balance")
def balance(request: Request) -> Response:
    """Credits left (observed: data is the number)."""
    customer = customer_of(request)
    left = sandbox_of(request).life.credits(customer.account)
    return respond(200, success(0 if customer.scenario.refusal is Refusal.NO_CREDITS else left))


@router.get("/v1/generation/{task_id}/status")
def task_status(request: Request, task_id: str) -> Response:
    """The status of one task (observed)."""
    customer_of(request)
    data = sandbox_of(request).life.task_data(task_id, base_url_of(request))
    return respond(200, success(data))


@router.get("/v1/generation/batch/{batch_id}/status")
def batch_status(request: Request, batch_id: str) -> Response:
    """The status of every task of a submit for several videos (observed)."""
    customer_of(request)
    data = sandbox_of(request).life.batch_data(batch_id, base_url_of(request))
    return respond(200, success(data))


@router.get("/tasks")
def own_tasks(request: Request) -> Response:
    """The tasks of the key's account, the newest first. The sandbox's own: the service has a page for people."""
    account = customer_of(request).account
    return respond(200, success(sandbox_of(request).life.tasks_of(account)))


@router.post("/v1/generation/upload-file")
async def upload_file(request: Request) -> Response:
    """Store a file and give its link in ``data.object_url_list`` (observed)."""
    account = customer_of(request).account
    sandbox = sandbox_of(request)
    async with sandbox.arriving.place():
        name = await _stored(request, sandbox, account)
    return respond(200, success({"object_url_list": [f"{base_url_of(request)}/media/{name}"]}))


@router.api_route("/media/{name}", methods=["GET", "HEAD"])
def media(request: Request, name: str) -> Response:
    """An upload or a result, whole or by byte range, without a key: links are shared."""
    sandbox = sandbox_of(request)
    path = sandbox.media.path(name)
    if path is None or sandbox.life.is_fresh(name):
        raise ApiError(404, envelope.NOT_FOUND, "no such file, or it has expired")
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=3600"}
    return FileResponse(path, media_type=MIMES[path.suffix[1:]][1], headers=headers)


async def _stored(request: Request, sandbox: Sandbox, account: str) -> str:
    """The name under which the form's file is kept; it goes to disk as it comes. Raises ApiError (HTTP 400)."""
    counted = Request(request.scope, CountingBody(request))
    try:
        async with (
            asyncio.timeout(UPLOAD_SECONDS) as deadline,
            counted.form(max_files=1, max_fields=10, max_part_size=FIELD_BYTES) as form,
        ):
            deadline.reschedule(None)
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise ApiError(400, envelope.BAD_PARAMETER, "file: is required, as multipart form data")
            if not file.size:
                raise ApiError(400, envelope.BAD_PARAMETER, "file: is empty")
            async with sandbox.measuring.place():  # not in a thread: others need those
                return await run_in_threadpool(sandbox.media.save, file.file, account)
    except (HTTPException, MultiPartException, ClientDisconnect, ValueError) as error:
        raise ApiError(400, envelope.BAD_PARAMETER, "body: not valid multipart form data") from error
    except TimeoutError as error:
        raise ApiError(408, envelope.BAD_PARAMETER, f"body: took longer than {UPLOAD_SECONDS} s") from error
