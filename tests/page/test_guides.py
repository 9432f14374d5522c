"""What agents are told: short, with this app's own address, and true, since its commands are run as they stand."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import requests

from tests.conftest import App, StartApp
from tests.media import made
from tests.process import ROOT
from weryai_ui.request.fields import FIELDS
from weryai_ui.ui.agents import contract

SKILL = ROOT / "skills" / "weryai-studio" / "SKILL.md"
MOST_LINES = 120


def read(app: App, name: str) -> str:
    answer = requests.get(f"{app.url}/{name}", timeout=30)
    assert answer.status_code == 200
    return answer.text


def commands(text: str) -> str:
    """All shell commands of a document, one after the other."""
    found = re.findall(r"^( *)```bash\n(.*?)^ *```$", text, re.DOTALL | re.MULTILINE)
    return "\n".join(re.sub(f"^{indent}", "", block, flags=re.MULTILINE) for indent, block in found)


def run(program: str, folder: Path, **environment: str) -> str:
    (folder / "picture.png").write_bytes(made.picture())
    done = subprocess.run(
        ["bash", "-euc", program], cwd=folder, capture_output=True, text=True, timeout=240, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_commands_of_the_guide_make_a_film(app: App, tmp_path: Path) -> None:
    said = run(commands(read(app, "agents.md")), tmp_path, PATH="/usr/bin:/bin")
    assert (tmp_path / "film.mp4").read_bytes()[4:8] == b"ftyp"
    assert said.rstrip().endswith('.png"]')


def test_the_commands_of_the_skill_make_a_film_from_a_picture(app: App, tmp_path: Path) -> None:
    said = run(commands(SKILL.read_text()), tmp_path, PATH="/usr/bin:/bin", STUDIO=app.url)
    assert (tmp_path / "film.mp4").read_bytes()[4:8] == b"ftyp"
    assert '"problems": []' in said and "upload:" in said


def test_the_skill_has_the_fields_form() -> None:
    _, front, body = SKILL.read_text().split("---\n", 2)
    fields = dict(line.split(": ", 1) for line in front.strip().splitlines())
    assert re.fullmatch(r"[a-z0-9-]{1,64}", fields["name"]) and fields["name"] == SKILL.parent.name
    assert len(fields["description"]) <= 1024
    assert len(body.splitlines()) < MOST_LINES


@pytest.mark.parametrize("name", ["llms.txt", "agents.md"])
def test_it_is_short_and_every_address_in_it_answers(app: App, name: str) -> None:
    text = read(app, name)
    assert len(text.splitlines()) < MOST_LINES
    addresses = {each.rstrip(".,") for each in re.findall(rf"{app.url}/[\w./]*", text)}
    closed = {f"{app.url}/gradio_api/mcp"}
    posted = {f"{app.url}/gradio_api/upload", f"{app.url}/gradio_api/call/v2/generate"}
    patterns = {each for each in addresses if each.endswith(("/call/", "/call/v2/"))}
    assert f"{app.url}/gradio_api/openapi.json" in addresses
    for address in addresses - closed - posted - patterns:
        assert requests.get(address, timeout=30).status_code == 200, address


def test_it_names_every_call_and_every_field(app: App) -> None:
    text = read(app, "agents.md")
    assert all(f"- `{each.name}`: {each.description}" in text for each in contract.CALLS)
    assert all(f"| `{name}`" in text for name in FIELDS)


def test_it_has_the_address_that_strangers_use(start_app: StartApp) -> None:
    app = start_app(public_url="https://studio.example")
    assert "(https://studio.example/agents.md)" in read(app, "llms.txt")
