"""A data directory with its books, to be recorded into, cut short, compared, and recorded into again."""

import copy
import itertools
import shutil

from books import Books
from ledger import Ledger, Recording
from outcome import PromiseBroken
from workload import Workload

ORGANISATIONS = 3
GO_ON_LINES = 6


class Scene:
    """One such directory. Its lines follow from the setting's seed and its name, or from a workload that is given."""

    def __init__(self, setting, name, workload=None):
        self.random = setting.random("scene", name)
        self.place = setting.directory("scenes") / name
        self.place.mkdir()
        # The keys and their memory stand beside it.
        self.ledger = Ledger(setting.program, self.place / "data")
        self.trace = self.place / "trace"
        self.books = Books()
        self.workload = workload or Workload(self.random, ORGANISATIONS)

    def copied_from(self, template):
        """The same with another scene's files and books, as they are now."""
        for directory in (directory for directory in template.place.iterdir() if directory.is_dir()):
            shutil.copytree(directory, self.place / directory.name)
        self.books = copy.deepcopy(template.books)
        self.workload = copy.deepcopy(template.workload)
        return self

    def gone(self):
        """Removes all files."""
        shutil.rmtree(self.place)

    def relative(self, path):
        """A path of this scene's files, for use in another scene; empty for the place itself."""
        return str(path)[len(str(self.place)) :].lstrip("/")

    def record_in_bursts(self, bursts, wrapped_in=None, finish=Recording.end):
        """Records bursts, each after the answers of the one before, until the end or until the program is gone."""
        lines = iter(self.workload.batch(sum(bursts), self.books.registered()))
        due = 0
        with self.ledger.recording(wrapped_in) as recording:
            for size in bursts:
                burst = list(itertools.islice(lines, size))
                self.books.send(burst)
                due += size
                if not recording.send(burst) or not recording.await_answers(due):
                    break
            finish(recording)
        self.books.hear(recording.answers)
        return recording

    def record_all(self, bursts, wrapped_in=None, finish=Recording.end):
        """The same, and every line must be answered."""
        recording = self.record_in_bursts(bursts, wrapped_in, finish)
        if len(recording.answers) != sum(bursts):
            raise PromiseBroken(
                f"{len(recording.answers)} of {sum(bursts)} lines answered, exit {recording.status}: "
                f"{recording.stderr()[:300]}"
            )
        return recording

    def check_and_go_on(self):
        """After the program is gone: recover, compare, verify, record more, compare again.

        Returns how many events the run had acknowledged, and how many more are there that it had not.
        """
        self.ledger.reopen()
        seen = self.books.compare(self.ledger)
        self.ledger.must("verify")
        self.record_all([GO_ON_LINES])
        self.books.compare(self.ledger)
        return seen
