#!/usr/bin/env python3
"""A sync that fails is fatal: nothing of its group is acknowledged or tried again, and what was acknowledged stays.

Every sync of a run fails once, with EIO, in a run of its own. A disk that reports a failed sync may have dropped the
pages and report success the next time (Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC
2020).
"""

import collections

import setting as settings
from injection import SYNCS, WRITES, calls_in, require_strace, strace, under
from ledger import EXIT_UNUSABLE
from outcome import PromiseBroken
from scene import ORGANISATIONS, Scene
from workload import Workload

# One line at a time, so that each sync is one line's; then groups.
BURSTS = [1, 1, 1, 1, 4, 1, 9, 2]
FAILURES = 24
# The failing sync takes this long, so that the answers of the groups before it are out by then.
DELAY_US = 150_000
# Views may be thrown away (docs/ARCHITECTURE.md): a failure there is no failure of the log.
DISPOSABLE = "views"


def scene_of(setting, name):
    """A new ledger that records the same lines as every other, so that a sync's number means the same."""
    return Scene(setting, name, Workload(setting.random("sync"), ORGANISATIONS))


def of_the_log(scene, calls):
    """The calls on the log's own files: all but the views'."""
    return [call for call in under(scene.place, calls) if DISPOSABLE not in scene.relative(call.path).split("/")]


def syncs_of_a_run(setting):
    """Every sync of the log in an undisturbed run, as its name and its thread's count of that name; and the files."""
    scene = scene_of(setting, "clean")
    scene.record_all(BURSTS, lambda _: strace(scene.trace, SYNCS + WRITES))
    calls = of_the_log(scene, calls_in(scene.trace))
    counts, points = collections.Counter(), []
    for call in calls:
        if call.name in SYNCS:
            counts[call.thread, call.name] += 1
            points.append((call.name, counts[call.thread, call.name]))
    if not points:
        raise PromiseBroken("a run makes no sync at all")
    files = sorted({scene.relative(call.path) for call in calls})
    return list(dict.fromkeys(points)), files


def traced(scene, files, inject):
    """The wrapper that tampers with the syncs of those files, and shows what follows."""
    paths = [scene.place / name if name else scene.place for name in files]
    return lambda pipe: strace(scene.trace, SYNCS + WRITES, inject, [*paths, pipe])


def fail_once(setting, attempt, name, number, files):
    """One run whose sync of that name and number fails. Returns how many lines it answered; None if not reached."""
    scene = scene_of(setting, f"failed-{attempt}")
    inject = f"{name}:error=EIO:delay_enter={DELAY_US}:when={number}"
    recording = scene.record_in_bursts(BURSTS, traced(scene, files, inject))
    calls = calls_in(scene.trace)
    failed = next((call for call in calls if call.injected), None)
    if failed is None:
        return None
    after = [call for call in calls if call.began > failed.ended]
    if any(call.path == recording.pipe_name for call in after):
        raise PromiseBroken("a line was answered after the sync had failed")
    retried = next((call for call in after if call.name in SYNCS and call.path == failed.path), None)
    if retried:
        raise PromiseBroken(f"{retried.name} was called again on {failed.path} after it had failed")
    said = recording.stderr()
    if recording.status != EXIT_UNUSABLE or not said:
        raise PromiseBroken(f"`record` exits {recording.status}, saying {said[:300]!r}; 3 and a message were due")
    scene.check_and_go_on()
    return len(recording.answers)


def run(setting, failures=FAILURES):
    """Every sync of a run, or that many of them, evenly over all."""
    require_strace()
    points, files = syncs_of_a_run(setting)
    if failures < len(points):
        points = [points[index * len(points) // failures] for index in range(failures)]
    answered = []
    for attempt, (name, number) in enumerate(points):
        try:
            answered.append(fail_once(setting, attempt, name, number, files))
        except PromiseBroken as broken:
            raise type(broken)(f"{name} number {number} fails: {broken}") from broken
    reached = [count for count in answered if count is not None]
    if not any(reached):
        raise PromiseBroken("no failure hit a run that had answered anything: the test has seen nothing")
    return f"{len(reached)} syncs failed, each in its own run: nothing acknowledged after, nothing before lost"


def control(setting):
    """With every sync answered with success and none made, all lines must be acknowledged: the refusal that the test
    waits for is then seen to come from the failed sync and from nothing else."""
    require_strace()
    _, files = syncs_of_a_run(setting)
    scene = scene_of(setting, "control")
    recording = scene.record_all(BURSTS, traced(scene, files, f"{','.join(SYNCS)}:retval=0"))
    if not any(call.injected for call in calls_in(scene.trace)):
        raise PromiseBroken("the control took no sync out, so it shows nothing")
    if recording.status == EXIT_UNUSABLE:
        raise PromiseBroken(f"`record` exits {recording.status} though no sync failed: {recording.stderr()[:300]}")
    return f"without the sync all {sum(BURSTS)} lines are acknowledged, so the test would fail, as it must"


if __name__ == "__main__":
    settings.run_alone(__doc__, [("sync_error", run), ("sync_error control", control)], "failures", FAILURES)
