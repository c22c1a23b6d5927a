"""Nothing acknowledged is lost when the power of all three servers goes at once.

Each server's store is on an ext4 of its own, which its shutdown call cuts off from its disk. Needs root.
"""

import contextlib
import subprocess
import time

import cluster
import history
from file_systems import LoopImage, require_root
from outcome import AcknowledgedLost, NotRun, PromiseBroken
from sites import COUNT
from writers import Writers

ROUNDS = 1
# How many cuts a cluster and its file systems live through before others take their place.
CUTS = 3
AROUND = 200
RESUME_S = 40
# After the answers waited for: enough to be anywhere in a write.
MOMENT_MAX_S = 0.05
SYNCS = "sync_interval: always"
# What lets the program ask the servers whether they sync.
ASKED = "$SYS.REQ.SERVER.PING.JSZ"


class Disks:
    """Three file systems, with a directory on each."""

    def __init__(self, setting, name):
        require_root()
        self.images = [LoopImage("ext4", setting.directory(f"{name}-{number}")) for number in range(COUNT)]
        for image in self.images:
            image.make()
        self.stores = [image.place / "store" for image in self.images]
        self.mounts = contextlib.ExitStack()

    def __enter__(self):
        self.mount()
        return self

    def __exit__(self, *_):
        self.mounts.close()
        for image in self.images:
            image.image.unlink()

    def mount(self):
        for image in self.images:
            self.mounts.enter_context(image.mounted())

    def sync(self):
        """Brings everything to the disks."""
        subprocess.run(["sync", "--file-system", *self.stores], check=True)

    def cut_power(self, servers):
        """At one moment all three stand still; what their disks have not got by then they never get."""
        servers.freeze()
        for image in self.images:
            image.cut_power()
        for number in list(servers.running):
            servers.kill(number)
        self.mounts.close()
        self.mount()


def run(setting, nats_server, rounds=ROUNDS):
    """Cuts in the middle of sixty-four writers. The nodes live on; at the end others read the servers' log afresh."""
    done = [once(setting, nats_server, number) for number in range(rounds)]
    acknowledged, events, more, silences = zip(*done)
    return (
        f"{CUTS * rounds} cuts of all three servers: {sum(acknowledged):,} acknowledged, none lost or doubled, "
        f"{sum(more)} more are there; the totals of {sum(events):,} events equal on all nodes; writes resumed "
        f"{max(silences):.1f} s after the power did"
    )


def once(setting, nats_server, number):
    """Some cuts in one cluster. Returns its figures, and the longest time until writes resumed."""
    name, random = f"power-{number}", setting.random("power", number)
    crowds, silences = [], []
    with contextlib.ExitStack() as stack:
        disks = stack.enter_context(Disks(setting, name))
        servers, nodes = stack.enter_context(cluster.running(setting, nats_server, name, stores=disks.stores))
        for cut in range(CUTS):
            crowds.append(Writers(nodes, setting.random(name, cut), name=f"p{cut}"))
            with crowds[-1] as crowd:
                crowd.await_answers(AROUND, RESUME_S)
                time.sleep(random.random() * MOMENT_MAX_S)
                disks.cut_power(servers)
                restored = time.monotonic()
                servers.start()
                crowd.await_answers(AROUND, RESUME_S, since=restored)
                silences.append(crowd.silence(restored, time.monotonic()))
            history.compare(nodes, setting, crowds)
        # Others, who know nothing but the servers' log, show the same.
        nodes.start_afresh()
        events, more = history.compare(nodes, setting, crowds)
    return sum(len(crowd.acknowledged) for crowd in crowds), events, more, max(silences)


def by_default(name, text):
    """The shipped configuration with the servers' own default, a sync every two minutes; and they cannot be asked."""
    if name == "nats-server.conf":
        if SYNCS not in text:
            raise NotRun(f"{name} no longer says `{SYNCS}`")
        return text.replace(SYNCS, "")
    return "\n".join(line for line in text.splitlines() if ASKED not in line or "allow: [" in line)


def control(setting, nats_server):
    """With the servers' default the test must fail."""
    with contextlib.ExitStack() as stack:
        disks = stack.enter_context(Disks(setting, "power-control"))
        servers, nodes = stack.enter_context(
            cluster.running(
                setting, nats_server, "power-control", stores=disks.stores, change=by_default,
                more_words=["--log-syncing", "stated"],
            )
        )  # fmt: skip
        with Writers(nodes, setting.random("power", "control")) as crowd:
            crowd.await_answers(AROUND, RESUME_S)
            # As the servers do every two minutes; what is lost is what came since.
            disks.sync()
            crowd.await_answers(AROUND, RESUME_S)
            disks.cut_power(servers)
            crowd.stop()
        for number in list(nodes.running):
            nodes.kill(number)
        servers.start()
        try:
            histories = history.by_organisation(nodes.must("export"))
            history.check_acknowledged(histories, crowd.acknowledged)
        except PromiseBroken as broken:
            # All of it is lost, the stream and all.
            if not isinstance(broken, AcknowledgedLost) and "there is no stream" not in str(broken):
                raise
            return f"with the default sync_interval the test fails, as it must: {broken}"
    raise PromiseBroken(f"{len(crowd.acknowledged)} events survived without any sync: the test cannot fail")
