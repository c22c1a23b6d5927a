"""The service's figures: the program under load, beside the bare handler where something limits it."""

import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import time
import urllib.error
import urllib.request

SECONDS = 4
LIVE_SECONDS = 30
# What holds a person back is not what is measured.
SETTINGS = {"NETGAIN_REQUESTS_A_SECOND": "1000000", "NETGAIN_STREAMS_OF_A_PERSON": "100000"}
POLL_SECONDS = 0.005


class Served:
    """A process that listens and says where on standard error."""

    def __init__(self, words):
        self.began = time.perf_counter()
        self.process = subprocess.Popen([str(word) for word in words], stderr=subprocess.PIPE, text=True,
                                        env={**os.environ, **SETTINGS, "NETGAIN_LOG_LEVEL": "warn"})
        for line in self.process.stderr:
            found = re.search(r"serving on http://(\S+)", line)
            if found:
                self.address = found[1]
                return
        raise SystemExit(f"{words[0]} does not serve")

    def ready(self):
        """The seconds from the start until it says that it is ready."""
        while True:
            try:
                with urllib.request.urlopen(f"http://{self.address}/readyz") as answer:
                    if answer.status == 200:
                        return time.perf_counter() - self.began
            except urllib.error.URLError:
                time.sleep(POLL_SECONDS)

    def end(self, by=signal.SIGTERM):
        self.process.send_signal(by)
        self.process.wait()


def figures(release, workload, commands, scratch, rounds):
    """Rows of the table. `workload` has twice as many behind the first `commands`."""
    data, rest = scratch / "served", scratch / "rest.jsonl"
    begin(release, workload, commands, data, rest)
    bare = Served([release / "examples" / "bare"])
    try:
        rows = measure(release, data, rest, bare, rounds)
    finally:
        bare.end(signal.SIGKILL)
    begin(release, workload, commands, data, rest)
    rows += streams(release, data, rest)
    begin(release, workload, commands, data, rest)
    return rows + killed(release, data, rest, scratch / "acknowledged.jsonl")


def begin(release, workload, commands, data, rest):
    """A new ledger of the first commands, and the people who send the others."""
    forget(data)
    program = [str(release / "netgain"), "--data", str(data), "record", "--actor", "operator"]
    people = subprocess.run([str(release / "load"), "people"], capture_output=True, check=True).stdout
    recording = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    recording.stdin.write(people)
    with workload.open("rb") as lines, rest.open("wb") as out:
        for number, line in enumerate(lines):
            (recording.stdin if number < commands else out).write(line)
    recording.stdin.close()
    if recording.wait():
        raise SystemExit("the ledger to serve could not be recorded")


def load(release, *words):
    said = subprocess.run([str(release / "load"), *map(str, words)], capture_output=True, text=True)
    if said.returncode:
        raise SystemExit(f"load {words[0]}: {said.stderr}")
    return json.loads(said.stdout)


def middle(summaries, name="a_second"):
    return statistics.median(summary[name] for summary in summaries)


def forget(data):
    for path in (data, f"{data}.keys", f"{data}.people"):
        shutil.rmtree(path, ignore_errors=True)


def serve(release, data):
    return Served([release / "netgain", "--data", data, "serve", "--listen", "127.0.0.1:0"])


def measure(release, data, rest, bare, rounds):
    service = serve(release, data)
    service.ready()
    totals = load(release, "totals", service.address, bare.address, rest, rounds, SECONDS)
    ours, beside = middle(totals["totals"]), middle(totals["bare"])
    rows = [(f"HTTP: totals, 64 connections, {totals['bytes']:,} bytes each, beside a bare handler",
             f"{ours:,.0f}/s of {beside:,.0f}/s", "≥ 0.5", f"{ours / beside:.2f}"),
            ("— 99 in 100 within", f"{middle(totals['totals'], 'p99_ms'):.1f} ms", "≤ 10 ms", "")]
    for name, what in (("after_start", "each organisation's first after a start"), ("not_computed", "each of a year nobody had asked for")):
        rows.append((f"— {what}", f"{totals[name]['a_second']:,.0f}/s, 99 in 100 within {totals[name]['p99_ms']:.0f} ms", "", ""))
    record = load(release, "record", service.address, service.process.pid, bare.address, bare.process.pid, rest, rounds, SECONDS)
    ours, beside = middle(record["singles"]), middle(record["bare"])
    rows.append(("HTTP: commands one a request, durable, 64 connections, beside a bare handler",
                 f"{ours:,.0f}/s of {beside:,.0f}/s", "≥ 0.5", f"{ours / beside:.2f}"))
    ours, beside = middle(record["singles"], "processor_us"), middle(record["bare"], "processor_us")
    rows.append(("— processor time of each, the load's own left out", f"{ours:.1f} µs beside {beside:.1f} µs", "", f"{beside / ours:.2f}"))
    arrays = middle(record["arrays"]) * record["array"]
    rows.append((f"— {record['array']} a request", f"{arrays:,.0f}/s", "≥ 100,000/s", f"{arrays / 100_000:.2f}"))
    service.end()
    return rows


def streams(release, data, rest):
    service = serve(release, data)
    service.ready()
    live = load(release, "live", service.address, service.process.pid, rest, LIVE_SECONDS)
    service.end()
    if live["missed"]:
        raise SystemExit(f"{live['missed']} changes were never seen")
    begin_mib, middle_mib, end_mib = live["resident_mib"]
    return [
        (f"HTTP: {live['streams']:,} live streams, half not read, {live['commands']:,} commands in {live['seconds']:.0f} s: "
         "from acknowledged to seen, 99 in 100 within", f"{live['seen']['p99_ms']:.1f} ms", "≤ 30 ms", ""),
        ("— resident memory at the start, half way, at the end", f"{begin_mib} / {middle_mib} / {end_mib} MiB", "flat", ""),
    ]


def killed(release, data, rest, acknowledged):
    service = serve(release, data)
    service.ready()
    sending = subprocess.Popen([str(release / "load"), "until-gone", service.address, str(rest), str(acknowledged)],
                               stdout=subprocess.PIPE, text=True)
    # It has read its commands and is connected.
    if not sending.stdout.readline():
        raise SystemExit("load until-gone sends nothing")
    time.sleep(SECONDS)
    service.end(signal.SIGKILL)
    sending.communicate()
    service = serve(release, data)
    with_views = service.ready()
    service.end(signal.SIGKILL)
    count, lost = lost_of(data, acknowledged)
    if lost or not count:
        raise SystemExit(f"of {count:,} acknowledged commands {lost:,} are not there")
    shutil.rmtree(data / "views")
    service = serve(release, data)
    without = service.ready()
    service.end()
    return [
        (f"HTTP: killed while recording, {count:,} commands acknowledged: all there, and ready again", f"{with_views:.2f} s", "≤ 1 s", ""),
        ("— without views", f"{without:.2f} s", "≤ 3 s", ""),
    ]


def lost_of(data, acknowledged):
    """How many were acknowledged, and how many of those are not in the log as they were sent."""
    notes = [json.loads(line) for line in acknowledged.open()]
    waiting = {(note["org"], note["position"]): note["command"] for note in notes}
    for segment in (data / "log").glob("*.seg"):
        for line in segment.read_bytes().split(b"\n"):
            event = event_of(line)
            key = event.get("org"), event.get("position")
            if key in waiting and waiting[key].get("claim", "").encode() in line:
                del waiting[key]
    return len(notes), len(waiting)


def event_of(line):
    """The event that ends a line of a segment; what stands in front of it are a record's own bytes."""
    at = line.find(b'{"')
    while at >= 0:
        try:
            return json.loads(line[at:])
        except ValueError:
            at = line.find(b'{"', at + 1)
    return {}
