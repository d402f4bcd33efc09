"""The certificates of this machine's own posts: the broker, the fleet server, the collector.

A certificate and its key are one PEM file, so that they change in one step. ``broker/`` is what a
broker reads: ``ca.pem``, ``broker.pem`` (mode 0640: the broker's group can be given the folder),
``revoked.crl`` and the access list ``acl``. Each certificate is made anew at half of its life, for
the names it has.
"""

from __future__ import annotations

import logging
import re
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

from collector.errors import CollectorError
from collector.fleet import files, signing
from collector.fleet.access import access_list
from collector.fleet.authority import Authority

log = logging.getLogger(__name__)
Post = Literal["broker", "server", "collector"]
RELOAD_WITHIN_S = 60.0
_LABEL = r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"
_HOST, _HOST_MOST = rf"(\*\.)?{_LABEL}(\.{_LABEL})*", 253
"""RFC 1123, 2.1; the underscore is in names that Docker gives."""


class Posts:
    """The files in the authority's folder. ``reload_command`` makes the broker read its anew."""

    def __init__(self, authority: Authority, reload_command: Sequence[str] = ()) -> None:
        self.authority, self._reload_command = authority, tuple(reload_command)
        folder = authority.folder
        self.broker_folder = folder / "broker"
        self.certificates: dict[Post, Path] = {
            "broker": self.broker_folder / "broker.pem",
            "server": folder / "server.pem",
            "collector": folder / "collector.pem",
        }
        self.ca_file = folder / "ca.pem"

    def write_trust(self, at_ms: int) -> None:
        """Write which authorities are trusted, and which certificates and agents are not."""
        revoked = self.authority.revocations(at_ms)
        self.renew_access()
        for path in (self.ca_file, self.broker_folder / "ca.pem"):
            files.write(path, self.authority.authorities, files.OPEN)
        files.write(self.broker_folder / "revoked.crl", revoked, files.OPEN)

    def renew_access(self) -> bool:
        """Write the access list when it is not the one there; answers whether it was not.

        A newer version may have other rules than the one that wrote it.
        """
        path, wanted = self.broker_folder / "acl", access_list(self.authority.shut_out())
        if path.exists() and path.read_bytes() == wanted.encode("ascii"):
            return False
        files.write(path, wanted, files.OPEN)
        return True

    def write_server(self, post: Post, hosts: Sequence[str], at_ms: int) -> Path:
        """Make a server's certificate for these names or IP addresses; answers its file.

        Raises ``CollectorError`` for what no server can be called.
        """
        require_hosts(hosts)
        mode = files.SHARED if post == "broker" else files.SECRET
        return self._write(post, self.authority.issue_server(hosts, at_ms), mode)

    def write_collector(self, at_ms: int) -> Path:
        """Make the collector's certificate; answers its file."""
        return self._write("collector", self.authority.issue_collector(at_ms), files.SECRET)

    def _write(self, post: Post, issued: tuple[str, str], mode: int) -> Path:
        path = self.certificates[post]
        files.write(path, "".join(issued), mode)
        return path

    def renew(self, at_ms: int, *, all_of_them: bool = False) -> list[Path]:
        """Make each certificate anew that is past half of its life; answers their files."""
        renewed: list[Path] = []
        for post, path in self.certificates.items():
            if not path.exists():
                continue
            facts = signing.facts_of(files.read(path))
            if not all_of_them and at_ms < (facts.not_before_ms + facts.not_after_ms) // 2:
                continue
            renewed.append(self._again(post, signing.hosts_of(files.read(path)), at_ms))
        return renewed

    def _again(self, post: Post, hosts: Sequence[str], at_ms: int) -> Path:
        if post == "collector":
            return self.write_collector(at_ms)
        return self.write_server(post, hosts, at_ms)

    def reload_broker(self) -> str:
        """Let the broker read its files anew; answers what went wrong, "" when nothing did."""
        if not self._reload_command:
            return "[fleet] reload_command is not set"
        words = " ".join(self._reload_command)
        try:
            done = subprocess.run(
                self._reload_command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=RELOAD_WITHIN_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired, ValueError) as error:
            return f"`{words}` failed: {error}"
        if done.returncode == 0:
            return ""
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        return f"`{words}` failed: {lines[-1] if lines else f'exit code {done.returncode}'}"


def require_hosts(hosts: Sequence[str]) -> None:
    """Raise ``CollectorError`` for what no server can be called."""
    for host in hosts:
        if not _is_host(host):
            hint = (
                "write a name as in collector.example.com, or an IP address; no https://, no port"
            )
            raise CollectorError(f"{host} is no name of a server", hint)


def _is_host(text: str) -> bool:
    with suppress(ValueError):
        ip_address(text)
        return True
    return len(text) <= _HOST_MOST and re.fullmatch(_HOST, text) is not None
