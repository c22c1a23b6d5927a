"""File systems of our own that can lose power or run full: images on loop devices, and tmpfs. Needs root."""

import contextlib
import ctypes
import fcntl
import os
import shutil
import struct
import subprocess
from pathlib import Path

from outcome import NotRun

# _IOR('X', 125, __u32): EXT4_IOC_SHUTDOWN of fs/ext4/ext4.h, and XFS_IOC_GOINGDOWN of fs/xfs/xfs_fs.h.
IOCTL_SHUTDOWN = 0x8004587D
# NOLOGFLUSH in both: what the journal holds only in memory is lost, as when the power goes.
SHUTDOWN_WITHOUT_LOG_FLUSH = 2

# mkfs.xfs refuses less than 300 MB. The image is sparse: only what is written takes space.
IMAGE_BYTES = 320 * 1024 * 1024

MAKE = {
    "ext4": ["mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=1,nodiscard"],
    "xfs": ["mkfs.xfs", "-q", "-f", "-K"],
}


def require_root():
    """Says what is missing where nothing can be mounted."""
    if os.geteuid() != 0:
        raise NotRun("needs root")


def available():
    """The file systems that can be made here."""
    names = [name for name, words in MAKE.items() if shutil.which(words[0])]
    if not names:
        raise NotRun("needs mkfs.ext4 (e2fsprogs) or mkfs.xfs (xfsprogs)")
    return names


class LoopImage:
    """A file system in a file, on a loop device, that can be cut off from its disk."""

    def __init__(self, kind, directory):
        self.kind = kind
        self.image = Path(directory) / f"{kind}.image"
        self.place = Path(directory) / f"{kind}.mounted"
        self.place.mkdir(parents=True, exist_ok=True)

    def make(self):
        """An empty file system."""
        with open(self.image, "wb") as image:
            image.truncate(IMAGE_BYTES)
        subprocess.run([*MAKE[self.kind], str(self.image)], check=True, stdout=subprocess.DEVNULL)

    @contextlib.contextmanager
    def mounted(self):
        """The place where it is mounted. Whoever has files open there must be gone by the end."""
        mount(["-o", "loop", "-t", self.kind, str(self.image), str(self.place)])
        try:
            yield self.place
        finally:
            unmount(self.place)

    def cut_power(self):
        """From now on nothing reaches the disk, and what was not synced never did."""
        descriptor = os.open(self.place, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, IOCTL_SHUTDOWN, struct.pack("I", SHUTDOWN_WITHOUT_LOG_FLUSH))
        finally:
            os.close(descriptor)


@contextlib.contextmanager
def tmpfs(place, size_bytes):
    """A file system in memory that holds that much and no more."""
    place = Path(place)
    place.mkdir(parents=True, exist_ok=True)
    mount(["-t", "tmpfs", "-o", f"size={size_bytes}", "tmpfs", str(place)])
    try:
        yield place
    finally:
        unmount(place)


def mount(words):
    tried = subprocess.run(["mount", *words], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        raise NotRun(f"needs root that may mount ({tried.stderr.strip()})")


def unmount(place):
    """By the system call: umount(8) looks at the mounted directory first, and after a cut that fails."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.umount2(os.fsencode(place), 0) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{os.strerror(error)}: cannot unmount {place}")
