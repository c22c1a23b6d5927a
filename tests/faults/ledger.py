"""The program under test, by its promised command line only."""

import fcntl
import itertools
import os
import select
import signal
import struct
import subprocess
import tempfile
import termios
import threading

from outcome import PromiseBroken

# Far above what any call on these small ledgers takes, even on a busy machine: past it the program hangs.
TIMEOUT_S = 30

READ_BYTES = 64 * 1024

EXIT_DONE, EXIT_REFUSED, EXIT_UNUSABLE = 0, 1, 3


class Ledger:
    """A data directory, and the program to use it with."""

    def __init__(self, program, data):
        self.program = program
        self.data = data

    def words(self, *words):
        return [str(self.program), "--data", str(self.data), *words]

    def call(self, *words, stdin=b"", timeout=TIMEOUT_S):
        """Calls the program and waits for it. Death by a signal or a hang breaks a promise whatever was asked."""
        try:
            done = subprocess.run(self.words(*words), input=stdin, capture_output=True, timeout=timeout, check=False)
        except subprocess.TimeoutExpired as hang:
            raise PromiseBroken(f"`{' '.join(words)}` hangs: no answer in {timeout} s") from hang
        if done.returncode < 0:
            raise PromiseBroken(f"`{' '.join(words)}` died of {signal.Signals(-done.returncode).name}")
        return done

    def must(self, *words, stdin=b""):
        """Calls the program, which must succeed. Returns what it printed."""
        done = self.call(*words, stdin=stdin)
        if done.returncode != EXIT_DONE:
            said = (done.stderr or done.stdout).decode(errors="replace").strip()
            raise PromiseBroken(f"`{' '.join(words)}` exits {done.returncode}: {said[:500]}")
        return done.stdout

    def trail(self, org):
        """The stored lines of an organisation, in order, without their line feeds; none where it is unknown."""
        done = self.call("trail", "--org", org, "--json")
        if done.returncode == EXIT_REFUSED and not done.stdout:
            return []
        if done.returncode != EXIT_DONE:
            said = done.stderr.decode(errors="replace").strip()
            raise PromiseBroken(f"`trail` exits {done.returncode}: {said[:500]}")
        lines = done.stdout.split(b"\n")
        if lines.pop() != b"":
            raise PromiseBroken("the last line of `trail --json` is not whole")
        return lines

    def reopen(self):
        """Opens the ledger for writing and closes it again: the one thing that recovers it."""
        self.must("record")

    def recording(self, wrapped_in=None):
        """A run of `record` that is still going on."""
        return Recording(self.words("record"), wrapped_in)


class Recording:
    """A running `netgain record`: lines go in, answers are gathered as they come.

    `wrapped_in` is given the name of the pipe that the answers come through, and returns the words of a program that
    runs ours.
    """

    def __init__(self, words, wrapped_in=None):
        read_end, write_end = os.pipe()
        self.pipe_name = os.readlink(f"/proc/self/fd/{write_end}")
        if wrapped_in:
            words = [*wrapped_in(self.pipe_name), *words]
        self.stderr_file = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=write_end, stderr=self.stderr_file, start_new_session=True
        )
        os.close(write_end)
        self.answers = []
        self.status = None
        self._changed = threading.Condition()
        self._ended = False
        self._taken = 0
        self._read_end = read_end
        self._reader = threading.Thread(target=self._gather, args=(read_end,), daemon=True)
        self._reader.start()

    def _gather(self, read_end):
        readable = select.poll()
        readable.register(read_end, select.POLLIN)
        partial = b""
        while not self._ended:
            readable.poll()
            with self._changed:
                # What is in the pipe and what was taken from it never change apart from each other.
                chunk = os.read(read_end, READ_BYTES)
                self._taken += len(chunk)
                # A line without its end is not an answer yet.
                *lines, partial = (partial + chunk).split(b"\n")
                self.answers += [line + b"\n" for line in lines]
                self._ended = not chunk
                self._changed.notify_all()
        with self._changed:
            os.close(read_end)
            self._read_end = None

    def answered_bytes(self):
        """How many bytes of answers the program has written by now, taken or still in the pipe."""
        with self._changed:
            if self._read_end is None:
                return self._taken
            waiting = bytearray(struct.calcsize("i"))
            fcntl.ioctl(self._read_end, termios.FIONREAD, waiting)
            return self._taken + struct.unpack("i", waiting)[0]

    def answers_within(self, count):
        """The whole answers in the first bytes of that count."""
        ends = itertools.accumulate(len(line) for line in self.answers)
        return [line for line, end in zip(self.answers, ends) if end <= count]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Nothing is left running, whatever went wrong."""
        if self.status is None:
            self.kill()

    def send(self, lines):
        """Sends the lines at once. False when nobody reads them any more."""
        try:
            self.process.stdin.write(b"".join(sent.line for sent in lines))
            self.process.stdin.flush()
        except (BrokenPipeError, ValueError):
            return False
        return True

    def await_answers(self, count, timeout=TIMEOUT_S):
        """Waits for that many answers in all. False when the program ended before."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.answers) >= count or self._ended, timeout):
                raise PromiseBroken(
                    f"`record` neither answers nor ends: {len(self.answers)} of {count} answers after {timeout} s"
                )
            return len(self.answers) >= count

    def kill(self):
        """SIGKILL; the answers that were on their way are gathered. Returns the exit status."""
        # What it runs in, if anything, sees it die and ends by itself.
        inner = children(self.process.pid)
        for process in inner or [self.process.pid]:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                pass
        return self.end()

    def end(self, timeout=TIMEOUT_S):
        """Closes its input, waits for it to end by itself, and returns its exit status."""
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        try:
            status = self.process.wait(timeout)
        except subprocess.TimeoutExpired as hang:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            raise PromiseBroken(f"`record` does not end: waited {timeout} s") from hang
        self._reader.join(timeout)
        self.status = status
        return status

    def stderr(self):
        """What it said on its standard error."""
        self.stderr_file.seek(0)
        return self.stderr_file.read().decode(errors="replace").strip()


def children(process):
    """The processes that a process of ours has started."""
    try:
        with open(f"/proc/{process}/task/{process}/children", encoding="ascii") as listed:
            return [int(number) for number in listed.read().split()]
    except FileNotFoundError:
        return []
