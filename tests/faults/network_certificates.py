"""A certificate authority of a test's own, made with openssl: right, expired, of another name."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.services.missing import missing_service

_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate and its key, PEM files."""

    certificate: Path
    key: Path


class Authority:
    """A CA that lives in ``folder``; ``ca_file`` is what clients trust."""

    def __init__(self, folder: Path) -> None:
        if shutil.which("openssl") is None:
            missing_service("openssl", "apt install openssl")
        self._folder = folder
        self.ca_file = folder / "ca.pem"
        self._key = folder / "ca.key"
        subject = ("-subj", "/CN=Test authority", "-days", "2")
        files = ("-keyout", str(self._key), "-out", str(self.ca_file))
        _openssl("req", "-x509", *_NEW_KEY, *subject, *files)

    def issue(self, name: str, valid_days: int = 2) -> Certificate:
        """A server's certificate for ``name``, an IP address; 0 days: it has just expired."""
        key, request, out = (self._folder / f"{name}-{valid_days}.{end}" for end in _ENDS)
        extension = self._folder / f"{name}.ext"
        extension.write_text(f"subjectAltName=IP:{name}\n", encoding="utf-8")
        files = ("-keyout", str(key), "-out", str(request))
        _openssl("req", *_NEW_KEY, "-subj", "/CN=broker", *files)
        signed_by = ("-CA", str(self.ca_file), "-CAkey", str(self._key), "-CAcreateserial")
        how = ("-days", str(valid_days), "-extfile", str(extension))
        _openssl("x509", "-req", "-in", str(request), *signed_by, *how, "-out", str(out))
        return Certificate(out, key)


_ENDS = ("key", "csr", "crt")


def _openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=30)
