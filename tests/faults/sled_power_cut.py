#!/usr/bin/env python3
"""What comes back after a power cut from sled 0.34.7, from sled with a sync of our own, and from a plain file.

The measurement of docs/adr/0001-segment-files-not-sled.md. Fails if the plain file or the synced sled loses an
acknowledged event; that sled alone loses them is the finding, and is printed, not judged.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import file_systems
from outcome import NotRun, PromiseBroken

PACKAGE = Path(__file__).resolve().parent.parent / "sled-power-cut"
STORES = ["sled", "sled-fdatasync", "file"]
# Events in all, and how many are committed together.
RUNS = [(2_000, 1), (20_000, 64)]


def build():
    """The writer, built with its own lock file."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", PACKAGE / "target"))
    subprocess.run(
        ["cargo", "build", "--quiet", "--release", "--locked", "--target-dir", str(target)], cwd=PACKAGE, check=True
    )
    return target / "release" / "sled-power-cut"


def acknowledged_until_cut(program, image, store, events, group):
    """Writes the events, cuts the power right after the last acknowledgement. Returns the count and the seconds."""
    with image.mounted() as place:
        writer = subprocess.Popen(
            [program, "write", store, place / "data", str(events), str(group)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        acknowledged, started = 0, None
        try:
            for line in writer.stdout:
                # From the first acknowledgement on, so that opening the store is not counted.
                started = started or time.monotonic()
                acknowledged = int(line)
                if acknowledged == events:
                    break
            seconds = time.monotonic() - (started or 0)
            image.cut_power()
        finally:
            writer.kill()
            writer.communicate()
    return acknowledged, seconds


def counted_after(program, image, store):
    """How many events are there when the file system is mounted again; a store that does not open has none."""
    with image.mounted() as place:
        try:
            counted = subprocess.run(
                [program, "count", store, place / "data"], capture_output=True, text=True, check=False, timeout=60
            )
        except subprocess.TimeoutExpired:
            return 0, "hangs"
        if counted.returncode != 0:
            return 0, counted.stderr.strip()
        return int(counted.stdout), ""


def run(_setting=None):
    """Measures every store on every file system. Returns a sentence; prints the table."""
    file_systems.require_root()
    program, lost = build(), []
    print("| store | file system | events in a group | acknowledged | came back | events/s |")
    print("|---|---|---|---|---|---|")
    cells = 0
    with tempfile.TemporaryDirectory(prefix="netgain-sled-") as directory:
        for kind in file_systems.available():
            image = file_systems.LoopImage(kind, directory)
            for events, group in RUNS:
                for store in STORES:
                    image.make()
                    acknowledged, seconds = acknowledged_until_cut(program, image, store, events, group)
                    found, trouble = counted_after(program, image, store)
                    rate = (acknowledged - group) / seconds
                    note = f" ({trouble})" if trouble else ""
                    print(f"| {store} | {kind} | {group} | {acknowledged:,} | {found:,}{note} | {rate:,.0f} |")
                    cells += 1
                    if store != "sled" and found < acknowledged:
                        lost.append(f"{store} on {kind} lost {acknowledged - found:,} of {acknowledged:,}")
    if lost:
        raise PromiseBroken("; ".join(lost))
    return f"{cells} power cuts measured"


if __name__ == "__main__":
    try:
        print(run())
    except NotRun as missing:
        print(f"not run: {missing}")
    except PromiseBroken as broken:
        sys.exit(f"sled_power_cut: {broken}")
