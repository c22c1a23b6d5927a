#!/usr/bin/env python3
"""Tampered statement bundles, each of which both verifiers must refuse: `verify.py` and `netgain verify-bundle`.

    tests/proof/tampering.py --program PATH [--workload PATH] [--count 500] [--seed N]

The bundle is the program's own. It is changed as somebody without the ledger's key could (bits, events, figures, proofs,
checkpoints, the archive, some or all of what follows made to fit again, a key of the forger's own), and as the ledger
itself could, with its key, if it lied. Then one check at a time is switched off in `verify.py`, and some tampering must
get through: so that each check is one that these tamperings need. Needs Python 3.9 and `cryptography`; --workload is the
program `workload` of `netgain-tests`, by default beside PATH.
"""

import argparse
import collections
import contextlib
import hashlib
import io
import json
import random
import sys
import tempfile
import time
import types
from pathlib import Path

from ledger import VERIFIER, run

import verify

if verify.Ed25519PublicKey is None:
    print("not run: Python has no module `cryptography` (pip install cryptography)")
    sys.exit(0)

from genuine import Genuine
from lies import Tampered, lies
from make_bundle import Key, archive, one_line, sums
from without_the_key import WITHOUT_THE_KEY, Dice, garbled

STEPS = [step.__name__ for step in verify.STEPS]

# A check of `verify.py`, and the same switched off. Without it some tampering must be accepted.
SWITCHED_OFF = [
    ("need(block == header(path, size), ", "need(True, "),
    ("need(block + b.stream.read(513) == bytes(1024), ", "need(True, "),
    ("need(size <= ENTRIES[name], ", "need(True, "),
    (" and padding == bytes(-size % 512)", ""),
    ("need(list(b.files) in (list(ENTRIES), without), ", "need(True, "),
    ('need(b.files["SHA256SUMS"] == "".join(sums).encode(), ', "need(True, "),
    ("need(base64.b64encode(raw) == text.encode() and ", "need("),
    ("need(signature[0] < 128, ", "need(True, "),
    ('need(not re.search(r"[\\x00-\\x09\\x0b-\\x1f]", text + below), ', "need(True, "),
    ("need(len(signatures) <= SIGNATURES_MAX, ", "need(True, "),
    ("Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text)", "pass"),
    ("need(any(key.kind == LEDGER_KEY for key in signers), ", "need(True, "),
    ("need(len(lines) == 3 and lines[0] == origin, ", "need(True, "),
    ("need(len(dict(pairs)) == len(pairs), ", "need(True, "),
    ("need(form and len(line) <= EVENT_LINE_MAX, ", "need(form, "),
    ('text.endswith("}") and PATTERNS[kind].fullmatch(text[:-1] + ",")', "True"),
    ('need(ours and latest <= event["recorded_at"], ', "need(ours, "),
    ('need(ours and latest <= event["recorded_at"], ', "need(True, "),
    ("need(root_of(b.leaves, b.paths) == b.tree.root, ", "need(root_of(b.leaves, b.paths), "),
    ("tree.size, [*map(exact_base64, path)]) == tree.root", "tree.size, [*map(exact_base64, path)])"),
    ("need(all(key in tree.signers for key in b.keys.values() if key.kind == WITNESS_KEY), ", "need(True, "),
    ("and path == b.paths[int(index)]", ""),
    ("before < whole(index) < b.tree.size", "whole(index) < b.tree.size"),
    ("need(not earlier, ", "need(True, "),
    ("need([first.size] == earlier[-1:], ", "need(True, "),
    (" and path == consistency_path(first.size, b.leaves)", ""),
    ("first.root == root_of(b.leaves[:first.size]) and ", ""),
    ('need(b.files["statement.json"] == b.lines[-1] + b"\\n", ', "need(True, "),
    ('need(said["known_at"] == b.tree.size - 1, ', "need(True, "),
    ('need(said["number"] == [0, *numbers][-1] + 1, ', "need(True, "),
    ("need(name == b.directory, ", "need(True, "),
    ('need(b.files["ruleset.json"] == RULES and ', "need("),
    ('need(sha256(raw).hex() == b.said["totals_sha256"], ', "need(True, "),
    ("need(found[name] == b.said[name], ", "need(True, "),
    ('need(raw == json.dumps(found, separators=(",", ":")).encode(), ', "need(True, "),
]


class Desk:
    """Where a bundle is laid for both verifiers."""

    def __init__(self, program):
        self.home = tempfile.TemporaryDirectory(prefix="netgain-proof-")
        self.bundle, self.keys, self.program = (
            Path(self.home.name) / "bundle.tar",
            Path(self.home.name) / "keys",
            program,
        )

    def lay(self, tampered):
        self.bundle.write_bytes(tampered.raw)
        self.keys.write_bytes(tampered.keys)

    def by_python(self, verifier):
        """The exit status and the step that failed, of a verifier as a module."""
        said = io.StringIO()
        try:
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                status = verifier.main([str(self.bundle), "--key", str(self.keys)])
        except SystemExit as stopped:
            status = stopped.code
        return status, failed_step(said.getvalue()), said.getvalue()

    def by_program(self):
        status, said, told = run(self.program, "verify-bundle", self.bundle, "--key", self.keys)
        return status, failed_step(said.decode()), said.decode() + told


def failed_step(said):
    return next((line.split()[0] for line in said.splitlines() if line.split()[1:2] == ["FAILED"]), None)


def both_refuse(desk, tampered):
    """Which step of each verifier failed. Ends the test if either accepts, or does not say why in a sentence."""
    desk.lay(tampered)
    steps = []
    for who, (status, step, said) in (("verify.py", desk.by_python(verify)), ("netgain", desk.by_program())):
        clear = step and "unreadable" not in said and "panicked" not in said
        if status != 1 or not clear or (tampered.step and step != tampered.step):
            kept = Path(tempfile.mkdtemp(prefix="netgain-tampered-"))
            (kept / "bundle.tar").write_bytes(tampered.raw)
            (kept / "keys").write_bytes(tampered.keys)
            sys.exit(
                f"'{tampered.name}' should fail at {tampered.step or 'some step'}; {who} ends with {status} (kept in {kept}):\n{said}"
            )
        steps.append(step)
    return steps


def must_be(desk, what, raw, keys, wanted):
    """That verify.py and the program end with those statuses, as controls."""
    desk.lay(Tampered(what, raw, keys, None))
    found = [desk.by_python(verify), desk.by_program()]
    if [status for status, _, _ in found] != wanted:
        sys.exit(
            f"{what}: {[status for status, _, _ in found]}, not {wanted}\n" + "\n".join(said for _, _, said in found)
        )


def controls(desk, genuine):
    """What must be accepted, so that a refusal means something; and what only one of the two can know."""
    own = genuine.sealed_with_own_key(genuine.lines)
    must_be(desk, "the program's own bundle", genuine.raw, genuine.keys, [0, 0])
    must_be(desk, "the same history sealed by this test", archive(genuine.directory, own), genuine.own_keys, [0, 0])
    two = genuine.forger.vkey().encode() + b"\n" + genuine.keys
    must_be(desk, "a key file of two keys, around a rotation", genuine.raw, two, [0, 0])
    must_be(desk, "a bundle under another ledger's key", genuine.raw, genuine.own_keys, [1, 1])
    for keys in (
        b"",
        b"# nothing\n",
        genuine.keys * 2,
        genuine.keys.replace(b"+", b"-"),
        b"\xff\n",
        genuine.keys[:-9] + b"AAAAAAA=\n",
        genuine.witness.vkey().encode(),
        genuine.keys + Key("netgain/" + "0" * 32, bytes(32)).vkey().encode(),
        b"\n" * 70_000,
    ):
        must_be(desk, f"the key file {keys[:60]!r}", genuine.raw, keys, [1, 1])
    for name in ("README.txt", "verify.py"):
        files = {**genuine.files, name: genuine.files[name] + b"\n"}
        files["SHA256SUMS"] = sums(files)
        must_be(desk, f"another {name}", archive(genuine.directory, files), genuine.keys, [0, 1])
    for words, wanted in (
        ([], 2),
        (["x"], 2),
        (["x", "--key"], 2),
        (["/nonexistent", "--key", str(desk.keys)], 1),
        ([str(desk.keys.parent), "--key", str(desk.keys)], 1),
    ):
        status = run(sys.executable, VERIFIER, *words)[0]
        if status != wanted:
            sys.exit(f"verify.py {words} ends with {status}, not {wanted}")


def without_cryptography(desk, genuine):
    """Without the package that signatures need: a sentence, and status 2."""
    desk.lay(Tampered("", genuine.raw, genuine.keys, None))
    Path(desk.home.name, "cryptography.py").write_text("raise ImportError\n")
    source = f"import sys; sys.path.insert(0, {desk.home.name!r}); sys.argv[0] = 'verify.py'; import runpy; runpy.run_path({str(VERIFIER)!r}, run_name='__main__')"
    status, said, told = run(sys.executable, "-c", source, desk.bundle, "--key", desk.keys)
    if status != 2 or "pip install cryptography" not in told or "Traceback" in told or said:
        sys.exit(f"without cryptography verify.py ends with {status}: {said.decode()}{told}")


def garbled_and_sealed(desk, genuine, dice, count):
    """Events and totals garbled, and sealed with the ledger's own key. What the program accepts `verify.py` must accept;
    and what only the program refuses is an event from which no figure follows: one with a text outside of its
    vocabulary, or about a challenge or a redeployment that is not there. `verify.py` does not look at those.
    """
    found = collections.Counter()
    for _ in range(count):
        lines, totals = list(genuine.lines), None
        if dice.random() < 0.8:
            at = dice.randrange(len(lines))
            lines[at] = garbled(dice, lines[at]).replace(b"\n", b"")
        else:
            totals = garbled(dice, genuine.files["totals.json"])
            said = json.loads(lines[-1])
            lines[-1] = one_line({**said, "totals_sha256": hashlib.sha256(totals).hexdigest()})
        try:
            files = genuine.sealed_with_own_key(lines, totals)
        except (ValueError, TypeError, KeyError):  # no statement is left to name the bundle after
            continue
        tampered = Tampered("garbled and sealed", archive(genuine.directory, files), genuine.own_keys, None)
        desk.lay(tampered)
        mine, its = desk.by_python(verify), desk.by_program()
        stricter = its[1] == "events" or "the events make no history" in its[2]
        agreed = mine[0] == its[0] in (0, 1) or (mine[0] == 0 and its[0] == 1 and stricter)
        if not agreed or "unreadable" in mine[2]:
            kept = Path(tempfile.mkdtemp(prefix="netgain-tampered-")) / "bundle.tar"
            kept.write_bytes(tampered.raw)
            sys.exit(f"the two do not agree on {kept}:\n{mine[2]}\n{its[2]}")
        found[mine[0], its[0]] += 1
    return found


def switched_off(desk, everything):
    """The positive control: with one check off, something of all that was refused must get through."""
    source = VERIFIER.read_text("utf-8")
    for right, wrong in SWITCHED_OFF:
        if source.count(right) != 1:
            sys.exit(f"the check stands {source.count(right)} times in verify.py: {right}")
        other = types.ModuleType("verify_without_a_check")
        exec(compile(source.replace(right, wrong), "verify.py", "exec"), vars(other))
        for tampered in everything:
            desk.lay(tampered)
            if desk.by_python(other)[0] == 0:
                break
        else:
            sys.exit(f"nothing got through without the check: {right}")


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--program", type=Path, required=True)
    words.add_argument("--workload", type=Path)
    words.add_argument("--count", type=int, default=500)
    words.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    asked = words.parse_args()
    print(f"seed {asked.seed}", flush=True)
    started = time.perf_counter()
    genuine = Genuine(asked.program, asked.workload or asked.program.parent / "workload", asked.seed)
    desk = Desk(asked.program)
    controls(desk, genuine)
    without_cryptography(desk, genuine)
    print(f"untouched bundles accepted by both: {len(genuine.lines)} events, {len(genuine.raw)} bytes", flush=True)
    dice, everything, table = Dice(asked.seed), [], collections.defaultdict(collections.Counter)
    for number in range(asked.count):
        dice.turn, kind = divmod(number, len(WITHOUT_THE_KEY))
        tamper = WITHOUT_THE_KEY[kind]
        raw = tamper(genuine, dice)
        if raw != genuine.raw:
            everything.append(Tampered(tamper.__name__, raw, genuine.keys, None))
    everything += lies(genuine)
    agreed = 0
    for tampered in everything:
        by_python, by_program = both_refuse(desk, tampered)
        agreed += by_python == by_program
        table["lies of the ledger itself" if tampered.step else tampered.name.replace("_", " ")][by_python] += 1
    for name, found in table.items():
        print(
            f"  {name:<28} {sum(found.values()):>4}  "
            + ", ".join(f"{step} {found[step]}" for step in STEPS if found[step])
        )
    reached = {step for found in table.values() for step in found}
    if reached != set(STEPS):
        sys.exit(f"no tampering reached {sorted(set(STEPS) - reached)}")
    print(f"{len(everything)} tampered bundles refused by both, {agreed} of them at the same step", flush=True)
    found = garbled_and_sealed(desk, genuine, dice, asked.count)
    print(
        f"{sum(found.values())} garbled ones sealed rightly: both refuse {found[1, 1]}, both accept {found[0, 0]}, only the program "
        f"refuses {found[0, 1]}",
        flush=True,
    )
    switched_off(desk, sorted(everything, key=lambda tampered: not tampered.step))
    print(f"{len(SWITCHED_OFF)} checks of verify.py switched off, one at a time: something got through each time")
    print(f"({time.perf_counter() - started:.0f} s)")


if __name__ == "__main__":
    main()
