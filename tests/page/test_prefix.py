"""Behind a proxy that takes a path prefix away, everything is still found."""

from __future__ import annotations

import re
from urllib.parse import urljoin

import pytest
import requests

from tests.conftest import StartApp
from tests.service.conftest import new_submission, until
from tests.visitors import VISITOR
from weryai_ui.client.tasks import TaskState
from weryai_ui.store.records import Task


def test_the_sandbox_answers_and_its_media_are_found_behind_a_path_prefix(start_app: StartApp) -> None:
    app = start_app(launch_with={"root_path": "/studio"})
    app.service.submit(new_submission(visitor=VISITOR))

    def ready() -> Task | None:
        tasks = app.service.tasks(VISITOR)[0].tasks
        return tasks[0] if tasks and tasks[0].state is TaskState.SUCCEEDED else None

    video = until(ready).videos[0].url
    assert video.startswith(f"{app.service.accounts.sandbox_url}/media/")
    assert requests.get(video, timeout=10).headers["content-type"] == "video/mp4"


@pytest.mark.parametrize("prefix", ["/studio", "https://film.example/studio"])
def test_the_code_and_the_preview_of_a_link_have_the_prefix_too(start_app: StartApp, prefix: str) -> None:
    app = start_app(launch_with={"root_path": prefix})
    address = urljoin(app.url, prefix)
    form = {"model": "SEEDANCE_2_0", "duration": 5, "prompt": "A boat"}
    told = requests.post(f"{app.url}/check", json={"values": form, "code": True}, timeout=30).json()
    for program in told["code"]["programs"]:
        assert re.findall(r"https?://[^\s\"']*/sandbox\b", program["text"])[0] == f"{address}/sandbox"
    assert f'content="{address}/"' in requests.get(app.url, timeout=30).text
