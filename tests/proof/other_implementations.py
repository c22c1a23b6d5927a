#!/usr/bin/env python3
"""The tree and the signature, checked by implementations that share nothing with netgain's: the root by PyPI
`pymerkle`, the signature by PyPI `cryptography`, the form of the note by the few lines below.

    tests/proof/other_implementations.py --program PATH
"""

import argparse
import base64
import hashlib
import io
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from pymerkle import InmemoryTree
except ImportError as missing:
    sys.exit(f"not run: {missing}; pip install cryptography pymerkle")


def netgain(program, *words):
    done = subprocess.run([program, *map(str, words)], capture_output=True, check=True)
    return done.stdout


def root_by_pymerkle(lines):
    """RFC 6962's root over the lines; pymerkle hashes leaves and nodes with the same prefixes."""
    tree = InmemoryTree(algorithm="sha256")
    for line in lines:
        tree.append_entry(line)
    return tree.get_root()


def signed(note, vkey):
    """The text of a signed note, if the key of the vkey line has signed it (C2SP signed-note)."""
    text, _, signatures = note.partition(b"\n\n")
    text += b"\n"
    name, key_id, encoded = vkey.split("+", 2)
    key = base64.b64decode(encoded)
    assert key[:1] == b"\x01" and len(key) == 33
    assert hashlib.sha256(name.encode() + b"\n" + key).digest()[:4].hex() == key_id
    for line in signatures.decode().splitlines():
        dash, signer, signature = line.split(" ")
        signature = base64.b64decode(signature)
        if (dash, signer, signature[:4].hex()) == ("—", name, key_id):
            Ed25519PublicKey.from_public_bytes(key[1:]).verify(signature[4:], text)
            return text.decode()
    raise InvalidSignature


def check(bundle, vkey):
    with tarfile.open(fileobj=io.BytesIO(bundle)) as archive:
        files = {Path(member.name).name: archive.extractfile(member).read() for member in archive}
    lines = files["events.jsonl"].split(b"\n")[:-1]
    origin, size, root = signed(files["checkpoint"], vkey).splitlines()
    assert int(size) == len(lines), f"{size} in the checkpoint, {len(lines)} events"
    found = base64.b64encode(root_by_pymerkle(lines)).decode()
    assert found == root, f"pymerkle: {found}; checkpoint: {root}"
    registry = files["registry.tlog-proof"].split(b"\n\n", 1)[1]
    registered = signed(registry, vkey).splitlines()
    assert origin.startswith(registered[0] + "/")
    return origin, size, root


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--program", required=True)
    program = arguments.parse_args().program
    with tempfile.TemporaryDirectory(prefix="netgain-proof-") as scratch:
        data, file = Path(scratch) / "ledger", Path(scratch) / "bundle.tar"
        netgain(program, "--data", data, "demo", "--no-serve")
        netgain(program, "--data", data, "statement", "bundle", "--org", "X00000001", "--year", "2009/10",
                "--series", "actual", "--output", file)
        vkey = netgain(program, "--data", data, "keys", "show").decode().strip()
        bundle = file.read_bytes()
    origin, size, root = check(bundle, vkey)
    print(f"pymerkle and cryptography agree: {origin} at {size} events has the root {root}")
    # What must fail: an event changed, and another ledger's key.
    changed = bundle.replace(b'"reduce-inputs"', b'"reduce-prices"', 1)
    for what, broken, key in (("a changed event", changed, vkey), ("another key", bundle, vkey[:-6] + "AAAAA=")):
        try:
            check(broken, key)
        except (AssertionError, InvalidSignature, tarfile.TarError, ValueError, IndexError):
            print(f"control: {what} is noticed")
        else:
            sys.exit(f"{what} was not noticed")


if __name__ == "__main__":
    main()
