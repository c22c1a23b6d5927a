"""Who acts in a clustered ledger: one who records and one who reads, each with a token."""

import base64
import hashlib
import zlib

# Who reads, reads every organisation's figures.
ROLES = ["recorder", "auditor"]
FOR_EVER = "2099-01-01T00:00:00.000Z"


def secret_of(role):
    """A token's secret: `ngt_`, and base64url of 32 bytes and their CRC-32."""
    secret = hashlib.sha256(f"the secret of the {role}".encode()).digest()
    checked = secret + zlib.crc32(secret).to_bytes(4, "big")
    return "ngt_" + base64.urlsafe_b64encode(checked).decode().rstrip("=")


def people():
    """The commands that let them in, for every organisation."""
    commands = []
    for role in ROLES:
        person, sha256 = f"the.{role}", hashlib.sha256(secret_of(role).encode()).hexdigest()
        commands += [
            {"type": "enrol-person", "person": person, "account": "person"},
            {"type": "grant-role", "person": person, "role": role, "of": "*"},
            {"type": "issue-token", "token": role, "person": person, "sha256": sha256, "of": "*", "roles": [role],
             "until": FOR_EVER},
        ]  # fmt: skip
    return [{**command, "org": "_SYSTEM"} for command in commands]
