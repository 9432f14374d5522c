"""Names are kept as they were given, bounded, and told apart where two files have one."""

from __future__ import annotations

import pytest

from weryai_ui.files.names import NAME_CHARACTERS, cut_name, file_name, told_apart

SCREENSHOT = "Screenshot 2026-11-26 at 9.41.07\u202fAM.png"
"""A Mac puts a narrow space that does not break before AM."""


@pytest.mark.parametrize(
    "name",
    [
        SCREENSHOT,
        "two  spaces.png",
        "a name of far more than the forty-eight characters that a sentence quotes.png",
        "朝の光 ☀.png",
        ' "quoted" $(id) \\ `x`.png',
        ".hidden",
        "no ending",
        "a" * (NAME_CHARACTERS - 4) + ".png",
    ],
)
def test_a_name_is_kept_as_it_was_given(name: str) -> None:
    assert file_name(name, "image.png") == name


@pytest.mark.parametrize("name", ["", " ", "..", "/", "a/..", "\0"])
def test_a_file_without_a_name_is_called_by_its_kind(name: str) -> None:
    assert file_name(name, "image.png") == "image.png"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("some/folder/cat.png", "cat.png"),
        ("half \ud800.png", "half ?.png"),
        ("nul\0.png", "nul.png"),
        ("a" * 300 + ".png", "a" * (NAME_CHARACTERS - 4) + ".png"),
        ("a." + "b" * 300, "b" * NAME_CHARACTERS),
    ],
)
def test_what_no_file_name_holds_is_left_out(name: str, kept: str) -> None:
    assert file_name(name, "image.png") == kept


@pytest.mark.parametrize(
    ("name", "start", "end", "cut"),
    [
        ("clip.mov", 2.0, 8.0, "clip (2-8 s).mp4"),
        ("clip", 0.0, 13.5667, "clip (0-13.57 s).mp4"),
        ("clip (0-8 s).mp4", 1.0, 4.5, "clip (0-8 s) (1-4.5 s).mp4"),
        ("a" * 300 + ".mov", 2.0, 8.0, "a" * (NAME_CHARACTERS - 12) + " (2-8 s).mp4"),
    ],
)
def test_a_cut_has_a_name_of_its_own(name: str, start: float, end: float, cut: str) -> None:
    assert cut_name(name, start, end, "mp4") == cut


def test_files_of_one_name_are_told_apart_by_their_bytes() -> None:
    files = [("image.png", "1"), ("image.png", "2"), ("Image.PNG", "3"), ("copy.png", "1"), ("image (2).png", "4")]
    assert told_apart(files) == ["image.png", "image (2).png", "Image (3).PNG", "image.png", "image (2) (2).png"]
