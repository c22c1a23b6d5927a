"""What a power cut may leave of a write that was never synced."""

from injection import SYNCS, WRITES, calls_in, under

# The smallest unit that a disk writes whole.
SECTOR_BYTES = 512


def unsynced_write(scene):
    """The last write that the sync at which the scene was killed was for: its file, offset and length, if any."""
    calls = under(scene.place, calls_in(scene.trace))
    sync = next(call for call in reversed(calls) if call.name in SYNCS)
    written = [call for call in calls if call.name in WRITES and call.length and call.path == sync.path]
    if not written:
        return None
    return scene.relative(written[-1].path), written[-1].offset, written[-1].length


def tear(scene, write, before):
    """Puts some sectors of the write, at random, back to what they were: to `before`'s bytes, and zeros beyond."""
    name, offset, length = write
    earlier = before / name
    old = earlier.read_bytes() if earlier.is_file() else b""
    with open(scene.place / name, "r+b") as file:
        start = offset
        while start < offset + length:
            end = min(offset + length, start // SECTOR_BYTES * SECTOR_BYTES + SECTOR_BYTES)
            if scene.random.random() < 0.5:
                file.seek(start)
                file.write(old[start:end].ljust(end - start, b"\0"))
            start = end
