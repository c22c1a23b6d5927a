"""Waiting for what a cluster does by itself."""

import time

from outcome import PromiseBroken

PAUSE_S = 0.05


def until(condition, what, seconds):
    """Waits until the condition holds, and returns what it gave. Past that time a promise is broken."""
    by = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > by:
            raise PromiseBroken(f"{what}: not within {seconds} s")
        time.sleep(PAUSE_S)
