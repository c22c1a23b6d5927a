#!/usr/bin/env python3
"""Nothing acknowledged is lost when the program is killed: at every write and sync of a run, and at any moment.

After each kill the ledger is opened for writing once more, must hold everything acknowledged at its position and
nothing that was not sent, must verify, and must go on recording.
"""

import concurrent.futures
import copy
import dataclasses
import itertools
import shutil
import threading

import setting as settings
from books import Books
from injection import SHAPES, SYNCS, WRITES, calls_in, most_by_one_thread, require_strace, strace, under
from ledger import Ledger
from outcome import AcknowledgedLost, PromiseBroken
from workload import Workload

KILLS = 200
# As many at once as a small machine has cores.
JOBS = 2
WATCHED = WRITES + SYNCS + SHAPES
# One by one, in twos, then together: commits of one line, and groups.
BURSTS = [1, 1, 1, 2, 1, 3, 5, 8, 1, 12]
FEW_ORGANISATIONS = 3
GO_ON_LINES = 6
# The larger run, and how many kills one data directory takes before it starts afresh.
LARGE_LINES, KILLS_PER_DIRECTORY = 2_000, 5


class Scene:
    """A data directory and its books, to be run, killed, compared, and run again."""

    def __init__(self, setting, name, workload=None):
        self.random = setting.random("kill", name)
        place = setting.directory("scenes") / name
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        self.ledger = Ledger(setting.program, place / "data")
        self.trace = place / "trace"
        self.books = Books()
        self.workload = workload or Workload(self.random, FEW_ORGANISATIONS)

    def copied_from(self, template):
        """The same with another scene's files and books, as they are now."""
        shutil.copytree(template.ledger.data, self.ledger.data)
        self.books = copy.deepcopy(template.books)
        self.workload = copy.deepcopy(template.workload)
        return self

    def gone(self):
        shutil.rmtree(self.ledger.data.parent)

    def record_in_bursts(self, bursts, wrapped_in=None):
        """Records bursts, each after the answers of the one before, until the end or until the program is dead."""
        lines = iter(self.workload.batch(sum(bursts), self.books.registered()))
        recording = self.ledger.recording(wrapped_in)
        due = 0
        for size in bursts:
            burst = list(itertools.islice(lines, size))
            self.books.send(burst)
            due += size
            if not recording.send(burst) or not recording.await_answers(due):
                break
        return recording

    def recorded_in_bursts(self, bursts, wrapped_in=None):
        """The same to the end, with every answer heard."""
        recording = self.record_in_bursts(bursts, wrapped_in)
        status = recording.end()
        self.books.hear(recording.answers)
        if len(recording.answers) != sum(bursts):
            raise PromiseBroken(
                f"{len(recording.answers)} of {sum(bursts)} lines answered, exit {status}: {recording.stderr()[:300]}"
            )
        return recording

    def check_and_go_on(self):
        """After the program is gone: recover, compare, verify, record more, compare again."""
        self.ledger.reopen()
        seen = self.books.compare(self.ledger)
        self.ledger.must("verify")
        self.recorded_in_bursts([GO_ON_LINES])
        self.books.compare(self.ledger)
        return seen


@dataclasses.dataclass(frozen=True)
class Stage:
    """A kind of run to kill: how it is made ready and run, and the calls it has when nobody kills it."""

    name: str
    ready: callable  # (scene name) -> Scene
    run: callable  # (scene, wrapped_in) -> exit status, answers heard
    points: dict  # name of a call -> how often the thread that makes it most makes it
    files: tuple  # the files it touches, relative to the data directory

    def paths(self, scene, pipe):
        """What the calls to kill at are on: those files, and the pipe of the answers."""
        return [scene.ledger.data / name if name else scene.ledger.data for name in self.files] + [pipe]


def run_bursts(scene, wrapped_in):
    recording = scene.record_in_bursts(BURSTS, wrapped_in)
    status = recording.end()
    scene.books.hear(recording.answers)
    return status


def run_reopening(scene, wrapped_in):
    return scene.ledger.recording(wrapped_in).end()


def stage(name, ready, run):
    """Watches one run to its end to learn where it can be killed."""
    scene, pipe = ready(f"clean-{name}"), []
    status = run(scene, lambda answers: pipe.append(answers) or strace(scene.trace, WATCHED))
    if status not in (0, 1):
        raise PromiseBroken(f"the run without a kill ({name}) exits {status}")
    calls = calls_in(scene.trace)
    own = under(scene.ledger.data, calls)
    if not own:
        raise PromiseBroken(f"the run without a kill ({name}) makes no calls on the data directory")
    answers = [call for call in calls if call.path == pipe[0]]
    data = str(scene.ledger.data)
    files = tuple(sorted({call.path[len(data) :].lstrip("/") for call in own}))
    scene.gone()
    return Stage(name, ready, run, most_by_one_thread(own + answers), files)


def killed_at(stage, scene, call, count):
    """Runs until that call and is killed before it is made. False where the run ended earlier."""
    inject = f"{call}:signal=SIGKILL:when={count}"
    status = stage.run(scene, lambda pipe: strace(scene.trace, WATCHED, inject, stage.paths(scene, pipe)))
    return status < 0 or status > 128


def tear_last_write(scene):
    """What a power cut may leave of a write that was never synced: its beginning, and zeros for the rest."""
    written = [call for call in under(scene.ledger.data, calls_in(scene.trace)) if call.name in WRITES and call.length]
    last = written[-1]
    kept = scene.random.randrange(last.length)
    with open(last.path, "r+b") as file:
        file.seek(last.offset + kept)
        file.write(b"\0" * (last.length - kept))


def torn_template(setting, fresh):
    """A directory killed at one of its last syncs, with the write before it torn. Nothing of it was acknowledged."""
    sync = next(name for name in SYNCS if name in fresh.points)
    for count in range(fresh.points[sync] - 1, 0, -1):
        scene = fresh.ready("torn-template")
        if killed_at(fresh, scene, sync, count):
            tear_last_write(scene)
            return scene
    raise PromiseBroken(f"no run could be killed at any of its {fresh.points[sync]} calls of {sync}")


def evenly(things, count):
    """That many of them, evenly over all; each again and again where there are fewer."""
    if count <= len(things):
        return [things[index * len(things) // count] for index in range(count)]
    return list(itertools.islice(itertools.cycle(things), count))


def in_parallel(work, things):
    """Does the work on all of them, a few at a time; the first failure ends it."""
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        waiting = [pool.submit(work, *thing) for thing in things]
        try:
            return [done.result() for done in waiting]
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def kills_at_calls(setting, count):
    """Kills at the calls of a new ledger's run, and of opening one whose last write is torn. Counts what was seen."""
    fresh = stage("new", lambda name: Scene(setting, name), run_bursts)
    template = torn_template(setting, fresh)
    torn = stage("torn", lambda name: Scene(setting, name).copied_from(template), run_reopening)
    points = [
        (stage, call, number)
        for stage in (fresh, torn)
        for call, most in sorted(stage.points.items())
        for number in range(1, most + 1)
    ]

    def kill(attempt, point):
        stage, call, number = point
        scene = stage.ready(f"killed-{attempt}")
        try:
            if not killed_at(stage, scene, call, number):
                # The threads took turns differently: this run had fewer of these calls. It must still be whole.
                scene.check_and_go_on()
                return None
            return scene.check_and_go_on()
        except PromiseBroken as broken:
            raise type(broken)(f"killed at {call} number {number} ({stage.name}): {broken}") from broken
        finally:
            scene.gone()

    seen = in_parallel(kill, enumerate(evenly(points, count)))
    return len(points), [pair for pair in seen if pair is not None]


def kills_at_moments(setting, count):
    """SIGKILL at random moments of a larger run, on directories that live through several. Counts what was seen."""
    whole = Scene(setting, "large-whole", Workload(setting.random("kill", "large-whole")))
    # How long a run takes here and now, in answers: a kill waits for a random number of them.
    whole.recorded_in_bursts([LARGE_LINES])
    whole.check_and_go_on()
    whole.gone()

    def kill_several(number, kills):
        scene = Scene(setting, f"large-{number}", Workload(setting.random("kill", "large", number)))
        seen = []
        for _ in range(kills):
            recording = scene.ledger.recording()
            batch = scene.workload.batch(LARGE_LINES, scene.books.registered())
            scene.books.send(batch)
            feeder = threading.Thread(target=recording.send, args=(batch,))
            feeder.start()
            recording.await_answers(scene.random.randrange(LARGE_LINES))
            recording.kill()
            feeder.join()
            scene.books.hear(recording.answers)
            seen.append(scene.check_and_go_on())
        scene.gone()
        return seen

    shares = [len(range(start, min(start + KILLS_PER_DIRECTORY, count))) for start in range(0, count, KILLS_PER_DIRECTORY)]
    return [pair for seen in in_parallel(kill_several, enumerate(shares)) for pair in seen]


def run(setting, kills=KILLS):
    """Half of the kills at calls, half at moments."""
    require_strace()
    at_calls = kills - kills // 2
    points, called = kills_at_calls(setting, at_calls)
    momentary = kills_at_moments(setting, kills // 2)
    seen = called + momentary
    if not seen or not any(acknowledged for acknowledged, _ in seen):
        raise PromiseBroken("no kill hit a run that had acknowledged anything: the test has seen nothing")
    return (
        f"{len(seen)} kills ({len(called)} at {points} calls, {len(momentary)} at random moments): "
        f"{sum(pair[0] for pair in seen):,} acknowledged, none lost; {sum(pair[1] for pair in seen):,} more survived"
    )


def control(setting):
    """The same checks must fail when an acknowledged event is not there.

    Taking the sync out would show nothing: what was written stays in the page cache when only the process dies. So
    the last write of a run is taken out instead: the kernel is never asked, and the program is told that all bytes
    were written. It then acknowledges an event that is nowhere.
    """
    require_strace()
    bursts = [1] * 10
    scene = Scene(setting, "control-clean")
    scene.recorded_in_bursts(bursts, lambda _: strace(scene.trace, WRITES + SYNCS))
    calls = under(scene.ledger.data, calls_in(scene.trace))
    last_sync = max(index for index, call in enumerate(calls) if call.name in ("fdatasync", "fsync"))
    last = [call for call in calls[:last_sync] if call.name in WRITES and call.path == calls[last_sync].path][-1]
    before = [call for call in calls[: calls.index(last) + 1] if call.name == last.name and call.path == last.path]

    # The same seed, so the same lines and lengths.
    sabotaged = Scene(setting, "control-sabotaged")
    sabotaged.workload = Workload(setting.random("kill", "control-clean"), FEW_ORGANISATIONS)
    path = sabotaged.ledger.data / last.path[len(str(scene.ledger.data)) + 1 :]
    inject = f"{last.name}:retval={last.length}:when={len(before)}"
    sabotaged.recorded_in_bursts(bursts, lambda _: strace(sabotaged.trace, WRITES, inject, [path]))
    if not any(call.injected for call in calls_in(sabotaged.trace)):
        raise PromiseBroken("the control took no write out, so it shows nothing")
    try:
        sabotaged.check_and_go_on()
    except AcknowledgedLost as lost:
        return f"with one write taken out the test fails, as it must: {lost}"
    raise PromiseBroken("a write was taken out after its acknowledgement, and the test did not notice")


if __name__ == "__main__":
    settings.run_alone(
        __doc__, [("kill_everywhere", run), ("kill_everywhere control", control)], count_word="kills", count=KILLS
    )
