#!/usr/bin/env python3
"""Nothing acknowledged is lost when the program is killed: at every write and sync of a run, and at any moment.

After each kill the ledger is opened for writing once more, must hold everything acknowledged at its position and
nothing that was not sent, must verify, and must go on recording.
"""

import concurrent.futures
import dataclasses
import itertools
import threading
import time
import typing

import setting as settings
from injection import SHAPES, SYNCS, WRITES, calls_in, most_by_one_thread, require_strace, strace, under
from ledger import Recording
from outcome import AcknowledgedLost, PromiseBroken
from scene import Scene
from segment_files import segments
from torn_write import tear, unsynced_write
from workload import Workload

KILLS = 200
# As many at once as a small machine has cores.
JOBS = 2
WATCHED = WRITES + SYNCS + SHAPES
# One by one, in twos, then together: commits of one line, and groups.
BURSTS = [1, 1, 1, 2, 1, 3, 5, 8, 1, 12]
TORN_TEMPLATES = 4
# The larger run, and how many kills one data directory takes before it starts afresh.
LARGE_LINES, KILLS_PER_DIRECTORY = 2_000, 5
# After the last answer waited for: enough to be anywhere in the next write and sync.
MOMENT_MAX_S = 0.002


@dataclasses.dataclass(frozen=True)
class Stage:
    """A kind of run to kill: how it is made ready and run, and the calls it has when nobody kills it."""

    name: str
    ready: typing.Callable  # (scene name) -> Scene
    run: typing.Callable  # (scene, wrapped_in) -> exit status
    points: dict  # name of a call -> how often the thread that makes it most makes it
    files: tuple  # the files it touches, relative to the scene's place

    def paths(self, scene, pipe):
        """What the calls to kill at are on: those files, and the pipe of the answers."""
        return [scene.place / name if name else scene.place for name in self.files] + [pipe]


def run_bursts(scene, wrapped_in):
    return scene.record_in_bursts(BURSTS, wrapped_in).status


def run_reopening(scene, wrapped_in):
    return scene.ledger.recording(wrapped_in).end()


def stage(name, ready, run):
    """Watches one run to its end to learn where it can be killed."""
    scene, pipe = ready(f"clean-{name}"), []
    status = run(scene, lambda answers: pipe.append(answers) or strace(scene.trace, WATCHED))
    if status not in (0, 1):
        raise PromiseBroken(f"the run without a kill ({name}) exits {status}")
    calls = calls_in(scene.trace)
    own = under(scene.place, calls)
    if not own:
        raise PromiseBroken(f"the run without a kill ({name}) makes no calls on the ledger's files")
    answers = [call for call in calls if call.path == pipe[0]]
    files = tuple(sorted({scene.relative(call.path) for call in own}))
    scene.gone()
    return Stage(name, ready, run, most_by_one_thread(own + answers), files)


def killed_at(stage, scene, call, count):
    """Runs until that call and is killed before it is made. False where the run ended earlier."""
    inject = f"{call}:signal=SIGKILL:when={count}"
    status = stage.run(scene, lambda pipe: strace(scene.trace, WATCHED, inject, stage.paths(scene, pipe)))
    return status < 0 or status > 128


def torn_templates(reopened):
    """Ledgers killed between a write and its sync, at some of their run's syncs; with the write that can be torn."""
    sync = next(name for name in SYNCS if name in reopened.points)
    most, templates = reopened.points[sync], []
    for number in range(TORN_TEMPLATES):
        for count in range(1 + number * most // TORN_TEMPLATES, most + 1):
            scene = reopened.ready(f"torn-template-{number}-{count}")
            write = unsynced_write(scene) if killed_at(reopened, scene, sync, count) else None
            if write:
                templates.append((scene, write))
                break
            scene.gone()
    if not templates:
        raise PromiseBroken(f"no run could be killed between a write and its {sync}")
    return templates


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


def stages(setting):
    """The runs to kill: of a new ledger, of one that was closed, and the reopening of one with a torn write."""

    def new(name):
        return Scene(setting, name)

    closed = new("closed")
    closed.record_all(BURSTS)
    closed.books.compare(closed.ledger)

    def copied(name):
        return new(name).copied_from(closed)

    reopened = stage("reopened", copied, run_bursts)
    templates = itertools.cycle(torn_templates(reopened))
    turn = threading.Lock()

    def torn(name):
        with turn:
            template, write = next(templates)
        scene = new(name).copied_from(template)
        tear(scene, write, closed.place)
        return scene

    return [stage("new", new, run_bursts), reopened, stage("torn", torn, run_reopening)]


def kills_at_calls(setting, count):
    """Kills at the calls of all stages. Returns how many calls there are, and what was seen after each kill."""
    points = [
        (stage, call, number)
        for stage in stages(setting)
        for call, most in sorted(stage.points.items())
        for number in range(1, most + 1)
    ]

    def kill(attempt, point):
        stage, call, number = point
        scene = stage.ready(f"killed-{attempt}")
        try:
            # Where the threads took turns differently, the run had fewer of these calls. It must still be whole.
            killed = killed_at(stage, scene, call, number)
            seen = scene.check_and_go_on()
            return seen if killed else None
        except PromiseBroken as broken:
            raise type(broken)(f"killed at {call} number {number} ({stage.name}): {broken}") from broken
        finally:
            scene.gone()

    chance, seen, attempts = setting.random("kills"), [], 0
    due = evenly(points, count)
    while due:
        tried = in_parallel(kill, enumerate(due, attempts))
        attempts += len(due)
        seen += [pair for pair in tried if pair is not None]
        if attempts > 3 * count:
            raise PromiseBroken(f"only {len(seen)} of {attempts} runs were killed: the test has seen too little")
        due = chance.choices(points, k=count - len(seen))
    return len(points), seen


def kills_at_moments(setting, count):
    """SIGKILL at random moments of a larger run, on directories that live through several. Returns what was seen."""

    def kill_several(number, kills):
        scene = Scene(setting, f"large-{number}", Workload(setting.random("large", number)))
        seen = []
        for _ in range(kills):
            batch = scene.workload.batch(LARGE_LINES, scene.books.registered())
            scene.books.send(batch)
            with scene.ledger.recording() as recording:
                feeder = threading.Thread(target=recording.send, args=(batch,))
                feeder.start()
                if not recording.await_answers(scene.random.randrange(LARGE_LINES)):
                    raise PromiseBroken(f"`record` ends before it is killed: {recording.stderr()[:300]}")
                time.sleep(scene.random.random() * MOMENT_MAX_S)
                recording.kill()
                feeder.join()
            scene.books.hear(recording.answers)
            seen.append(scene.check_and_go_on())
        scene.gone()
        return seen

    shares = [min(KILLS_PER_DIRECTORY, count - start) for start in range(0, count, KILLS_PER_DIRECTORY)]
    return [pair for seen in in_parallel(kill_several, enumerate(shares)) for pair in seen]


def run(setting, kills=KILLS):
    """Half of the kills at calls, half at moments."""
    require_strace()
    points, called = kills_at_calls(setting, kills - kills // 2)
    momentary = kills_at_moments(setting, kills // 2)
    seen = called + momentary
    if not any(acknowledged for acknowledged, _ in seen):
        raise PromiseBroken("no kill hit a run that had acknowledged anything: the test has seen nothing")
    return (
        f"{len(seen)} kills ({len(called)} at {points} calls, {len(momentary)} at random moments): "
        f"{sum(pair[0] for pair in seen):,} acknowledged, none lost; {sum(pair[1] for pair in seen):,} more survived"
    )


def last_acknowledged_write(calls):
    """The last write that a sync followed, on the file that was synced."""
    sync = max(index for index, call in enumerate(calls) if call.name in SYNCS)
    return [call for call in calls[:sync] if call.name in WRITES and call.path == calls[sync].path][-1]


def control(setting):
    """The same checks must fail when an acknowledged event is not there.

    Taking the sync out would show nothing: what was written stays in the page cache when only the process dies. So
    the last write of a run is taken out instead: the kernel is never asked, and the program is told that all bytes
    were written. It then acknowledges an event that is nowhere.
    """
    require_strace()
    bursts = [1] * 10
    watched = Scene(setting, "control-watched", Workload(setting.random("control"), 1))
    watched.record_all(bursts, lambda _: strace(watched.trace, WRITES + SYNCS), Recording.kill)
    log = [str(path) for path in segments(watched.ledger.data)]
    calls = [call for call in calls_in(watched.trace) if call.path in log]
    last = last_acknowledged_write(calls)
    alike = [call for call in calls if (call.name, call.path, call.thread) == (last.name, last.path, last.thread)]

    # The same lines, so the same lengths.
    sabotaged = Scene(setting, "control-sabotaged", Workload(setting.random("control"), 1))
    path = sabotaged.place / watched.relative(last.path)
    inject = f"{last.name}:retval={last.length}:when={alike.index(last) + 1}"
    sabotaged.record_all(bursts, lambda _: strace(sabotaged.trace, WRITES, inject, [path]), Recording.kill)
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
