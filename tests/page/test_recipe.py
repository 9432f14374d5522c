"""The recipe that the Hub gives agents for every Gradio app, word for word: read, upload, call, poll, download."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.conftest import App, StartApp
from tests.durability.waiting import until
from tests.media import made
from tests.security.conftest import ask
from tests.visitors import visitor_named
from weryai_ui.ui.agents import contract
from weryai_ui.ui.agents.request_schema import EXAMPLE

CALLS = {f"/{each.name}" for each in contract.CALLS}


def info(app: App) -> dict[str, Any]:
    answer = requests.get(f"{app.url}/gradio_api/info", timeout=30)
    assert answer.status_code == 200
    return dict(answer.json()["named_endpoints"])


def openapi(app: App) -> dict[str, Any]:
    return dict(requests.get(f"{app.url}/gradio_api/openapi.json", timeout=30).json())


def event(app: App, name: str, **values: Any) -> str:
    """The text of the event that a call ends in."""
    joined = requests.post(f"{app.url}/gradio_api/call/v2/{name}", json=values, timeout=30)
    assert joined.status_code == 200, joined.text
    print(f"POST /gradio_api/call/v2/{name} {json.dumps(values)[:200]}\n  {joined.text}")
    told = requests.get(f"{app.url}/gradio_api/call/{name}/{joined.json()['event_id']}", timeout=90).text
    print(f"GET /gradio_api/call/{name}/…\n  {told.strip()[:400]}")
    return told


def call(app: App, name: str, **values: Any) -> Any:
    """What a call answers, by the recipe."""
    told = event(app, name, **values)
    assert told.startswith("event: complete\n"), told
    (only,) = json.loads(told.partition("data: ")[2])
    return only


def give(app: App, *files: tuple[str, bytes], **headers: str) -> requests.Response:
    form = [("files", (name, data)) for name, data in files]
    return requests.post(f"{app.url}/gradio_api/upload", files=form, headers=headers, timeout=60)


def test_the_recipe_makes_a_film_from_a_picture_and_the_answer_is_downloaded(app: App) -> None:
    parameters = {each["parameter_name"]: each for each in info(app)["/generate"]["parameters"]}
    assert [name for name, each in parameters.items() if not each["parameter_has_default"]] == ["request"]
    (link,) = give(app, ("boat.png", made.picture())).json()
    request = {**parameters["request"]["example_input"], "prompt": "Image 1 in the rain", "images": [link]}
    answer = call(app, "generate", request=request)
    assert answer["error"] is None and answer["task"]["outcome"] == "ACCEPTED"

    def film() -> str | None:
        (submission,) = call(app, "tasks", visitor=answer["visitor"])
        videos = submission["tasks"][0]["videos"]
        return str(videos[0]["url"]) if videos else None

    until(lambda: film() is not None)
    film_bytes = requests.get(film() or "", timeout=30).content
    assert film_bytes[4:8] == b"ftyp"


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for path, methods in document["paths"].items():
        yield from ((method.upper(), path) for method in methods)


def test_every_path_that_is_published_works(app: App) -> None:
    published = list(operations(openapi(app)))
    assert {path for _, path in published} == {
        "/gradio_api/upload",
        *(f"/gradio_api/call/v2{name}" for name in CALLS),
        *(f"/gradio_api/call{name}/{{event_id}}" for name in CALLS),
    }
    assert give(app, ("a.png", made.picture())).status_code == 200
    for name in CALLS:
        parameters = info(app)[name]["parameters"]
        given = {each["parameter_name"]: each["example_input"] for each in parameters}
        assert event(app, name.strip("/"), **given).startswith(("event: complete", "event: error"))


def test_the_addresses_in_the_published_commands_are_open(app: App) -> None:
    for name, endpoint in info(app).items():
        command = endpoint["code_snippets"]["bash"]
        posted, polled = re.findall(r"http://[^\s;$]+", command)
        body = shlex.split(command.partition("-d ")[2].partition("\\\n")[0])[0]
        joined = requests.post(posted, data=body, headers={"Content-Type": "application/json"}, timeout=30)
        assert joined.status_code == 200, (name, joined.text)
        assert requests.get(polled + joined.json()["event_id"], timeout=60).status_code == 200


def test_values_have_types_words_and_examples(app: App) -> None:
    for name, endpoint in info(app).items():
        assert endpoint["description"], name
        for each in endpoint["parameters"]:
            assert each["type"].get("description") or each["parameter_name"] == "options", (name, each)
        (returned,) = endpoint["returns"]
        assert returned["type"].get("type") in ("object", "array", "boolean"), name
    request = next(each for each in info(app)["/generate"]["parameters"] if each["parameter_name"] == "request")
    assert request["type"]["properties"]["duration"]["minimum"] == 5
    assert request["example_input"] == dict(EXAMPLE)


@pytest.mark.parametrize(
    ("name", "values", "status", "sentence"),
    [
        ("generate", {}, 422, "request: is needed."),
        ("generate", {"request": {}, "prompt": "x"}, 422, "prompt: is not a parameter of this call."),
        ("generate", {"request": {}, "send_to": "moon"}, 422, "send_to: Input should be"),
        ("tasks", {"visitor": "v" * 40, "limit": 101}, 422, "limit: Input should be less than or equal to 100."),
        ("wait", {"visitor": "v" * 40, "id": "x", "seconds": 51}, 422, "seconds: Input should be"),
        ("nothing", {}, 404, "There is no call of this name; there are check, generate, tasks, wait"),
    ],
)
def test_what_is_wrong_with_a_call_is_said_in_a_sentence(
    app: App, name: str, values: dict[str, Any], status: int, sentence: str
) -> None:
    answer = requests.post(f"{app.url}/gradio_api/call/v2/{name}", json=values, timeout=30)
    error = answer.json()["error"]
    assert (answer.status_code, error["who_acts"]) == (status, "you")
    assert error["sentence"].startswith(sentence)


def test_several_files_come_back_as_links_in_their_order(app: App) -> None:
    links = give(app, ("a.png", made.picture()), ("b.mp4", made.clip(3.0)), ("c.wav", made.sound(3.0))).json()
    assert [link.rpartition(".")[2] for link in links] == ["png", "mp4", "wav"]
    checked = call(app, "check", request={**EXAMPLE, "images": links[:1], "videos": links[1:2], "audios": links[2:]})
    assert checked["ok"] and checked["problems"] == []


@pytest.mark.parametrize(
    ("files", "status", "sentence"),
    [
        ([("a.txt", b"words")], 400, "This is a text file, not an image, video or audio."),
        ([("a.png", b"")], 400, "The file is empty."),
        ([("a.png", made.picture())] * 16, 400, "Send a form"),
        ([], 400, "The form has no file"),
    ],
)
def test_a_form_is_judged_as_uploads_are(app: App, files: list[tuple[str, bytes]], status: int, sentence: str) -> None:
    answer = give(app, *files)
    assert answer.status_code == status
    assert answer.json()["refused"].startswith(sentence)


def test_a_form_over_the_limit_is_refused_by_its_length(app: App) -> None:
    kinds = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": "99999999999"}
    answer = ask(app.url, "/gradio_api/upload", "POST", b"", kinds)
    assert answer.status == 413 and "limit" in answer.data["refused"]


def test_what_is_no_form_is_refused_in_a_sentence(app: App) -> None:
    for body, kind in ((b"x", "text/plain"), (b"--x\r\nnothing", "multipart/form-data; boundary=y")):
        answer = ask(app.url, "/gradio_api/upload", "POST", body, {"Content-Type": kind})
        assert answer.status == 400 and answer.data["refused"]


def test_another_site_cannot_upload(app: App) -> None:
    assert give(app, ("a.png", made.picture()), Origin="https://evil.example").status_code == 403


def test_a_form_counts_as_the_visitors_whose_it_is(app: App) -> None:
    visitor = visitor_named("gives-a-form")
    (link,) = give(app, ("a.png", made.picture()), **{"X-Visitor": visitor}).json()
    upload, other = (
        app.service.uploads.get(link),
        app.service.uploads.get(give(app, ("a.png", made.picture())).json()[0]),
    )
    assert upload and other and upload.owner.id != other.owner.id


def test_the_recipe_spends_nothing_that_is_closed(start_app: StartApp) -> None:
    app = start_app(reachable_from_elsewhere=True)
    for send_to in ("owner-key", "my-key"):
        answer = call(app, "generate", request=dict(EXAMPLE), send_to=send_to)
        assert answer["task"] is None and answer["error"]["code"] in ("access.no_visitor", "access.no_owner_key")
