"""One way to keep objects in a folder and on a server that speaks S3; the server is a real one, in its own process."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import requests

from tests.conftest import settings_in
from tests.process import in_a_loop
from tests.results.conftest import finished
from tests.service.conftest import until
from tests.visitors import VISITOR
from weryai_ui.errors import SettingsError
from weryai_ui.files.object_storage import ObjectStorage, StorageAway
from weryai_ui.sandbox.server import SandboxServer
from weryai_ui.service import Service
from weryai_ui.settings import Settings
from weryai_ui.store.copy_records import Role
from weryai_ui.store.submissions import Store

BUCKET = "s3://films/of/this-app"
WHERE = ["", BUCKET]
MOST_MEMORY = 16 * 1024 * 1024


@pytest.fixture(params=WHERE, ids=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStorage:
    """A storage in a folder, and one in a bucket."""
    if request.param:
        request.getfixturevalue("s3_keys")
    return ObjectStorage(tmp_path / "results", request.param)


def put(storage: ObjectStorage, key: str, data: bytes) -> None:
    with storage.arriving() as path:
        path.write_bytes(data)
        storage.put(key, path)


async def read(storage: ObjectStorage, key: str, begin: int, end: int) -> bytes:
    return b"".join([block async for block in storage.blocks(key, begin, end)])


def test_an_object_is_kept_read_in_part_and_deleted(storage: ObjectStorage) -> None:
    data = bytes(range(256)) * 40_000
    put(storage, "a", data)
    assert storage.read("a") == data
    assert in_a_loop(read(storage, "a", 5, 700_000)) == data[5:700_000]
    put(storage, "a", b"another")
    assert storage.read("a") == b"another"
    storage.delete("a")
    storage.delete("a")
    with pytest.raises(FileNotFoundError):
        storage.read("a")
    with pytest.raises(FileNotFoundError):
        in_a_loop(read(storage, "a", 0, 1))


def test_nothing_is_left_of_what_arrives_and_is_not_kept(storage: ObjectStorage, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), storage.arriving() as path:
        path.write_bytes(b"half")
        raise RuntimeError
    put(storage, "a", b"whole")
    assert list((tmp_path / "results" / "incoming").iterdir()) == []


def test_a_server_that_is_away_is_said_so(tmp_path: Path, s3_keys: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    storage = ObjectStorage(tmp_path, BUCKET)
    with pytest.raises(StorageAway) as failed:
        put(storage, "a", b"film")
    assert "secret" not in str(failed.value)


def test_a_film_of_100_megabytes_goes_to_s3_in_less_than_16_of_memory(tmp_path: Path, s3_keys: str) -> None:
    # In a process of its own: what the library takes is not Python's memory.
    program = textwrap.dedent(
        f"""
        import resource
        from pathlib import Path
        from weryai_ui.files.object_storage import ObjectStorage
        storage = ObjectStorage(Path({str(tmp_path)!r}), {BUCKET!r})
        with storage.arriving() as path:
            path.write_bytes(b"warm")
            storage.put("warm", path)
        with storage.arriving() as path:
            with path.open("wb") as file:
                for _ in range(100):
                    file.write(bytes(1 << 20))
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            storage.put("big", path)
            print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
        """
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=200, check=True)
    grown = int(done.stdout)
    print(f"100 MB to S3: {grown / 1024 / 1024:.1f} MB of memory more")
    assert grown < MOST_MEMORY


def test_a_film_made_in_the_sandbox_is_kept_in_a_bucket(tmp_path: Path, s3_keys: str, sandbox: SandboxServer) -> None:
    settings = settings_in(tmp_path / "data", storage_url=BUCKET)
    service = Service(settings, Store(settings.database_url))
    service.start(sandbox.url)
    try:
        intent = finished(service)
        films = [each for each in service.copies.of([intent.id])[intent.id] if each.role is Role.FILM]
        data = service.storage.read(str(films[0].key))
        assert hashlib.sha256(data).hexdigest() == films[0].sha256
        assert str(films[0].key) in requests.get(f"{s3_keys}/films?list-type=2", timeout=10).text
        service.forget(VISITOR, intent.id)
        until(lambda: str(films[0].key) not in requests.get(f"{s3_keys}/films?list-type=2", timeout=10).text)
    finally:
        service.stop()


@pytest.mark.parametrize(
    "url", ["s3://", "s3://key:secret@bucket", "https://bucket", "s3://Bucket", "folder", "s3://b/../c d"]
)
def test_a_storage_that_cannot_be_is_refused_without_being_quoted(url: str) -> None:
    with pytest.raises(SettingsError, match="WERYAI_STORAGE_URL") as refused:
        Settings.from_env({"WERYAI_STORAGE_URL": url})
    assert "secret" not in str(refused.value)
