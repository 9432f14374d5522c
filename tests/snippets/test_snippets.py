"""The printed programs, each run as it stands against the sandbox."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import av
import pytest

from tests.sandbox.media_files import picture
from tests.snippets.conftest import Run, run, run_text
from weryai_ui.files.names import Source
from weryai_ui.portable.programs import Language, snippet
from weryai_ui.sandbox.server import SandboxServer

SMALL: dict[str, Any] = {"model": "SEEDANCE_2_0", "prompt": "A boat", "resolution": "480p", "duration": 5}
NASTY = (
    "\"double\" 'single' `id` $HOME ${PATH} $(id) \\ \\\\ \\n \\u0041 %s %d %% ! !! # & | ; < > * ? ~ {} [] @@TITLE@@\n"
    "JSON\nEOF\n'''\n\"\"\"\n`;${1}\r\n\ttab 你好，世界\u3000。 🎈👩\u200d👩\u200d👧 e\u0301 "
    "\u2028\u2029\u202e\u00a0\u0085\x7f\x00\x1b[31m"
)
EVERYTHING: dict[str, Any] = {
    "model": "SEEDANCE_2_0",
    "prompt": NASTY,
    "images": ["https://a.example/1.png?a=$HOME&b='x'&c=`id`", "https://a.example/[2]{3}.png#\"'"],
    "videos": ["https://a.example/v.mp4?x=\\1"],
    "audios": ["https://a.example/声.mp3"],
    "aspect_ratio": "9:16",
    "resolution": "480p",
    "duration": 5,
    "generate_audio": "true",
    "video_number": 1,
    "webhook_url": "http://127.0.0.1:9/hook?a='$x'",
    "caller_id": 2**63 - 1,
}
REFUSED, NOT_SENT, UNKNOWN = 2, 3, 4


def one_body(sandbox: SandboxServer) -> dict[str, object]:
    """The body of the one submit that arrived, read from its raw bytes."""
    assert [entry.body for entry in sandbox.ledger][1:] == [], "submitted more than once"
    body: dict[str, object] = json.loads(sandbox.ledger[0].body)
    return body


def assert_plays(path: Path, seconds: int = 5) -> None:
    with av.open(path) as video:
        assert video.duration is not None
        assert abs(video.duration / av.time_base - seconds) < 0.5


def assert_keeps_the_key(ran: Run, key: str) -> None:
    assert key not in ran.said
    assert not [path for path in ran.folder.rglob("*") if path.is_file() and key.encode() in path.read_bytes()]


def test_a_request_is_sent_as_the_pane_shows_it_and_its_video_is_downloaded(
    language: Language, sandbox: SandboxServer, tmp_path: Path
) -> None:
    ran = run(language, EVERYTHING, sandbox.url, tmp_path)
    assert ran.status == 0, ran.said
    assert one_body(sandbox) == EVERYTHING
    (video,) = ran.videos
    assert video.name == f"{sandbox.ledger[0].task_ids[0]}-1.mp4"
    assert_plays(video)
    assert "ACCEPTED" in ran.said
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([language.file_name, video.name])


@pytest.mark.parametrize("caller_id", [-(2**63), 2**53 + 1, -1, 0])
def test_a_caller_id_keeps_all_its_digits(
    language: Language, caller_id: int, sandbox: SandboxServer, tmp_path: Path
) -> None:
    body = {**SMALL, "prompt": '"caller_id":"7" \\"caller_id\\":\\"7\\"', "caller_id": caller_id}
    run(language, body, sandbox.url, tmp_path, key="sk-sandbox-fails")
    assert one_body(sandbox) == body


def test_several_videos_are_all_followed_and_the_ready_ones_kept_when_one_fails(
    language: Language, sandbox: SandboxServer, tmp_path: Path
) -> None:
    ran = run(language, {**SMALL, "video_number": 3}, sandbox.url, tmp_path, key="sk-sandbox-partial")
    assert ran.status == 1, ran.said
    assert len(one_body(sandbox)) == len(SMALL) + 1
    assert [path.stem for path in ran.videos] == sorted(f"{task}-1" for task in sandbox.ledger[0].task_ids[:2])
    for video in ran.videos:
        assert_plays(video)
    assert "Generation failed" in ran.said


def test_a_refusal_is_told_in_the_services_words(language: Language, sandbox: SandboxServer, tmp_path: Path) -> None:
    ran = run(language, SMALL, sandbox.url, tmp_path, key="sk-sandbox-no-credits")
    assert ran.status == REFUSED
    assert "REFUSED" in ran.said
    assert "insufficient credits; top up your account" in ran.said
    assert "1011" in ran.said
    assert len(sandbox.ledger) == 1


@pytest.mark.parametrize("key", ["sk-sandbox-rate-limited", "sk-sandbox-bad-key"])
def test_a_refusal_by_http_status_is_not_tried_again(
    language: Language, key: str, sandbox: SandboxServer, tmp_path: Path
) -> None:
    ran = run(language, SMALL, sandbox.url, tmp_path, key=key)
    assert (ran.status, len(sandbox.ledger)) == (REFUSED, 1), ran.said


def test_an_answer_that_cannot_be_read_is_unknown_and_may_have_been_charged(
    language: Language, sandbox: SandboxServer, tmp_path: Path
) -> None:
    ran = run(language, SMALL, sandbox.url, tmp_path, key="sk-sandbox-malformed")
    assert ran.status == UNKNOWN
    assert "may have been accepted and charged" in ran.said
    assert len(sandbox.ledger) == 1


def test_where_nobody_listens_nothing_is_sent_and_it_says_so(
    language: Language, dead_port: int, tmp_path: Path
) -> None:
    ran = run(language, SMALL, f"http://127.0.0.1:{dead_port}", tmp_path, key="sk-canary-7f3a91")
    assert ran.status == NOT_SENT
    assert "NOT SENT, nothing was spent" in ran.said
    assert_keeps_the_key(ran, "sk-canary-7f3a91")


@pytest.mark.parametrize("key", ["", "sk-canary\n7f3a91", "sk-canary 7f3a91"])
def test_without_a_usable_key_nothing_is_sent_and_it_says_which_variable_to_set(
    language: Language, key: str, sandbox: SandboxServer, tmp_path: Path
) -> None:
    ran = run(language, SMALL, sandbox.url, tmp_path, key=key)
    assert ran.status == NOT_SENT
    assert "WERYAI_API_KEY" in ran.said
    assert "canary" not in ran.said
    assert len(sandbox.ledger) == 0


@pytest.mark.parametrize("name", ["my cat.png", 'it\'s "a" $(id) \\ ,;cat 图.png', "-cat.png"])
def test_a_local_file_is_uploaded_first_and_its_link_put_in_its_place(
    language: Language, name: str, sandbox: SandboxServer, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(picture())
    link = "upload:abcdefghijklmnopqrstuvwx.png"
    body = {**SMALL, "prompt": NASTY, "images": ["https://a.example/1.png", link, link]}
    ran = run(language, body, sandbox.url, tmp_path, key="sk-sandbox-fails", files={link: name, "unused": "no.png"})
    assert "ACCEPTED" in ran.said, ran.said
    sent = one_body(sandbox)
    images = sent["images"]
    assert isinstance(images, list)
    first, second, third = images
    assert first == "https://a.example/1.png"
    assert second == third
    assert second.startswith(f"{sandbox.url}/media/")
    assert {**sent, "images": body["images"]} == body


@pytest.mark.parametrize(("content", "says"), [(None, "cat.png"), (b"no picture", "cat.png")], ids=["missing", "odd"])
def test_a_file_that_cannot_be_uploaded_ends_it_before_anything_is_paid(
    language: Language, content: bytes | None, says: str, sandbox: SandboxServer, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / "cat.png").write_bytes(content)
    body = {**SMALL, "images": ["upload:abcdefghijklmnopqrstuvwx.png"]}
    files = {"upload:abcdefghijklmnopqrstuvwx.png": "cat.png"}
    ran = run(language, body, sandbox.url, tmp_path, files=files)
    assert ran.status == NOT_SENT, ran.said
    assert "NOT SENT" in ran.said
    assert says in ran.said
    assert len(sandbox.ledger) == 0


def test_the_deadline_ends_the_watch_and_names_what_still_goes_on(language: Language, tmp_path: Path) -> None:
    with SandboxServer(pace=1000) as never:
        text = snippet(language, SMALL, base_url=never.url)
        assert text.count("30 * 60") == 1
        ran = run_text(language, text.replace("30 * 60", "1"), tmp_path, "sk-sandbox")
        assert ran.status == 1
        assert "still going on" in ran.said
        assert ran.said.count(never.ledger[0].task_ids[0]) >= 2


def test_the_base_url_can_be_overridden_and_a_path_in_it_is_kept(
    language: Language, sandbox: SandboxServer, tmp_path: Path
) -> None:
    nowhere = 'https://nowhere.invalid/it\'s/$(id)/"x"'
    ran = run(language, SMALL, nowhere, tmp_path, key="sk-sandbox-no-credits", WERYAI_BASE_URL=f"{sandbox.url}/")
    assert ran.status == REFUSED, ran.said


def test_the_key_does_not_stand_in_the_list_of_processes(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    real = tmp_path / "bin" / "curl"
    real.parent.mkdir()
    real.write_text(f'#!/bin/bash\nprintf "%s\\n" "$@" >>{seen}\nexit 7\n')
    real.chmod(0o755)
    path = f"{real.parent}{os.pathsep}{os.environ['PATH']}"
    run(Language.CURL, SMALL, "http://127.0.0.1:9", tmp_path, key="sk-canary-7f3a91", PATH=path)
    assert "almighty-reference-to-video" in seen.read_text()
    assert "sk-canary" not in seen.read_text()


LINES = {Language.CURL: 94, Language.PYTHON: 84, Language.JAVASCRIPT: 90}


def test_a_program_is_short_enough_to_be_read(language: Language) -> None:
    lines = snippet(language, SMALL, base_url="https://api.weryai.com").splitlines()
    assert len(lines) <= LINES[language]
    assert max(map(len, lines)) <= 110


@pytest.mark.parametrize("source", [Source("clip.mov", (0.0, 8.0)), Source('a\n\u2028exit 1\r\\ `id` $(id) "x')])
def test_what_a_file_was_made_of_is_one_line_more(
    language: Language, source: Source, sandbox: SandboxServer, tmp_path: Path
) -> None:
    (tmp_path / "made.png").write_bytes(picture())
    link = "upload:abcdefghijklmnopqrstuvwx.png"
    body = {**SMALL, "images": [link]}
    plain, told = (
        snippet(language, body, base_url=sandbox.url, files={link: "made.png"}, sources=sources).split("\n")
        for sources in ({}, {link: source})
    )
    (line,) = [line for line in told if line not in plain]
    assert told == [*plain[: told.index(line)], line, *plain[told.index(line) :]]
    assert line.endswith("; download it at its tile.")
    ran = run(
        language, body, sandbox.url, tmp_path, key="sk-sandbox-fails", files={link: "made.png"}, sources={link: source}
    )
    assert "ACCEPTED" in ran.said, ran.said


def test_a_payload_that_is_no_request_is_refused_when_the_snippet_is_made(language: Language) -> None:
    for wrong in (True, None, 1.5, [1], {"a": 1}):
        with pytest.raises(TypeError):
            snippet(language, {"model": wrong}, base_url="https://api.weryai.com")
