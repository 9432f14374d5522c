"""The package as somebody installs it: whole, and at home in an empty folder outside of the repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.durability.waiting import until
from tests.process import ROOT, AppProcess
from weryai_ui.ui.agents.request_schema import EXAMPLE

SOURCES = ("weryai_ui", "pyproject.toml", "requirements.txt", "README.md", "LICENSE")
NOT_IN_IT = {".ts", ".pyi", ".pyc"}


def run(*command: str, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder with the wheel and the source archive, and what the build said."""
    folder = tmp_path_factory.mktemp("built")
    source = folder / "source"
    source.mkdir()
    for name in SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, source / name)
    said = run(sys.executable, "-m", "build", "--no-isolation", "-o", str(folder), ".", cwd=source)
    return folder, said


@pytest.fixture(scope="module")
def site(built: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The wheel, installed by itself: what it needs comes from the environment of the tests."""
    (wheel,) = built[0].glob("*.whl")
    target = tmp_path_factory.mktemp("site")
    run(sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(target), str(wheel), cwd=target)
    yield target


def test_the_build_is_clean_and_holds_every_file_of_the_package(built: tuple[Path, str]) -> None:
    folder, said = built
    assert "Successfully built" in said and "Deprecat" not in said
    (wheel,) = folder.glob("*.whl")
    (archive,) = folder.glob("*.tar.gz")
    files = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "weryai_ui").rglob("*")
        if path.is_file() and path.suffix not in NOT_IN_IT and "__pycache__" not in path.parts
    }
    assert files - set(zipfile.ZipFile(wheel).namelist()) == set()
    with tarfile.open(archive) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    assert files - names == set()


def test_the_app_runs_installed_from_an_empty_folder(site: Path, tmp_path: Path) -> None:
    app = AppProcess(tmp_path, PYTHONPATH=str(site))
    app.program = site / "bin" / "weryai-studio"
    with app:
        assert requests.get(app.url, timeout=30).status_code == 200
        for path in ("llms.txt", "agents.md", "gradio_api/openapi.json", "sandbox/openapi.json", "theme.css"):
            assert requests.get(f"{app.url}/{path}", timeout=30).status_code == 200, path
        joined = requests.post(
            f"{app.url}/gradio_api/call/v2/generate", json={"request": dict(EXAMPLE)}, timeout=30
        ).json()["event_id"]
        assert "ACCEPTED" in requests.get(f"{app.url}/gradio_api/call/generate/{joined}", timeout=60).text
        assert until(lambda: list((tmp_path / "data").rglob("*.mp4")))


def test_the_sandbox_runs_installed_from_an_empty_folder(site: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(site)}
    command = [sys.executable, str(site / "bin" / "weryai-sandbox"), "--port", "0"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().split()[2]
            assert requests.get(f"{url}/openapi.json", timeout=30).json()["servers"] == [{"url": url}]
        finally:
            process.terminate()
    assert list(tmp_path.iterdir()) == []
