"""``host:port`` as people write it. PURE."""

from __future__ import annotations


def is_address(text: str) -> bool:
    """Whether ``text`` is ``host:port``; an IPv6 host stands in brackets."""
    try:
        host_and_port(text)
    except ValueError:
        return False
    return True


def host_and_port(text: str) -> tuple[str, int]:
    """The two parts of ``127.0.0.1:9871`` or ``[::1]:9871``. Raises ``ValueError``."""
    host, colon, port = text.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise ValueError(f"{text}: an IPv6 host stands in brackets")
    if not (colon and host.strip() == host != "" and port.isascii() and port.isdigit()):
        raise ValueError(f"{text}: not host:port")
    if int(port) > 65_535:
        raise ValueError(f"{text}: there is no port {port}")
    return host, int(port)
