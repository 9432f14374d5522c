"""The docs say what the code does: commands, settings, tables, paths, links. `test_docs_examples` runs the rest."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from tests.unit.documents import DOCUMENTS, README, command_with, text_of
from tools.write_docs import FIELDS_PAPER, PARTS, ROOT, fields_paper, with_parts
from weryai_ui.settings import Settings

TEXT = text_of(README)
SET_BY_SPACES = {"SPACE_ID", "OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET"}
NOT_OURS = {".git", ".venv", "build", "data", "node_modules", "test-results"}
TEXT_FILES = {".py", ".md", ".toml", ".txt", ".yml", ".js", ".css", ".html", ".json", ".example", ""}
MACHINE_PATH = re.compile(r"/(?:work|root|Users|home)/\w|[A-Z]:\\\\?Users")
README_LINES = 150


# --- commands --------------------------------------------------------------------------------------


def test_the_command_that_runs_the_app_is_one_line_with_all_set_up() -> None:
    wanted = "python3 -m venv .venv && .venv/bin/pip install -q -r requirements.txt && .venv/bin/python app.py"
    assert command_with(README, "-r requirements.txt") == wanted


def test_ci_runs_the_test_command_exactly_as_readme_prints_it() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert command_with(README, "python -m tests") in script
    assert "set -euo pipefail" in script


@pytest.mark.skipif(os.name == "nt", reason="Windows has no executable bit")
def test_ci_can_be_run() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_readme_is_read_in_one_go() -> None:
    assert len(TEXT.splitlines()) <= README_LINES


# --- settings --------------------------------------------------------------------------------------


class Recorder(dict[str, str]):
    """An environment that remembers what was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.asked.add(name)
        return default

    def __contains__(self, name: object) -> bool:
        self.asked.add(str(name))
        return False


def settings_read() -> set[str]:
    """Every variable that `Settings.from_env` reads."""
    recorder = Recorder()
    Settings.from_env(recorder)
    return recorder.asked - SET_BY_SPACES


def example_settings() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.removeprefix("# ").split("=", 1) for line in lines if re.match(r"# [A-Z_]+=", line))


def test_every_setting_stands_in_the_example_and_no_other() -> None:
    assert set(example_settings()) == settings_read()


def test_every_setting_stands_in_the_table_and_no_other() -> None:
    table = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([A-Z_]+)` \| .+ \| .+ \|$", table, re.MULTILINE)) == settings_read()


def test_the_example_sets_nothing_by_itself() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    assert all(not line or line.startswith("#") for line in lines)


def test_what_the_example_shows_are_the_defaults() -> None:
    assert Settings.from_env(example_settings()) == Settings.from_env({})


# --- what is derived -------------------------------------------------------------------------------


def test_the_list_of_fields_is_what_the_fields_say() -> None:
    assert FIELDS_PAPER.read_text(encoding="utf-8") == fields_paper(), "run: python -m tools.write_docs"


@pytest.mark.parametrize("document", PARTS, ids=lambda document: document.name)
def test_the_tables_in_the_docs_are_what_the_code_says(document: Path) -> None:
    text = text_of(document)
    assert with_parts(text, PARTS[document]) == text, "run: python -m tools.write_docs"


def test_the_space_gets_the_gradio_that_the_app_asks_for() -> None:
    head = dict(line.split(": ", 1) for line in TEXT.split("---\n")[1].splitlines())
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    gradio = next(Requirement(line.partition("#")[0]) for line in lines if line.startswith("gradio"))
    assert head["sdk"] == "gradio"
    assert head["sdk_version"] in gradio.specifier
    assert (ROOT / head["app_file"]).is_file()
    assert len(head["short_description"]) <= 60
    assert {"title", "emoji", "colorFrom", "colorTo", "python_version", "pinned"} <= set(head)


# --- paths and links -------------------------------------------------------------------------------


def named_paths() -> Iterator[str]:
    """What the docs name in backticks as a file or folder of this repository."""
    for document in DOCUMENTS:
        yield from re.findall(
            r"`((?:weryai_ui|tests|tools|docs|\.github)/[\w./-]*|[\w-]+\.(?:toml|md|py))`", text_of(document)
        )


def links() -> Iterator[tuple[str, str]]:
    """Each relative link of the docs, with the document it stands in."""
    for document in DOCUMENTS:
        name = document.relative_to(ROOT).as_posix()
        yield from ((name, link) for link in re.findall(r"\]\((?!https?:)([^)\s]+)\)", text_of(document)))


def anchors(document: Path) -> set[str]:
    """The headings of a document, as GitHub writes them in an address."""
    headings = re.findall(r"^#+ (.*)$", text_of(document), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize(("name", "link"), sorted(set(links())))
def test_what_the_docs_link_to_is_there(name: str, link: str) -> None:
    path, _, anchor = link.partition("#")
    document = ROOT / name
    target = (document.parent / path).resolve() if path else document
    assert target.exists()
    assert not anchor or anchor in anchors(target)


def test_every_document_is_linked_from_readme() -> None:
    linked = {(ROOT / link.partition("#")[0]).resolve() for name, link in links() if name == README.name}
    assert {document for document in DOCUMENTS if document != README} <= linked


@pytest.mark.parametrize("path", sorted(set(named_paths())))
def test_what_the_docs_name_is_there(path: str) -> None:
    assert (ROOT / path).exists()


def own_files() -> Iterator[Path]:
    for folder, folders, names in os.walk(ROOT):
        hidden = {name for name in folders if name.endswith("_cache")}
        folders[:] = [
            name for name in folders if name not in NOT_OURS | hidden | {"__pycache__", ".hypothesis", ".gradio"}
        ]
        yield from (
            Path(folder, name) for name in names if Path(name).suffix in TEXT_FILES and name not in {".env", ".git"}
        )


def test_no_document_and_no_code_names_a_path_of_somebodys_machine() -> None:
    named = {
        path.relative_to(ROOT).as_posix(): found[0]
        for path in own_files()
        if (found := MACHINE_PATH.findall(path.read_text(encoding="utf-8", errors="replace")))
    }
    assert not named
