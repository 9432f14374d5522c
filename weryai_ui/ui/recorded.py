"""The examples as the page shows them: the form that each fills, with files of this server, and its recorded run."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from weryai_ui.examples.catalog import COVERS, EXAMPLES, RECORDED, Example
from weryai_ui.files.upload_records import Upload
from weryai_ui.request.fields import REFERENCE_FIELDS
from weryai_ui.service import Service
from weryai_ui.store.records import SendTo
from weryai_ui.ui.http.params import text
from weryai_ui.ui.views import cards, panes

PATH = "examples"
HEADERS = {"Cache-Control": "public, max-age=86400"}


class Recorded:
    """What the *examples* widget asks. Thread-safe."""

    def __init__(self, service: Service) -> None:
        self._uploads = service.uploads
        self._links: dict[Path, str] = {}
        self._lock = threading.Lock()

    def shown(self) -> list[dict[str, Any]]:
        """`{"id", "cover", "video", "tags"}` of every example, in order; its files as paths on this origin."""
        return [
            {
                "id": example.id,
                "cover": _address(example.cover),
                "video": _address(example.recorded().results[0].video),
                "tags": {
                    "ratio": example.values["aspect_ratio"],
                    **{name: len(example.values[name]) for name in REFERENCE_FIELDS},
                },
            }
            for example in EXAMPLES.values()
        ]

    def use_example(self, params: Any) -> dict[str, Any]:
        """The form of the example `{"id"}`, what is known of its files, and its recorded run; nothing is sent."""
        example = EXAMPLES.get(text(params, "id"))
        if example is None:
            return {}
        files = {path.name: self._taken_in(path) for path in example.assets}
        links = {name: upload.link for name, upload in files.items()}
        return {
            "values": example.form(links),
            "known": {each.link: panes.upload(each) for each in files.values()},
            "recorded": _run(example),
        }

    def _taken_in(self, path: Path) -> Upload:
        """An asset as a file of this server, like one that a person gave; taken in once, and again when it has gone."""
        with self._lock:
            upload = self._uploads.get(self._links.get(path, ""))
            if upload is None:
                upload = self._uploads.take_copy(path)
                self._links[path] = upload.link
            return upload


def routes() -> list[Route]:
    """`GET /examples/<file>`: covers and recorded results, for everybody, and no other file."""
    files = {path.name: path for folder in (COVERS, RECORDED) for path in folder.iterdir() if path.suffix != ".json"}

    def show(request: Request) -> Response:
        path = files.get(request.path_params["file"])
        return Response(status_code=404) if path is None else FileResponse(path, headers=HEADERS)

    return [Route(f"/{PATH}/{{file}}", show)]


def _run(example: Example) -> dict[str, Any]:
    run = example.recorded()
    request = json.loads(run.request)
    return {
        "id": example.id,
        "shape": cards.shape_words(SendTo.SANDBOX, request),
        "seconds": max(result.seconds for result in run.results),
        "videos": [{"url": _address(each.video), "cover": _address(each.cover)} for each in run.results],
        "panes": [
            {"facts": [f"POST {run.endpoint}"], "text": panes.pretty(request)},
            {
                "facts": [f"HTTP {run.http_status}", f"{run.seconds:.2f} s", run.endpoint],
                "text": panes.as_it_came(run.response),
            },
        ],
    }


def _address(path: Path) -> str:
    return f"{PATH}/{path.name}"
