"""Runs every example in the sandbox and keeps what came: `python -m tools.drawing.record`.

The whole way is the app's own: files are measured and checked, uploaded, the request is sent with the real client, and
the status is asked for until each task has ended. Names after the command record only those.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final
from urllib.request import ProxyHandler, build_opener

from weryai_ui.client.tasks import TaskState
from weryai_ui.client.weryai import SubmitAnswer, WeryAIClient
from weryai_ui.examples.catalog import EXAMPLES, RECORDED, Example
from weryai_ui.files.forwarding import Uploader
from weryai_ui.files.uploads import Uploads
from weryai_ui.request.fields import GenerationRequest
from weryai_ui.request.validation import check
from weryai_ui.sandbox.__main__ import DEFAULT_PORT
from weryai_ui.sandbox.server import SandboxServer

KEY: Final = "sk-sandbox"
POLL_SECONDS: Final = 0.5
PATIENCE_SECONDS: Final = 180.0
NOTE: Final = "Recorded in the sandbox, which draws an animatic from the request. No model made this video."


def main(names: list[str]) -> int:
    """Records the examples of those names, or all of them."""
    RECORDED.mkdir(exist_ok=True)
    with SandboxServer(port=DEFAULT_PORT) as sandbox, tempfile.TemporaryDirectory() as folder:
        uploads = Uploads(Path(folder))
        client = WeryAIClient(sandbox.url, KEY)
        for name in names or EXAMPLES:
            run = record(EXAMPLES[name], uploads, client)
            text = json.dumps(run, ensure_ascii=False, indent=1)
            (RECORDED / f"{name}.json").write_text(text + "\n", encoding="utf-8")
            sys.stdout.write(f"{name}: {[each['seconds'] for each in run['results']]} s\n")
    return 0


def record(example: Example, uploads: Uploads, client: WeryAIClient) -> dict[str, Any]:
    """The run of one example as JSON-ready data; its videos and covers are in `RECORDED` by then."""
    request = ready(example, uploads, client)
    began = time.monotonic()
    submission = client.submit(request.payload())
    if not submission.task_ids:
        raise RuntimeError(f"{example.id}: the sandbox says {submission.service_message}")
    exchange = submission.exchange
    return {
        "note": NOTE,
        "endpoint": client.endpoint,
        "http_status": exchange.http_status,
        "seconds": round(exchange.seconds, 3),
        "request": exchange.request_text,
        "response": exchange.response_text,
        "results": _results(example, submission, client, began),
    }


def ready(example: Example, uploads: Uploads, client: WeryAIClient) -> GenerationRequest:
    """The request with the service's links in it. Raises RuntimeError when the form has a problem or a warning."""
    links = {path.name: uploads.take_copy(path).link for path in example.assets}
    checked = check(example.form(links), known=uploads.known(links.values()))
    if checked.request is None or checked.warnings:
        raise RuntimeError(f"{example.id}: {[each.text for each in (*checked.problems, *checked.warnings)]}")
    sent = Uploader(uploads).send(checked.request.files(), client, KEY)
    if sent.refusal:
        raise RuntimeError(f"{example.id}: {sent.refusal}")
    return checked.request.with_links(sent.links)


def _results(example: Example, submission: SubmitAnswer, client: WeryAIClient, began: float) -> list[dict[str, Any]]:
    waiting, found = list(submission.task_ids), {}
    while waiting:
        if time.monotonic() - began > PATIENCE_SECONDS:
            raise RuntimeError(f"{example.id}: not done within {PATIENCE_SECONDS:g} s")
        time.sleep(POLL_SECONDS)
        for task_id in tuple(waiting):
            answer = client.status(task_id)
            if answer.status is None or answer.status.state in (TaskState.WAITING, TaskState.PROCESSING):
                continue
            (video,) = answer.status.videos
            number = submission.task_ids.index(task_id) + 1
            waiting.remove(task_id)
            found[task_id] = {
                "task_id": task_id,
                "seconds": round(time.monotonic() - began, 1),
                "status": answer.exchange.response_text,
                "video": _fetched(video.url, f"{example.id}-{number}.mp4"),
                "cover": _fetched(str(video.cover_url), f"{example.id}-{number}.jpg"),
            }
    return [found[task_id] for task_id in submission.task_ids]


def _fetched(url: str, name: str) -> str:
    """The file's name in `RECORDED`, byte for byte what the sandbox gave."""
    with build_opener(ProxyHandler({})).open(url, timeout=30) as answer:
        (RECORDED / name).write_bytes(answer.read())
    return name


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
