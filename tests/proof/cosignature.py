#!/usr/bin/env python3
"""A witness's cosignature by another implementation of Ed25519, from the words of C2SP tlog-cosignature.

    tests/proof/cosignature.py                    the golden one, which the tests of `netgain-witness` make anew
    tests/proof/cosignature.py VKEY_FILE NOTE     that note by the witness whose key is in the file

Then the same note with one thing changed at a time, which must not pass. Needs Python 3.9 and `cryptography`.
"""

import base64
import hashlib
import sys
from pathlib import Path

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    print("not run: Python has no module `cryptography`")
    sys.exit(0)

GOLDEN = Path(__file__).resolve().parent.parent.parent / "services" / "witness" / "golden" / "cosignature.txt"
WITNESS_TYPE = 4


def key_of(vkey):
    """The name, the id and the key of a vkey, if its id is the one its name and bytes give."""
    name, key_id, typed = vkey.split("+", 2)
    typed = base64.b64decode(typed, validate=True)
    if typed[0] != WITNESS_TYPE or len(typed) != 33:
        raise ValueError("not a witness's key")
    if hashlib.sha256(name.encode() + b"\n" + typed).digest()[:4].hex() != key_id:
        raise ValueError("the key's id is wrong")
    return name, bytes.fromhex(key_id), Ed25519PublicKey.from_public_bytes(typed[1:])


def time_cosigned(vkey, note):
    """When the witness cosigned the note, in seconds since 1970; nothing if it did not."""
    name, key_id, key = key_of(vkey)
    body, signatures = note.rsplit("\n\n", 1)
    for line in signatures.splitlines():
        dash, signer, signature = line.split(" ")
        signature = base64.b64decode(signature, validate=True)
        if dash != "\u2014" or signer != name or signature[:4] != key_id or len(signature) != 4 + 8 + 64:
            continue
        time = int.from_bytes(signature[4:12], "big")
        try:
            key.verify(signature[12:], f"cosignature/v1\ntime {time}\n{body}\n".encode())
        except InvalidSignature:
            continue
        return time
    return None


def with_byte_changed(note, name, at):
    """The note with one byte of the witness's signature line changed: of the id, the time or the signature."""
    head, line = note.rsplit(f"\u2014 {name} ", 1)
    signature = bytearray(base64.b64decode(line))
    signature[at] ^= 1
    return f"{head}\u2014 {name} {base64.b64encode(signature).decode()}\n"


def main():
    if len(sys.argv) == 3:
        vkey, note = Path(sys.argv[1]).read_text().strip(), Path(sys.argv[2]).read_text()
    else:
        vkey, note = GOLDEN.read_text().split("\n\n", 1)
    time = time_cosigned(vkey, note)
    if not time:
        sys.exit(f"the note is not cosigned by {vkey}")
    origin, size, _ = note.split("\n", 2)
    name = vkey.split("+")[0]
    wrong = {
        "another size": note.replace(f"\n{size}\n", f"\n{int(size) + 1}\n", 1),
        "another origin": note.replace(origin, origin + "0", 1),
        "an extension line": note.replace("\n\n", "\nmore\n\n", 1),
        "another id": with_byte_changed(note, name, 0),
        "another time": with_byte_changed(note, name, 11),
        "another signature": with_byte_changed(note, name, 40),
    }
    passed = [what for what, changed in wrong.items() if changed == note or time_cosigned(vkey, changed)]
    if passed:
        sys.exit(f"passes with {', '.join(passed)}")
    print(f"{origin} at {size}: cosigned by {name} at {time}; {len(wrong)} changed notes refused")


if __name__ == "__main__":
    main()
