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
        ["strace", "-f", "--seccomp-bpf", "-o", "/dev/null", "true"], capture_output=True, text=True, check=False
    )
    if tried.returncode != 0:
        raise NotRun(f"needs strace that may trace ({tried.stderr.strip()[:200]})")


def strace(log, calls, inject=None, paths=(), string_bytes=32):
    """The words that run a program under strace.

    Only calls on one of the paths count and are tampered with, where paths are given; `when=` in `inject` counts each
    thread's calls of one name by themselves.
    """
    words = ["strace", "-f", "-qq", "-y", "--seccomp-bpf", "-s", str(string_bytes), "-e", "signal=none"]
    words += ["-o", str(log), "-e", f"trace={','.join(calls)}"]
    if inject:
        words += ["-e", f"inject={inject}"]
    for path in paths:
        words += ["-P", str(path)]
    return words


@dataclasses.dataclass(frozen=True)
class Call:
    """One call in a trace, at its entry."""

    thread: int
    name: str
    path: str
    # Bytes to be written, and from where, where that is known.
    length: int
    offset: int
    injected: bool


CALL = re.compile(r"^(\d+)\s+(\w+)\((.*)$")
DESCRIPTOR_PATH = re.compile(r"^-?\w+<([^>]*)>")
NAMED_PATH = re.compile(r'"(/[^"]*)"')
BUFFER = re.compile(r'^[^,]*, (?:".*?(?<!\\)"(?:\.\.\.)?), (\d+)(?:, (\d+))?')
IO_VECTOR_LENGTH = re.compile(r"iov_len=(\d+)")
IO_VECTOR_OFFSET = re.compile(r"\], \d+, (\d+)")
RESUMED = re.compile(r"^(\d+)\s+<\.\.\. (\w+) resumed>.*\(INJECTED\)")


def calls_in(log):
    """The calls of a trace, in the order of their entries."""
    found = []
    with open(log, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            matched = CALL.match(line)
            if matched:
                found.append(call_of(int(matched[1]), matched[2], matched[3]))
                continue
            resumed = RESUMED.match(line)
            if resumed:
                mark_injected(found, int(resumed[1]), resumed[2])
    return found


def call_of(thread, name, arguments):
    path = DESCRIPTOR_PATH.match(arguments) if name in WRITES + SYNCS + ["ftruncate", "fallocate"] else None
    path = path or NAMED_PATH.search(arguments)
    length = offset = 0
    if name in ("write", "pwrite64"):
        buffer = BUFFER.match(arguments)
        if buffer:
            length, offset = int(buffer[1]), int(buffer[2] or 0)
    elif name in WRITES:
        length = sum(int(part) for part in IO_VECTOR_LENGTH.findall(arguments))
        place = IO_VECTOR_OFFSET.search(arguments)
        offset = int(place[1]) if place else 0
    return Call(thread, name, path[1] if path else "", length, offset, "(INJECTED)" in arguments)


def mark_injected(found, thread, name):
    """The entry of a call whose end says that it was tampered with."""
    for index in range(len(found) - 1, -1, -1):
        if found[index].thread == thread and found[index].name == name:
            found[index] = dataclasses.replace(found[index], injected=True)
            return


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
