"""An authority, and a certificate of it for all three sites, by openssl."""

import shutil
import subprocess

from outcome import NotRun

DAYS = "2"
NAME = "/CN=netgain tests"
KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
REQUEST = """[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:TRUE
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
subjectAltName = {addresses}
"""


def make(directory, addresses):
    """Writes `authority.pem`, and `server.pem` with its `server.key`."""
    if not shutil.which("openssl"):
        raise NotRun("needs openssl")
    request = directory / "openssl.cnf"
    request.write_text(REQUEST.format(addresses=", ".join(f"IP:{address}" for address in addresses)))
    _openssl(directory, request, "authority", "authority")
    _openssl(directory, request, "server", "server", "-CA", "authority.pem", "-CAkey", "authority.key")


def _openssl(directory, request, name, extensions, *signed_by):
    words = ["openssl", "req", "-x509", "-config", request.name, "-extensions", extensions, "-subj", NAME, *KEY]
    words += ["-days", DAYS, "-keyout", f"{name}.key", "-out", f"{name}.pem", *signed_by]
    done = subprocess.run(words, cwd=directory, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NotRun(f"needs OpenSSL 3 ({done.stderr.strip()[-200:]})")
