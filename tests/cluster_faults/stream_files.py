"""A stream's files as nats-server writes them: blocks of messages, each with a checksum.

A record: its length (4 bytes, the highest bit set where there are headers), sequence (8), time (8), length of the
subject (2), the subject, length of the headers (4) and those, the payload, and the checksum (8); all little-endian. The
checksum's key is the SHA-256 of the stream's name and the block's number.
"""

import dataclasses
import hashlib
import shutil
import struct
from pathlib import Path

from highway_hash import digest

HEAD = struct.Struct("<IQQH")
HAS_HEADERS = 1 << 31
CHECKSUM_BYTES = 8


@dataclasses.dataclass
class Record:
    """One stored message, and where it is."""

    block: Path
    start: int
    end: int
    sequence: int
    time: int
    subject: bytes
    headers: bytes
    payload: bytes

    def encoded(self, stream):
        """Its bytes, with a checksum that matches."""
        rest = struct.pack("<I", len(self.headers)) + self.headers + self.payload
        length = HEAD.size + len(self.subject) + len(rest) + CHECKSUM_BYTES
        head = HEAD.pack(length | HAS_HEADERS, self.sequence, self.time, len(self.subject))
        key = hashlib.sha256(f"{stream}-{self.block.stem}".encode()).digest()
        checksum = digest(key, head[4:20] + self.subject + self.headers + self.payload)
        return head + self.subject + rest + checksum.to_bytes(CHECKSUM_BYTES, "little")

    def put_back(self, stream):
        """Writes it where it was; it must not have become longer or shorter."""
        encoded = self.encoded(stream)
        if len(encoded) != self.end - self.start:
            raise ValueError("an altered message has the length that it had")
        with open(self.block, "r+b") as block:
            block.seek(self.start)
            block.write(encoded)


def blocks(store, stream):
    """The blocks of a stream, in their order."""
    found = Path(store).glob(f"jetstream/*/streams/{stream}/msgs/*.blk")
    return sorted(found, key=lambda path: int(path.stem))


def records(store, stream):
    """Its stored messages, in their order."""
    for block in blocks(store, stream):
        data, start = block.read_bytes(), 0
        while start < len(data):
            length, sequence, time, subject_bytes = HEAD.unpack_from(data, start)
            end, at = start + (length & ~HAS_HEADERS), start + HEAD.size
            subject = data[at : at + subject_bytes]
            at += subject_bytes
            headers = b""
            if length & HAS_HEADERS:
                (headers_bytes,) = struct.unpack_from("<I", data, at)
                headers = data[at + 4 : at + 4 + headers_bytes]
                at += 4 + headers_bytes
            payload = data[at : end - CHECKSUM_BYTES]
            yield Record(block, start, end, sequence, time, subject, headers, payload)
            start = end


def forget_state(store, stream):
    """Removes what a server remembers beside a stream's blocks; it reads them again."""
    for state in Path(store).glob(f"jetstream/*/streams/{stream}/msgs/index.db"):
        state.unlink()


def forget_agreement(store, group):
    """Removes what the servers of a group had agreed on, and would write to the stream again."""
    for directory in Path(store).glob(f"jetstream/*/_js_/{group}"):
        for part in ["msgs", "snapshots"]:
            shutil.rmtree(directory / part)
