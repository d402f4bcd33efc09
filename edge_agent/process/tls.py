"""TLS as a client of ours speaks it: no way leads past the check of the server's name."""

from __future__ import annotations

import errno
import ssl
from pathlib import Path

from edge_agent.words import said


def client_context(
    ca_file: Path | None, cert_file: Path | None = None, key_file: Path | None = None
) -> ssl.SSLContext:
    """A context that wants a certificate of a known authority, for the name that was dialled.

    ``ca_file`` None: the machine's authorities. ``cert_file`` is our own certificate, its key in
    ``key_file`` or in the same file. Raises ``OSError``, with the file's name where it is ours.
    """
    context = ssl.create_default_context(cafile=ca_file)
    if cert_file is not None:
        show_certificate(context, cert_file, key_file)
    return context


def freshen(
    context: ssl.SSLContext,
    ca_file: Path | None,
    cert_file: Path | None = None,
    key_file: Path | None = None,
) -> None:
    """Let connections made from now on go by the files as they are now. Raises ``OSError``.

    Authorities are added; those of before are still trusted until the process ends.
    """
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    if cert_file is not None:
        show_certificate(context, cert_file, key_file)


def show_certificate(context: ssl.SSLContext, cert_file: Path, key_file: Path | None) -> None:
    """Let connections made from now on show this certificate. Raises ``OSError``."""
    for path in (cert_file, key_file):
        if path is not None:
            path.open("rb").close()  # ssl does not say which file it cannot read
    try:
        # A key with a password would ask for it at the terminal, of a service too.
        context.load_cert_chain(cert_file, key_file, password="")
    except ssl.SSLError:
        what = said("it holds no certificate with its key")
        raise OSError(errno.EINVAL, what, str(cert_file)) from None
