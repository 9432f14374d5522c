"""A multipart form with one file, streamed: the file is never in memory as a whole."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

BLOCK_BYTES = 64 * 1024
DEFAULT_TYPE = "application/octet-stream"

_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+", re.ASCII)


@dataclass(frozen=True)
class Multipart:
    """A form ready to send: its header's `content_type`, its exact `length` in bytes, and its `blocks`, once.

    It is iterable and has a `len()`, which is how requests knows a streamed body of known length.
    """

    content_type: str
    length: int
    blocks: Iterator[bytes]

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Iterator[bytes]:
        return self.blocks


def multipart(fields: Mapping[str, str], file: BinaryIO, filename: str, file_type: str) -> Multipart:
    """The form of `fields` and one part `file`, read from the start of a seekable file object (RFC 7578).

    Raises OSError or ValueError when the file cannot be read or is closed.
    """
    boundary = secrets.token_hex(16)
    kind = file_type if _MEDIA_TYPE.fullmatch(file_type) else DEFAULT_TYPE
    head = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    head += (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; '
        f'filename="{_quoted(filename)}"\r\nContent-Type: {kind}\r\n\r\n'
    )
    before = head.encode("utf-8", "replace")
    after = f"\r\n--{boundary}--\r\n".encode()
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return Multipart(
        content_type=f"multipart/form-data; boundary={boundary}",
        length=len(before) + size + len(after),
        blocks=_blocks(before, file, size, after),
    )


def _blocks(before: bytes, file: BinaryIO, size: int, after: bytes) -> Iterator[bytes]:
    yield before
    left = size
    while left and (block := file.read(min(BLOCK_BYTES, left))):
        left -= len(block)
        yield block
    if left:
        # A form shorter than its announced length would leave the service waiting.
        raise OSError("the file became shorter while it was sent")
    yield after


def _quoted(name: str) -> str:
    # As browsers write it (WHATWG): percent for what would end the quotes or the header.
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
