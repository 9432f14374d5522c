"""Loads the libraries to their last part, in the child: once it reads the media, no file can be opened any more."""

from __future__ import annotations

import importlib
import pkgutil

from weryai_ui.media.limits import CHILD_THREADS

_PILLOW_PARTS = (
    "AvifImagePlugin",
    "IcoImagePlugin",
    "ImageCms",
    "Jpeg2KImagePlugin",
    "MpoImagePlugin",
    "TiffImagePlugin",
    "WebPImagePlugin",
)
"""Besides what `preinit` loads: other formats, JPEGs with a second picture, EXIF, colour profiles."""


def load_pillow() -> None:
    """Import what Pillow would import when a picture asks for it, and what reads HEIC."""
    parts = {part: importlib.import_module(f"PIL.{part}") for part in _PILLOW_PARTS}
    # Each thread of a decoder reserves address space, which the child's limit counts.
    parts["AvifImagePlugin"].DEFAULT_MAX_THREADS = CHILD_THREADS  # type: ignore[attr-defined]
    importlib.import_module("PIL.Image").preinit()
    heif = importlib.import_module("pillow_heif")
    heif.register_heif_opener(thumbnails=False, decode_threads=CHILD_THREADS)


def load_pyav() -> None:
    """Import NumPy, and every part of PyAV, which loads some by the kinds of track that it meets."""
    importlib.import_module("numpy")
    for part in pkgutil.walk_packages(importlib.import_module("av").__path__, "av."):
        if not part.name.endswith((".__main__", ".datasets")):
            importlib.import_module(part.name)
