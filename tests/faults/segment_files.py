"""The records of the embedded log's files, as services/log-file/src/frame.rs describes them. Nothing is checked."""

import dataclasses
import struct
from pathlib import Path

MARK = b"ngledger"
HEADER_BYTES = 64


@dataclasses.dataclass(frozen=True)
class Record:
    """Where a record stands in its file, header and payload."""

    start: int
    end: int


def segments(data):
    """The segment files under a data directory, in the order of their names."""
    found = []
    for path in sorted(Path(data).rglob("*")):
        if path.is_file():
            with open(path, "rb") as file:
                if file.read(len(MARK)) == MARK:
                    found.append(path)
    return found


def records(content):
    """The records of a segment file with payloads, and where what is written ends: after the closing mark, if any."""
    found, offset = [], HEADER_BYTES
    while offset + HEADER_BYTES <= len(content):
        (length,) = struct.unpack_from("<I", content, offset)
        if length == 0:
            break
        found.append(Record(offset, offset + HEADER_BYTES + length))
        offset = found[-1].end
    written = len(content.rstrip(b"\0"))
    return found, max(written, offset)
