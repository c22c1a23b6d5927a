"""What the ledger itself could seal with its own key, if it lied or were broken: each with one thing wrong."""

import collections
import hashlib
import json
import sys

import make_bundle
from make_bundle import Key, archive, base64_of, one_line, sums
from without_the_key import loosened

import verify

Tampered = collections.namedtuple("Tampered", "name raw keys step")


def lies(genuine):
    """Bundles that the ledger's own key sealed, each with one thing wrong, and the step that must find it."""
    raw = b"".join(line + b"\n" for line in genuine.lines)

    def of(name, step, lines=None, totals=None, change=None, directory=None):
        files = genuine.sealed_with_own_key(lines or genuine.lines, totals)
        if change:
            files.update(change(files))
            files["SHA256SUMS"] = sums(files)
        return Tampered(name, archive(directory or genuine.directory, files), genuine.own_keys, step)

    def with_line(at, old, new):
        if old not in genuine.lines[at]:
            sys.exit(f"the test would change nothing: {old} is not in {genuine.lines[at]}")
        return [*genuine.lines[:at], genuine.lines[at].replace(old, new, 1), *genuine.lines[at + 1:]]

    claim = next(at for at, line in enumerate(genuine.lines) if b'"claim-registered"' in line)
    organisation = json.loads(genuine.lines[0])
    statement = json.loads(genuine.lines[-1])
    totals = json.loads(genuine.files["totals.json"])

    def restated(**fields):
        return [*genuine.lines[:-1], one_line({**statement, **fields})]

    def with_totals(change):
        document = json.loads(genuine.files["totals.json"])
        change(document)
        said = one_line(document)
        return restated(**{name: document[name] for name in verify.BASES}, totals_sha256=hashlib.sha256(said).hexdigest()), said

    def another_net(document):
        document["validated"]["net"] = "1" + document["validated"]["net"]

    def another_line(document):
        document["claims"][0]["status"] = "proven" if document["claims"][0]["status"] != "proven" else "failed"

    def another_flag(document):
        document["claims"][0]["validated"] = int(document["claims"][0]["validated"])

    yield of("a figure too high", "figure", *with_totals(another_net))
    yield of("a claim's status wrong", "figure", *with_totals(another_line))
    yield of("a flag that is a number", "figure", *with_totals(another_flag))
    yield of("a claim left out", "figure", *with_totals(lambda document: document["claims"].pop()))
    yield of("a field too many", "figure", *with_totals(lambda document: document.update(more="x")))
    yield of("another position", "figure", *with_totals(lambda document: document.update(position=1)))
    yield of("totals that were not frozen", "figure", totals=one_line({**totals, "year": "2011/12"}))
    yield of("another sum of the totals", "figure", restated(totals_sha256="0" * 64))
    yield of("totals with a blank", "figure", restated(totals_sha256=hashlib.sha256(one_line(totals) + b" ").hexdigest()), one_line(totals) + b" ")
    yield of("only the basis stated wrong", "figure", restated(assured={**statement["assured"], "net": "1.00"}))
    yield of("known at another event", "statement", restated(known_at=statement["known_at"] - 1))
    yield of("a number left out", "statement", restated(number=2), directory=genuine.directory[:-1] + "2")
    yield of("a number taken twice", "statement", restated(year="2009/10"), directory=genuine.directory.replace("2010-11", "2009-10"))
    yield of("rules that nobody knows", "statement", restated(ruleset="ni179-v2"))
    yield of("a directory of another year", "statement", directory=genuine.directory.replace("2010-11", "2011-12"))
    yield of("a directory of another number", "statement", directory=genuine.directory[:-1] + "3")
    yield of("other rules", "statement", change=lambda files: {"ruleset.json": files["ruleset.json"].replace(b":75,", b":70,")})
    yield of("rules without their line feed", "statement", change=lambda files: {"ruleset.json": files["ruleset.json"][:-1]})
    yield of("another statement beside", "statement", change=lambda files: {"statement.json": files["statement.json"].replace(b"}\n", b"} \n")})
    yield of("no statement at the end", "statement", genuine.lines[:-1], change=lambda files: {"statement.json": genuine.lines[-2] + b"\n"})
    yield of("an unknown type", "events", with_line(claim, b'"type":"claim-registered"', b'"type":"claim-invented"'))
    yield of("another schema", "events", with_line(0, b'"schema":1', b'"schema":2'))
    yield of("a schema that is true", "events", with_line(0, b'"schema":1', b'"schema":true'))
    yield of("a field that no event has", "events", with_line(0, b'"name":', b'"nick":"x","name":'))
    yield of("a field too few", "events", with_line(0, b',"sector":"%b"' % organisation["sector"].encode(), b""))
    yield of("a field twice", "events", with_line(0, b'"kind":', b'"kind":"x","kind":'))
    yield of("a year twice", "events", with_line(claim, b'"profile":{', b'"profile":{%b,' % first_year(genuine.lines[claim])))
    yield of("an amount that is a number", "events", with_line(claim, *unquoted(genuine.lines[claim])))
    yield of("a position with a fraction", "events", with_line(0, b'"position":1,', b'"position":1.0,'))
    yield of("a position too far", "events", with_line(1, b'"position":2,', b'"position":3,'))
    yield of("a blank in an event", "events", with_line(0, b'"kind":', b'"kind": '))
    yield of("fields in another order", "events", [one_line(dict(reversed(organisation.items()))), *genuine.lines[1:]])
    yield of("an escape for a letter", "events", with_line(0, b'"kind":"u', b'"kind":"\\u0075'))
    yield of("half a surrogate pair", "events", with_line(0, b'"kind":"u', b'"kind":"\\ud800'))
    yield of("bytes that are no UTF-8", "events", with_line(0, b'"kind":"u', b'"kind":"\xff'))
    yield of("a line too long", "events", with_line(0, b'"kind":"', b'"kind":"' + b"x" * 32_768))
    yield of("nested too deep", "events", with_line(0, b'"kind":"unitary"', b'"kind":' + b"[" * 5_000 + b"]" * 5_000))
    yield of("an empty line", "events", [*genuine.lines[:3], b"", *genuine.lines[3:]])
    yield of("another ledger", "events", with_line(1, organisation["ledger"].encode(), b"0" * 32))
    yield of("another organisation", "events", with_line(1, b'"org":"E', b'"org":"S'))
    yield of("a time that goes back", "events", with_line(5, b'"recorded_at":"20', b'"recorded_at":"19'))
    yield of("a time that is none", "events", with_line(5, b'Z"', b'"'))
    yield of("no line feed at the end", "events", change=lambda files: {"events.jsonl": raw[:-1]})
    yield of("an event more than the checkpoint", "events", change=lambda files: {"events.jsonl": raw + genuine.lines[-1] + b"\n"})
    yield of("no README", "archive", change=lambda files: files.pop("README.txt") and {})
    yield of("a README too large", "archive", change=lambda files: {"README.txt": b"x" * 65_537})
    yield of("a root in another base64", "checkpoint", change=lambda files: {"checkpoint": b"\n".join(changed_root(files["checkpoint"]))})
    yield from notes(genuine, of)


def notes(genuine, of):
    """Signed notes that are not what they should be, all rightly signed."""
    own, witness = genuine.own, genuine.witness
    origin = f"{own.name}/{json.loads(genuine.lines[0])['org']}"
    tree = make_bundle.Tree(genuine.lines)
    size, root = len(genuine.lines), base64_of(tree.root())

    def note(*lines, keys=(own,)):
        text = "".join(line + "\n" for line in lines).encode()
        return text + b"\n" + b"".join(key.signature_line(text) for key in keys)

    def in_registry(checkpoint, keys=(own, witness), index=0, name=own.name):
        return {"checkpoint": checkpoint, "registry.tlog-proof": make_bundle.registry_proof(name, [checkpoint, b"x", b"y"], index, keys)}

    good = note(origin, str(size), root)
    stranger = Key("somebody.example", b"a stranger whom nobody here asks")
    cosigned = make_bundle.registry_proof(own.name, [good], 0, [own, witness])
    yield of("an extension line", "checkpoint", change=lambda files: in_registry(note(origin, str(size), root, "more")))
    yield of("another origin", "checkpoint", change=lambda files: in_registry(note(origin + "X", str(size), root)))
    yield of("the registry's origin", "checkpoint", change=lambda files: in_registry(note(own.name, str(size), root)))
    yield of("a size with a zero in front", "checkpoint", change=lambda files: in_registry(note(origin, f"0{size}", root)))
    yield of("a control character", "checkpoint", change=lambda files: in_registry(good.replace(b"\n\n", b"\r\n\n", 1)))
    yield of("no signature", "checkpoint", change=lambda files: in_registry(note(origin, str(size), root, keys=())))
    yield of("only a stranger's signature", "checkpoint", change=lambda files: in_registry(note(origin, str(size), root, keys=[stranger])))
    yield of("only a witness's signature", "checkpoint", change=lambda files: in_registry(note(origin, str(size), root, keys=[witness])))
    yield of("seventeen signatures", "checkpoint", change=lambda files: in_registry(note(origin, str(size), root, keys=[own] + [stranger] * 16)))
    yield of("a wrong one beside", "checkpoint", change=lambda files: in_registry(good + wrong_signature(own)))
    yield of("a root in loose base64", "checkpoint", change=lambda files: in_registry(note(origin, str(size), loosened(root.encode()).decode())))
    yield of("a control character in a stranger's name", "checkpoint", change=lambda files: in_registry(note(origin, str(size), root, keys=[own, Key("some\x01body", bytes(32))])))
    yield of("a size one too small", "events", change=lambda files: in_registry(note(origin, str(size - 1), root)))
    yield of("a root of nothing", "root", change=lambda files: in_registry(note(origin, str(size), base64_of(bytes(32)))))
    yield of("no witness", "registry", change=lambda files: in_registry(good, keys=[own]))
    yield of("a witness alone", "registry", change=lambda files: in_registry(good, keys=[witness]))
    late = late_cosignature(witness, cosigned)
    yield of("a time past all times", "registry", change=lambda files: {"checkpoint": good, "registry.tlog-proof": late})
    yield of("another place in the registry", "registry", change=lambda files: in_registry(good, index=1))
    yield of("another registry", "registry", change=lambda files: in_registry(good, name=origin))
    yield of("a registry without it", "registry", change=lambda files: {"registry.tlog-proof": make_bundle.registry_proof(own.name, [b"x"], 0, [own, witness])})
    yield of("a place past the end", "registry", change=lambda files: {"checkpoint": good, "registry.tlog-proof": cosigned.replace(b"index 0", b"index 1")})
    yield of("a proof of another version", "registry", change=lambda files: {"checkpoint": good, "registry.tlog-proof": cosigned.replace(b"@v1", b"@v2")})
    yield of("extra data", "registry", change=lambda files: {"checkpoint": good, "registry.tlog-proof": cosigned.replace(b"index", b"extra eHh4\nindex")})
    first = int(make_bundle.read_archive(genuine.raw)[1]["previous.checkpoint"].split(b"\n")[1])
    of_first = note(origin, str(first), base64_of(tree.root(first)))
    yield of("no previous checkpoint", "previous", change=lambda files: files.pop("previous.checkpoint") and files.pop("previous.consistency") and {})
    yield of("another history before", "previous", change=lambda files: {"previous.checkpoint": note(origin, str(first), base64_of(bytes(32)))})
    yield of("an earlier previous checkpoint", "previous", change=lambda files: {
        "previous.checkpoint": note(origin, str(first - 1), base64_of(tree.root(first - 1))),
        "previous.consistency": "".join(base64_of(step) + "\n" for step in tree.consistency(first - 1)).encode()})
    yield of("another consistency proof", "previous", change=lambda files: {
        "previous.checkpoint": of_first, "previous.consistency": files["previous.consistency"] + base64_of(bytes(32)).encode() + b"\n"})
    yield of("an inclusion proof of another leaf", "inclusion", change=lambda files: {"inclusion.txt": b"%d" % (genuine.behind[0] + 1) + files["inclusion.txt"][len(str(genuine.behind[0])):]})
    yield of("proofs out of order", "inclusion", change=lambda files: {"inclusion.txt": b"".join(files["inclusion.txt"].splitlines(True)[::-1])})
    yield of("two blanks in a proof", "inclusion", change=lambda files: {"inclusion.txt": files["inclusion.txt"].replace(b" ", b"  ", 1)})


def late_cosignature(witness, proof):
    """The tlog-proof cosigned again, rightly, but at a time that is none (C2SP tlog-cosignature: 2^63 - 1 at most)."""
    head, note = proof.split(b"\n\n", 1)
    text, signatures = note.split(b"\n\n")
    own = signatures.splitlines(True)[0]
    return head + b"\n\n" + text + b"\n\n" + own + witness.signature_line(text + b"\n", seconds=1 << 63)


def wrong_signature(key):
    return f"\u2014 {key.name} {base64_of(key.number + bytes(64))}\n".encode()


def changed_root(note):
    lines = note.split(b"\n")
    lines[2] = lines[2][:-1]
    return lines


def first_year(line):
    start = line.index(b'"profile":{') + len(b'"profile":{')
    return line[start:line.index(b'"', line.index(b":", start) + 2) + 1]


def unquoted(line):
    """The first amount of a profile, and the same without its quotation marks."""
    amount = first_year(line).partition(b":")[2]
    return b":" + amount, b":" + amount.strip(b'"')
