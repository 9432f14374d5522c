"""A kept film on the app's own origin: whole, in parts, with our type and name; and after the service's link died."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests

from tests.conftest import App, StartApp
from tests.results.conftest import files_in, finished
from tests.visitors import VISITOR
from weryai_ui.store.records import Intent
from weryai_ui.ui.http.ranges import asked
from weryai_ui.ui.kept import Kept, copy_name


def board_of(app: App) -> dict[str, Any]:
    """What the page is told of the visitor's results."""
    found: dict[str, Any] = requests.post(
        f"{app.url}/board", json={"visitor": VISITOR, "version": ""}, timeout=10
    ).json()
    return found


@pytest.fixture(scope="module")
def made(app: App) -> Intent:
    """A film made in the sandbox, whose own files were deleted since."""
    intent = finished(app.service)
    for path in files_in(app.service.settings.data_dir / "sandbox" / "media"):
        path.unlink()
    return intent


@pytest.fixture
def video(app: App, made: Intent) -> Iterator[dict[str, Any]]:
    """The film as the board tells of it."""
    board = board_of(app)
    (card,) = [each for each in board["cards"] if each["id"] == made.id]
    assert {"kind": "kept", "text": "Kept here."} in card["says"]
    yield card["tasks"][0]["videos"][0]


def test_the_film_and_its_cover_are_still_there_when_the_services_files_are_gone(
    app: App, video: dict[str, Any]
) -> None:
    assert requests.get(video["link"], timeout=10).status_code == 404
    film = requests.get(f"{app.url}/{video['url']}", timeout=10)
    cover = requests.get(f"{app.url}/{video['cover']}", timeout=10)
    assert (film.status_code, film.headers["content-type"], film.content[4:8]) == (200, "video/mp4", b"ftyp")
    assert (cover.status_code, cover.headers["content-type"].split("/")[0]) == (200, "image")


def test_a_player_gets_the_parts_that_it_asks_for(app: App, video: dict[str, Any]) -> None:
    address = f"{app.url}/{video['url']}"
    whole = requests.get(address, timeout=10)
    size = len(whole.content)
    for header, begin, end in (
        ("bytes=0-", 0, size),
        ("bytes=0-1", 0, 2),
        ("bytes=100-299", 100, 300),
        (f"bytes={size - 5}-", size - 5, size),
        ("bytes=-7", size - 7, size),
        ("bytes=5-99999999999", 5, size),
    ):
        part = requests.get(address, headers={"Range": header}, timeout=10)
        assert part.content == whole.content[begin:end], header
        assert part.status_code == (200 if (begin, end) == (0, size) else 206), header
    assert requests.get(address, headers={"Range": f"bytes={size}-"}, timeout=10).status_code == 416
    again = requests.get(address, headers={"If-None-Match": whole.headers["etag"]}, timeout=10)
    assert (again.status_code, again.content) == (304, b"")
    stale = requests.get(address, headers={"Range": "bytes=0-1", "If-Range": '"another"'}, timeout=10)
    assert stale.content == whole.content
    head = requests.head(address, timeout=10)
    assert (head.headers["content-length"], head.content) == (str(size), b"")


def test_type_name_and_what_a_browser_may_do_with_it_are_ours(app: App, made: Intent, video: dict[str, Any]) -> None:
    headers = requests.head(f"{app.url}/{video['url']}", timeout=10).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["content-disposition"].startswith("inline; filename*=UTF-8''20")
    assert headers["content-disposition"].endswith("%20A%20paper%20boat.mp4")


@pytest.mark.parametrize("name", ["x", "../../weryai.sqlite3", "%2e%2e", "a" * 24, "a/poster"])
def test_another_id_is_nobodys(app: App, name: str) -> None:
    assert requests.get(f"{app.url}/kept/{name}", timeout=10).status_code == 404


def test_a_forgotten_film_is_gone_at_once(start_app: StartApp) -> None:
    app = start_app()
    intent = finished(app.service)
    board = board_of(app)
    address = f"{app.url}/{board['cards'][0]['tasks'][0]['videos'][0]['url']}"
    assert requests.get(address, timeout=10).status_code == 200
    assert app.service.forget(VISITOR, intent.id)
    assert requests.get(address, timeout=10).status_code == 404


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("", (0, 10)),
        ("bytes=2-4", (2, 5)),
        ("bytes=0-0,5-6", (0, 10)),
        ("items=0-1", (0, 10)),
        ("bytes=4-2", None),
        ("bytes=10-", None),
        ("bytes=-0", None),
        ("bytes=-99", (0, 10)),
        ("bytes=abc", (0, 10)),
    ],
)
def test_a_range_has_one_reading(header: str, part: tuple[int, int] | None) -> None:
    assert asked(header, 10) == part


def test_a_file_name_tells_the_day_the_first_words_and_the_number(app: App, made: Intent) -> None:
    film, *_ = [each for each in app.service.copies.of([made.id])[made.id] if each.role == "film"]
    body = '{"prompt": "A cat / in a \\"red\\" hat, seen from above by a drone"}'
    two = replace(made, body=body, tasks=(made.tasks[0], made.tasks[0]), created_at=1_800_000_000.0)
    assert copy_name(two, film) == "2027-01-15 A cat in a red hat 1.mp4"
    assert Kept().film_data(made, made.tasks[0], 1) == {}
