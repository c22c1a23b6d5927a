"""Builds statement bundles (docs/BUNDLE.md) from the lines of a history, with throwaway keys.

The tree and its proofs are written here a second time, from the definitions of RFC 6962 section 2.1, so that
`verify.py` is not tested with its own code. Equal content gives equal bytes.
"""

import base64
import hashlib
import json
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ORDER = [
    "README.txt",
    "SHA256SUMS",
    "checkpoint",
    "events.jsonl",
    "inclusion.txt",
    "previous.checkpoint",
    "previous.consistency",
    "registry.tlog-proof",
    "ruleset.json",
    "statement.json",
    "totals.json",
    "verify.py",
]
LEDGER_KEY, WITNESS_KEY = 1, 4


def base64_of(raw):
    return base64.b64encode(raw).decode()


def one_line(value):
    """JSON as netgain writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


class Key:
    """A ledger's signing key, or a witness's, from a seed of 32 bytes."""

    def __init__(self, name, seed, kind=LEDGER_KEY):
        self.name, self.kind = name, kind
        self.private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = bytes([kind]) + self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.number = hashlib.sha256(name.encode() + b"\n" + self.public).digest()[:4]

    def vkey(self):
        return f"{self.name}+{self.number.hex()}+{base64_of(self.public)}"

    def signature_line(self, text, seconds=1_700_000_000):
        """The line of a signed note's signature; a witness's is over the time, too."""
        message, stamp = text, b""
        if self.kind == WITNESS_KEY:
            message, stamp = b"cosignature/v1\ntime %d\n" % seconds + text, seconds.to_bytes(8, "big")
        signature = self.number + stamp + self.private.sign(message)
        return f"\u2014 {self.name} {base64_of(signature)}\n".encode()


class Tree:
    """A Merkle tree over leaves (RFC 6962 section 2.1), whose subtrees are hashed once."""

    def __init__(self, leaves):
        self.hashes = [hashlib.sha256(b"\0" + leaf).digest() for leaf in leaves]
        self.hash_of = lru_cache(maxsize=None)(self._hash_of)

    def root(self, size=None):
        return self.hash_of(0, len(self.hashes) if size is None else size)

    def _hash_of(self, start, end):
        if end - start == 1:
            return self.hashes[start]
        middle = start + split(end - start)
        return hashlib.sha256(b"\1" + self.hash_of(start, middle) + self.hash_of(middle, end)).digest()

    def inclusion(self, index):
        """PATH(m, D[n]) of section 2.1.1."""
        start, end, path = 0, len(self.hashes), []
        while end - start > 1:
            middle = start + split(end - start)
            if index < middle:
                path.append(self.hash_of(middle, end))
                end = middle
            else:
                path.append(self.hash_of(start, middle))
                start = middle
        return path[::-1]

    def consistency(self, first):
        """PROOF(m, D[n]) of section 2.1.2."""
        start, end, path, whole = 0, len(self.hashes), [], True
        while first != end:
            middle = start + split(end - start)
            if first <= middle:
                path.append(self.hash_of(middle, end))
                end = middle
            else:
                path.append(self.hash_of(start, middle))
                start, whole = middle, False
        return ([] if whole else [self.hash_of(start, end)]) + path[::-1]


def split(size):
    """The largest power of two below the size."""
    half = 1
    while half * 2 < size:
        half *= 2
    return half


def checkpoint(origin, size, root, keys):
    text = f"{origin}\n{size}\n{base64_of(root)}\n".encode()
    return text + b"\n" + b"".join(key.signature_line(text) for key in keys)


def inclusion_text(tree, leaves):
    lines = (" ".join([str(leaf), *map(base64_of, tree.inclusion(leaf))]) + "\n" for leaf in leaves)
    return "".join(lines).encode()


def registry_proof(origin, entries, index, keys):
    """The C2SP tlog-proof of one of the registry's entries."""
    tree = Tree(entries)
    lines = ["c2sp.org/tlog-proof@v1", f"index {index}", *map(base64_of, tree.inclusion(index)), "", ""]
    return "\n".join(lines).encode() + checkpoint(origin, len(entries), tree.root(), keys)


def sums(files):
    listed = [name for name in ORDER if name in files and name != "SHA256SUMS"]
    return "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in listed).encode()


def header(path, size):
    fields = [
        path.encode().ljust(100, b"\0"),
        b"0000644\0",
        b"0000000\0",
        b"0000000\0",
        b"%011o\0" % size,
        b"%011o\0" % 0,
        b" " * 8,
        b"0",
        bytes(100),
        b"ustar\0",
        b"00",
        bytes(247),
    ]
    fields[6] = b"%06o\0 " % sum(b"".join(fields))
    return b"".join(fields)


def archive(directory, files):
    """The archive of those files, in the order of a bundle."""
    pieces = []
    for name in ORDER:
        if name in files:
            pieces += [header(f"{directory}/{name}", len(files[name])), files[name], bytes(-len(files[name]) % 512)]
    return b"".join(pieces) + bytes(1024)


def read_archive(raw):
    """The directory and the files of an archive that is whole."""
    directory, files, at = "", {}, 0
    while raw[at]:
        directory, _, name = raw[at : at + 100].rstrip(b"\0").decode().partition("/")
        size = int(raw[at + 124 : at + 135], 8)
        files[name] = raw[at + 512 : at + 512 + size]
        at += 512 + size + -size % 512
    return directory, files


def seal(files, key, witnesses=(), others=(), behind=None):
    """Makes anew everything that follows from the events and the keys: checkpoints, proofs and sums. `behind` says the
    leaves to prove; without it they are those that `inclusion.txt` already names."""
    lines = files["events.jsonl"][:-1].split(b"\n")
    tree, statement = Tree(lines), json.loads(lines[-1])
    origin = f"{key.name}/{statement['org']}"
    if behind is None:
        behind = [int(line.split()[0]) for line in files["inclusion.txt"].splitlines()]
    sealed = dict(files)
    sealed["inclusion.txt"] = inclusion_text(tree, [leaf for leaf in behind if leaf < len(lines)])
    sealed["checkpoint"] = checkpoint(origin, len(lines), tree.root(), [key])
    entries = [*others]
    if "previous.checkpoint" in files:
        size = int(files["previous.checkpoint"].split(b"\n")[1])
        sealed["previous.checkpoint"] = checkpoint(origin, size, tree.root(size), [key])
        sealed["previous.consistency"] = "".join(base64_of(step) + "\n" for step in tree.consistency(size)).encode()
        entries.append(sealed["previous.checkpoint"])
    entries += [sealed["checkpoint"], *others]
    index = entries.index(sealed["checkpoint"])
    sealed["registry.tlog-proof"] = registry_proof(key.name, entries, index, [key, *witnesses])
    sealed["SHA256SUMS"] = sums(sealed)
    return sealed


def bundle_files(lines, beside, key, behind, witnesses=(), others=()):
    """The files of the bundle of the statement in the last line; `beside` has those that do not follow from the lines."""
    earlier = [position for position, line in enumerate(lines[:-1], 1) if b'"type":"statement-issued"' in line]
    files = {**beside, "events.jsonl": b"".join(line + b"\n" for line in lines), "statement.json": lines[-1] + b"\n"}
    if earlier:
        files["previous.checkpoint"] = b"\n%d\n" % earlier[-1]  # `seal` makes it whole
    return seal(files, key, witnesses, others, behind)
