"""What somebody who has not the ledger's key can do to a bundle: one function for each sort of tampering."""

import hashlib
import json
import random

from make_bundle import Key, archive, base64_of, one_line, seal, sums


class Dice(random.Random):
    """Chances, and whose turn it is: so that a few hundred tamperings are some of every sort, whatever the seed."""

    turn = 0


def bit_flip(genuine, dice):
    raw = bytearray(genuine.raw)
    # Half of them outside of the two files that hold nearly all of the bytes.
    at = dice.randrange(len(raw))
    if dice.random() < 0.5:
        at = raw.find(
            dice.choice([b"/checkpoint\0", b"/previous.", b"/registry", b"/ruleset", b"/statement", b"/SHA256"])
        ) + dice.randrange(1200)
    raw[at] ^= 1 << dice.randrange(8)
    return bytes(raw)


def truncated(genuine, dice):
    return genuine.raw[
        : dice.choice([dice.randrange(len(genuine.raw)), len(genuine.raw) - 512, len(genuine.raw) - 1, 0])
    ]


def extra_bytes(genuine, dice):
    extra = dice.choice([b"\0", bytes(512), bytes(1024), b"x", bytes([dice.randrange(256)])])
    at = dice.choice(
        [len(genuine.raw), dice.randrange(len(genuine.raw)), 512 * dice.randrange(len(genuine.raw) // 512)]
    )
    if not extra.strip(b"\0") and not genuine.raw[at:].strip(b"\0"):
        at = len(genuine.raw)
    return genuine.raw[:at] + extra + genuine.raw[at:]


def archived_otherwise(genuine, dice):
    """The same files in an archive of another form."""
    files = dict(genuine.files)
    kind = dice.turn % 6
    if kind == 0:
        return archive(genuine.directory.replace("-actual-", "-forecast-"), files)
    if kind == 1:
        name = dice.choice([name for name in files if name != "SHA256SUMS"])
        del files[name]
        files["SHA256SUMS"] = sums(files)
        return archive(genuine.directory, files)
    raw = bytearray(genuine.raw)
    at = raw.find(f"{genuine.directory}/{dice.choice(list(files))}\0".encode())
    if kind == 2:
        raw[at + 136 : at + 147] = b"%011o" % dice.randrange(1, 1 << 31)  # a time
    elif kind == 3:
        raw[at + 265 : at + 269] = b"root"
    elif kind == 5:
        raw[-1025] ^= 1  # in the padding of the last file
        return bytes(raw)
    else:
        raw[at + 156] = ord(dice.choice("12357xgL"))
    raw[at + 148 : at + 156] = b" " * 8
    raw[at + 148 : at + 156] = b"%06o\0 " % sum(raw[at : at + 512])
    return bytes(raw)


def other_history(genuine, dice):
    """The lines with one deleted, swapped, repeated, inserted, taken from another organisation, or edited."""
    lines = list(genuine.lines)
    at = dice.randrange(1, len(lines) - 2)
    kind = dice.choice(["deleted", "swapped", "repeated", "inserted", "of another organisation", "edited"])
    if kind == "deleted":
        del lines[at]
    elif kind == "swapped":
        lines[at], lines[at + 1] = lines[at + 1], lines[at]
    elif kind == "repeated":
        lines.insert(at, lines[at])
    elif kind == "inserted":
        lines.insert(at, edited(dice, lines, at))
    elif kind == "of another organisation":
        lines[at] = lines[at].replace(b'"org":"E', b'"org":"S')
    else:
        lines[at] = edited(dice, lines, at)
    return lines


def edited(dice, lines, at):
    """The line with one digit of an amount or one letter of an actor changed."""
    event = json.loads(lines[at])
    change = dice.choice(["actor", "amount"])
    event["actor"] = dice.choice(["zoe", "yan"]) if change == "actor" else event["actor"]
    for field in ("amount", "verified", "ongoing_cashable"):
        if field in event:
            event[field] = "1" + event[field]
    for year in event.get("profile", {}):
        event["profile"][year] = "1" + event["profile"][year]
    if event == json.loads(lines[at]):
        event["actor"] = "zoe"
    return one_line(event)


def renumbered(lines):
    events = [json.loads(line) for line in lines]
    for position, event in enumerate(events, 1):
        event["position"] = position
        if event["type"] == "statement-issued":
            event["known_at"] = position - 1
    return [one_line(event) for event in events]


def events_changed(genuine, dice):
    """Other events, with nothing, the sums, the checkpoint's size, or everything but the signatures made to fit."""
    files, lines = dict(genuine.files), other_history(genuine, dice)
    how = dice.turn % 4
    if how >= 2:
        lines = renumbered(lines)
        files["statement.json"] = lines[-1] + b"\n"
    files["events.jsonl"] = b"".join(line + b"\n" for line in lines)
    if how == 3:
        files = fitted(genuine, files, keep_text=dice.random() < 0.5)
    elif how == 2:
        text = files["checkpoint"].split(b"\n")
        files["checkpoint"] = b"\n".join([text[0], b"%d" % len(lines), *text[2:]])
    if how:
        files["SHA256SUMS"] = sums(files)
    return archive(genuine.directory, files)


def fitted(genuine, files, keep_text):
    """Every proof made anew, and the genuine signatures kept: over the old checkpoint, or under the new one."""
    made = seal(files, genuine.forger)
    for name in ("checkpoint", "previous.checkpoint"):
        text, signatures = made[name].split(b"\n\n")[0], genuine.files[name].split(b"\n\n")[1]
        made[name] = genuine.files[name] if keep_text else text + b"\n\n" + signatures
    made["registry.tlog-proof"] = genuine.files["registry.tlog-proof"]
    return made


def checkpoint_size(genuine, dice):
    """The size in a signed note changed."""
    files = dict(genuine.files)
    name = dice.choice(["checkpoint", "previous.checkpoint", "registry.tlog-proof"])
    at = files[name].rindex(b"\n\n")
    lines = files[name][:at].split(b"\n")
    lines[-2] = b"%d" % (int(lines[-2]) + dice.choice([-1, 1, 10]))
    files[name] = b"\n".join(lines) + files[name][at:]
    files["SHA256SUMS"] = sums(files)
    return archive(genuine.directory, files)


def figure_edited(genuine, dice):
    """Another figure in the statement, in the totals, in one copy of the statement or in all of them."""
    files, lines = dict(genuine.files), list(genuine.lines)
    statement = json.loads(lines[-1])
    totals = json.loads(files["totals.json"])
    for document in (statement, totals):
        document["validated"]["net"] = "1" + document["validated"]["net"]
    kind = dice.turn % 4
    if kind in (0, 3):
        files["totals.json"] = one_line(totals)
        statement["totals_sha256"] = hashlib.sha256(files["totals.json"]).hexdigest()
    if kind in (1, 3):
        files["statement.json"] = one_line(statement) + b"\n"
    if kind in (2, 3):
        files["events.jsonl"] = b"".join(line + b"\n" for line in [*lines[:-1], one_line(statement)])
    if kind == 3 and dice.random() < 0.7:
        files = fitted(genuine, files, keep_text=True)
    if dice.random() < 0.8:
        files["SHA256SUMS"] = sums(files)
    return archive(genuine.directory, files)


def forged(genuine, dice):
    """Everything sealed with a forger's key of the same name, with or without another history."""
    files = dict(genuine.files)
    if dice.random() < 0.5:
        lines = renumbered(other_history(genuine, dice))
        files["events.jsonl"], files["statement.json"] = b"".join(line + b"\n" for line in lines), lines[-1] + b"\n"
    forger = genuine.forger
    if dice.turn & 4:  # and with the number of the key that is known
        forger = Key(forger.name, b"a forger, with a key of the same")
        forger.number = bytes.fromhex(genuine.keys.decode().split("+")[1])
    made = seal(files, forger)
    parts = [["checkpoint"], ["previous.checkpoint", "previous.consistency"], ["registry.tlog-proof"], list(made)]
    part = parts[dice.turn % 4]
    files = {name: made[name] if name in part else files[name] for name in files}
    if "events.jsonl" not in part:
        files["events.jsonl"], files["statement.json"] = genuine.files["events.jsonl"], genuine.files["statement.json"]
    if files == genuine.files:
        return forged(genuine, dice)
    files["SHA256SUMS"] = sums(files)
    return archive(genuine.directory, files)


def proof_changed(genuine, dice):
    """One hash of a proof changed, taken away, repeated, or written in another form; or the leaf's number changed."""
    files = dict(genuine.files)
    name = ["inclusion.txt", "previous.consistency", "registry.tlog-proof"][dice.turn % 3]
    lines = files[name].split(b"\n")
    if name == "inclusion.txt":
        at = dice.randrange(len(lines) - 1)
        words = lines[at].split(b" ")
        index, place = words[:1], dice.randrange(1, len(words))
        words = (
            index + changed(dice, words[1:], place - 1)
            if dice.random() < 0.8
            else [b"%d" % (int(index[0]) + 1)] + words[1:]
        )
        lines[at] = b" ".join(words)
        lines = dice.choice([lines, lines, lines[:at] + lines[at + 1 : at + 2] + lines[at : at + 1] + lines[at + 2 :]])
    elif name == "previous.consistency":
        lines = changed(dice, lines[:-1], dice.randrange(len(lines) - 1)) + [b""]
    else:
        end = lines.index(b"")
        lines = lines[:2] + changed(dice, lines[2:end], dice.randrange(end - 2)) + lines[end:]
    files[name] = b"\n".join(lines)
    files["SHA256SUMS"] = sums(files)
    return archive(genuine.directory, files)


def changed(dice, hashes, at):
    """A list of hashes in base64, with one of them other than it was."""
    other = base64_of(dice.randbytes(32)).encode()
    new = dice.choice(
        [[other], [], [hashes[at]] * 2, [loosened(hashes[at])], [hashes[at][:-1]], [hashes[at] + b"="], [b""]]
    )
    return hashes[:at] + new + hashes[at + 1 :]


def loosened(text):
    """The base64 of a hash written so that only a loose reader sees the same bytes."""
    letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return text[:-2] + bytes([letters[letters.index(text[-2:-1]) ^ 1]]) + b"="


def previous_changed(genuine, dice):
    """The checkpoint of the statement before dropped, or another in its place."""
    files = dict(genuine.files)
    kind = dice.turn % 4
    if kind == 0:
        del files["previous.checkpoint"], files["previous.consistency"]
    elif kind == 1:
        files["previous.checkpoint"] = files["checkpoint"]
    elif kind == 2:
        files["previous.checkpoint"] = files["registry.tlog-proof"].partition(b"\n\n")[2]
    else:
        files["checkpoint"] = files["previous.checkpoint"]
    files["SHA256SUMS"] = sums(files)
    return archive(genuine.directory, files)


def file_bytes_changed(genuine, dice):
    """A few bytes of one file changed, and the sums made to fit."""
    files = dict(genuine.files)
    name = dice.choice([name for name in files if name not in ("README.txt", "SHA256SUMS", "verify.py")])
    files[name] = garbled(dice, files[name])
    files["SHA256SUMS"] = sums(files)
    return archive(genuine.directory, files)


def garbled(dice, raw):
    """Bytes with a few of them replaced, taken away or put in."""
    raw = bytearray(raw)
    for _ in range(dice.randrange(1, 4)):
        at = dice.randrange(len(raw))
        new = bytes(
            dice.choice(b'"\\{}[]:,.0123456789-+ \n\0truefalsnxz/=\xff\xe2\x80\xa8') for _ in range(dice.randrange(3))
        )
        raw[at : at + dice.randrange(3)] = new
    return bytes(raw)


WITHOUT_THE_KEY = [
    bit_flip,
    truncated,
    extra_bytes,
    archived_otherwise,
    events_changed,
    checkpoint_size,
    figure_edited,
    forged,
    proof_changed,
    previous_changed,
    file_bytes_changed,
]
