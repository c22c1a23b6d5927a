"""Faults at chosen system calls of the unmodified program, by strace(1): see its `-e inject=`."""

import collections
import dataclasses
import os
import re
import shutil
import subprocess

from outcome import NotRun

WRITES = ["write", "pwrite64", "writev", "pwritev", "pwritev2"]
SYNCS = ["fdatasync", "fsync", "sync_file_range", "syncfs", "sync", "msync"]
# What changes a directory or a file's size.
SHAPES = ["ftruncate", "fallocate", "rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat", "mkdir",
          "mkdirat"]  # fmt: skip


def require_strace():
    """Says what is missing where strace cannot trace."""
    if not shutil.which("strace"):
        raise NotRun("needs strace")
    tried = subprocess.run(
        ["strace", "-f", "--seccomp-bpf", "-o", os.devnull, "true"], capture_output=True, text=True, check=False
    )
    if tried.returncode != 0:
        raise NotRun(f"needs strace that may trace ({tried.stderr.strip()[:200]})")


def strace(log, calls, inject=None, paths=()):
    """The words that run a program under strace.

    Only calls on one of the paths count and are tampered with, where paths are given; `when=` in `inject` counts each
    thread's calls of one name by themselves.
    """
    words = ["strace", "-f", "-qq", "-y", "-e", "signal=none"]
    words += ["-o", str(log), "-e", f"trace={','.join(calls)}"]
    if inject:
        words += ["-e", f"inject={inject}"]
    if not inject or ":signal=" not in inject:
        # Faster, for other calls do not stop; but strace 6.1 then injects no signals.
        words.append("--seccomp-bpf")
    for path in paths:
        words += ["-P", str(path)]
    return words


@dataclasses.dataclass
class Call:
    """One call in a trace."""

    thread: int
    name: str
    path: str
    # Bytes to be written, and from where, where that is known.
    length: int
    offset: int
    injected: bool
    # The trace's lines of its entry and its end; the same where nothing happened in between.
    began: int
    ended: int


CALL = re.compile(r"^(\d+)\s+(\w+)\((.*)$")
RESUMED = re.compile(r"^(\d+)\s+<\.\.\. (\w+) resumed>")
DESCRIPTOR_PATH = re.compile(r"^-?\w+<([^>]*)>")
NAMED_PATH = re.compile(r'"(/[^"]*)"')
BUFFER = re.compile(r'^[^,]*, "(?:[^"\\]|\\.)*"(?:\.\.\.)?, (\d+)(?:, (\d+))?')
IO_VECTOR_LENGTH = re.compile(r"iov_len=(\d+)")
IO_VECTOR_OFFSET = re.compile(r"\], \d+, (\d+)")
INJECTED = "(INJECTED)"


def calls_in(log):
    """The calls of a trace, in the order of their entries."""
    found, open_calls = [], {}
    with open(log, encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines):
            entry, end = CALL.match(line), RESUMED.match(line)
            if entry:
                call = call_of(int(entry[1]), entry[2], entry[3], number)
                found.append(call)
                open_calls[call.thread] = call
            elif end and int(end[1]) in open_calls:
                call = open_calls[int(end[1])]
                call.ended, call.injected = number, INJECTED in line
    return found


def call_of(thread, name, arguments, number):
    path = DESCRIPTOR_PATH.match(arguments) or NAMED_PATH.search(arguments)
    length = offset = 0
    if name in ("write", "pwrite64"):
        buffer = BUFFER.match(arguments)
        if buffer:
            length, offset = int(buffer[1]), int(buffer[2] or 0)
    elif name in WRITES:
        length = sum(int(part) for part in IO_VECTOR_LENGTH.findall(arguments))
        place = IO_VECTOR_OFFSET.search(arguments)
        offset = int(place[1]) if place else 0
    return Call(thread, name, path[1] if path else "", length, offset, INJECTED in arguments, number, number)


def under(directory, calls):
    """The calls on files of that directory, and on itself."""
    directory = str(directory)
    return [call for call in calls if call.path == directory or call.path.startswith(directory + os.sep)]


def most_by_one_thread(calls):
    """Of each name of a call, how often the thread that makes it most makes it: how far `when=` can count."""
    counts = collections.defaultdict(collections.Counter)
    for call in calls:
        counts[call.name][call.thread] += 1
    return {name: max(threads.values()) for name, threads in counts.items()}
