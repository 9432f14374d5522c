"""A program of a form with files that were made here sends, beside their downloads, what the page sends."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.media import made, pictures
from tests.service.conftest import FORM, new_submission
from tests.snippets.conftest import run_text
from weryai_ui.files.storage import Owner
from weryai_ui.files.upload_records import Upload
from weryai_ui.portable.programs import Language
from weryai_ui.sandbox.server import SandboxServer
from weryai_ui.service import Service
from weryai_ui.settings import Settings
from weryai_ui.store.submissions import Store
from weryai_ui.ui.live_check import LiveCheck

SIGNS = {Language.CURL: "#", Language.PYTHON: "#", Language.JAVASCRIPT: "//"}


@pytest.fixture
def service(settings: Settings, sandbox: SandboxServer) -> Iterator[Service]:
    service = Service(settings, Store(settings.database_url))
    service.start(sandbox.url)
    yield service
    service.stop()


def given(service: Service, data: bytes, name: str) -> Upload:
    arrived = service.uploads.incoming(Owner("ann", "her address"))
    arrived.write_bytes(data)
    return service.uploads.take_in(arrived, name)


def sent(body: bytes) -> dict[str, Any]:
    """A body with the hash of what stands behind each of its links."""
    found: dict[str, Any] = json.loads(body)
    for field in ("images", "videos", "audios"):
        found[field] = [hashlib.sha256(requests.get(link, timeout=30).content).hexdigest() for link in found[field]]
    return found


def test_a_program_beside_the_downloads_of_its_files_sends_what_the_page_sends(
    language: Language, service: Service, sandbox: SandboxServer, tmp_path: Path
) -> None:
    photo = given(service, pictures.heic(pictures.plain((640, 480))), "IMG_0001.HEIC")
    clip = given(service, made.clip(4.0, "mov", size=(640, 480)), "walk.mov")
    walk = service.uploads.cut(clip.link, 0.0, 2.5)
    tune = given(service, made.sound(4.0, "flac"), "tune.flac")
    end = service.uploads.cut(tune.link, 1.0, 4.0)
    values = {**FORM, "prompt": "Image 1, video 1, audio 1", "images": photo.link, "videos": walk.link}
    values["audios"] = end.link
    code = LiveCheck(service).check_values({"values": values, "code": True})["code"]
    (text,) = [each["text"] for each in code["programs"] if each["language"] == language]
    for made_here in (photo, walk, end):
        with service.uploads.file(made_here) as path:
            (tmp_path / made_here.name).write_bytes(path.read_bytes())
    ran = run_text(language, text, tmp_path, "sk-sandbox-fails")
    assert "ACCEPTED" in ran.said, ran.said
    assert service.submit(new_submission(values=values)).intent is not None
    by_program, by_page = (sent(entry.body) for entry in sandbox.ledger)
    assert by_program == by_page
    assert by_page["images"] == [photo.sha256]
    assert [line for line in text.splitlines() if "at its tile" in line] == [
        f'{SIGNS[language]} Converted from "IMG_0001.HEIC"; download it at its tile.',
        f'{SIGNS[language]} Cut from "walk.mov", 0-2.5 s; download it at its tile.',
        f'{SIGNS[language]} Cut from "tune.flac", 1-4 s; download it at its tile.',
    ]
