"""Clips behind links, measured by the server where the owner wants it, through the guard."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.media import made
from tests.service.conftest import FORM, new_submission
from weryai_ui.client.public_fetch import FetchError, FetchResult, PublicFetch
from weryai_ui.files.remote_clips import RemoteClips
from weryai_ui.service import Service

LINK = "https://clips.example/long.wav"


class Answering(PublicFetch):
    """Stands for the internet, which no test can reach: one link has a clip, every other is refused."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def get(self, url: str) -> FetchResult:
        self.asked.append(url)
        if url != LINK:
            raise FetchError("The link does not lead to a public address.")
        return FetchResult(200, made.sound(17.0))


def test_a_clip_that_is_too_long_is_refused_before_anything_is_sent(service: Service) -> None:
    service.settings = replace(service.settings, measure_links=True)
    service.remote_clips = RemoteClips(Answering())
    values = {**FORM, "images": ["https://a.example/1.png"], "audios": [LINK]}
    submitted = service.submit(new_submission(values=values))
    assert submitted.intent is None
    assert [found.rule for found in submitted.checked.problems] == ["clip_long", "clips_total"]


def test_what_cannot_be_read_is_only_not_measured_and_asked_for_once_in_a_while() -> None:
    now = [0.0]
    internet = Answering()
    clips = RemoteClips(internet, clock=lambda: now[0])
    assert clips.seconds(["https://elsewhere.example/1.mp4", LINK]) == {LINK: pytest.approx(17.0, abs=0.1)}
    clips.seconds(["https://elsewhere.example/1.mp4", LINK])
    assert len(internet.asked) == 2
    now[0] = 601.0
    clips.seconds([LINK])
    assert len(internet.asked) == 3


def test_without_the_setting_the_server_reads_no_link(service: Service) -> None:
    internet = Answering()
    service.remote_clips = RemoteClips(internet)
    service.prepare(new_submission(values={**FORM, "videos": [LINK]}))
    assert internet.asked == []


@pytest.mark.parametrize("link", ["http://127.0.0.1/clip.mp4", "http://[::1]/clip.mp4", "http://localhost/clip.mp4"])
def test_the_real_guard_reads_nothing_on_this_machine(link: str) -> None:
    assert RemoteClips().seconds([link]) == {}
