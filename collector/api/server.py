"""The API as a process: one uvicorn, its socket opened here, until SIGTERM or Ctrl-C."""

from __future__ import annotations

import errno
import ipaddress
import logging
import signal
import socket

import uvicorn

from collector.api.app import make_app
from collector.api.source import open_source
from collector.config import CollectorSettings
from collector.errors import CollectorError
from edge_agent.process.address import host_and_port
from edge_agent.process.systemd import notify

log = logging.getLogger(__name__)
GRACE_S = 10
"""So long answers that have begun may take once the end is asked for."""
MOST_AT_ONCE = 200
_HEADERS_AT_MOST = 16_384


def serve(settings: CollectorSettings, listen: str = "") -> None:
    """Answer at ``listen`` (else as the settings say) until SIGTERM or SIGINT.

    Raises ``CollectorError`` when no address is set, or it cannot be had.
    """
    place = listen or settings.api.listen
    if not place:
        hint = 'write listen = "127.0.0.1:9880" in [api], or --listen'
        raise CollectorError("the API is off: [api] listen is empty", hint)
    sock = opened(place)
    try:
        with open_source(settings) as source:
            source.store.check()
            _warn(place, settings)
            app = make_app(source, lambda: _started(sock))
            _run(uvicorn.Server(_config(app, settings)), sock)
    finally:
        sock.close()
    log.info("ended as asked")


def opened(place: str) -> socket.socket:
    """The socket at ``host:port`` (port 0: any free one). Raises ``CollectorError``."""
    try:
        host, port = host_and_port(place)
    except ValueError as error:
        raise CollectorError(f"--listen {error}", "write it as 127.0.0.1:9880") from error
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        raise _not_had(place, error) from error
    return sock


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _not_had(place: str, error: OSError) -> CollectorError:
    if error.errno == errno.EADDRINUSE:
        hint = "another program listens there: end it, or give [api] listen another port"
        return CollectorError(f"{place} is in use", hint)
    reason = error.strerror or str(error)
    return CollectorError(f"{place}: {reason}", "give [api] listen an address of this machine")


def _config(app: object, settings: CollectorSettings) -> uvicorn.Config:
    proxies = list(settings.api.trusted_proxies)
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        log_config=None,
        access_log=False,
        server_header=False,
        root_path=settings.api.root_path,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies or None,
        limit_concurrency=MOST_AT_ONCE,
        timeout_graceful_shutdown=GRACE_S,
        h11_max_incomplete_event_size=_HEADERS_AT_MOST,
        http="h11",
        ws="none",
        workers=1,
    )


def _run(server: uvicorn.Server, sock: socket.socket) -> None:
    # uvicorn raises the signal again once it has ended: ours swallows it, the end is clean.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    server.run(sockets=[sock])
    notify("STOPPING=1")


def _started(sock: socket.socket) -> None:
    host, port = sock.getsockname()[:2]
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    log.info("answering at http://%s, page of it at /docs", where)
    notify("READY=1\nSTATUS=answering")


def _warn(place: str, settings: CollectorSettings) -> None:
    if is_loopback(host_and_port(place)[0]):
        return
    proxies = settings.api.trusted_proxies
    if not proxies:
        log.warning(
            "%s is reached from other machines and nothing here encrypts: tokens can be read on"
            " the way. Put a proxy with TLS in front, listen on 127.0.0.1, and name the proxy in"
            " [api] trusted_proxies",
            place,
        )
