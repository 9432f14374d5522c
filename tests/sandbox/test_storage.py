"""Files in the sandbox: nobody's go for what somebody else brings, as long as that one holds more."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.sandbox.media_files import picture
from weryai_ui.quota import BESIDE_BYTES, Quota
from weryai_ui.sandbox.envelope import ApiError
from weryai_ui.sandbox.media import MediaStore

ANN, BOB = "a" * 16, "b" * 16
COUNTED = len(picture()) + BESIDE_BYTES


def kept(store: MediaStore, names: list[str]) -> list[bool]:
    return [store.path(name) is not None for name in names]


def saved(store: MediaStore, account: str) -> str:
    return store.save(io.BytesIO(picture()), account)


def test_uploads_of_one_account_push_out_their_own_and_nobody_elses_also_after_a_restart(tmp_path: Path) -> None:
    quota = Quota(10 * COUNTED, 4 * COUNTED)
    store = MediaStore(tmp_path, quota)
    store.prepare()
    quiet, loud = saved(store, BOB), [saved(store, ANN) for _ in range(6)]
    again = MediaStore(tmp_path, quota)
    again.prepare()
    loud += [saved(again, ANN) for _ in range(2)]
    assert kept(again, [quiet]) == [True]
    assert kept(again, loud) == [False] * 4 + [True] * 4


def test_a_file_that_an_unfinished_task_needs_stays(tmp_path: Path) -> None:
    store = MediaStore(tmp_path, Quota(4 * COUNTED, 4 * COUNTED))
    store.prepare()
    needed, spare = saved(store, ANN), saved(store, ANN)
    store.in_use = lambda: {needed}
    for number in range(4):
        saved(store, f"{number:016x}")
    assert kept(store, [needed, spare]) == [True, False]


def test_a_file_without_room_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    store = MediaStore(tmp_path, Quota(COUNTED, COUNTED - 1))
    store.prepare()
    with pytest.raises(ApiError):
        saved(store, ANN)
    assert list(tmp_path.iterdir()) == []
