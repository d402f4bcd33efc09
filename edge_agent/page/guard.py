"""Who may use the page: addresses, names it is called by, the PIN. PURE but for chance.

The page speaks plain HTTP in a plant's own network, so it answers to nobody else: only to
addresses that cannot be routed in from outside, and only under names that no outsider's DNS can
point here.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Callable, Collection
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

PIN_DIGITS = 6
FREE_TRIES = 5
"""After so many wrong PINs in a row nobody may try for a while."""
FIRST_WAIT_S, LAST_WAIT_S = 30.0, 3_600.0
"""That while: the first, doubled by each wrong PIN more, up to the last."""

_PRIVATE = tuple(
    map(
        ip_network,
        (
            *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),  # RFC 1918
            *("127.0.0.0/8", "::1/128"),
            *("169.254.0.0/16", "fe80::/10"),  # RFC 3927, RFC 4291: link-local
            "fc00::/7",  # RFC 4193: unique local
        ),
    )
)


def is_private(address: str) -> bool:
    """Whether ``address`` is of this machine or of a network that the internet cannot reach."""
    try:
        found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return any(found in network for network in _PRIVATE if network.version == found.version)


def is_our_name(host: str, names: Collection[str]) -> bool:
    """Whether a Host header names this machine: a private address, or one of ``names``."""
    bare = _without_port(host.strip().lower())
    return is_private(bare.strip("[]")) or bare.rstrip(".") in names


def machine_names(hostname: str) -> frozenset[str]:
    """The names under which a phone in the same network may call a machine."""
    bare = hostname.strip().lower().partition(".")[0]
    own = {bare, f"{bare}.local", f"{bare}.lan", hostname.strip().lower()} if bare else set()
    return frozenset({"localhost", *own})


def new_pin() -> str:
    """A PIN made by chance."""
    return f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}d}"


class PinLock:
    """Compares PINs, and waits longer and longer when they are wrong. Any thread may call it."""

    def __init__(self, pin: str, monotonic_s: Callable[[], float]) -> None:
        self._pin, self._monotonic_s = pin, monotonic_s
        self._lock = threading.Lock()
        self._wrong = 0
        self._free_at_s = float("-inf")

    def opens(self, pin: str) -> bool:
        """Whether ``pin`` is right. While one must wait it is not even looked at."""
        with self._lock:
            if self._waiting_s() > 0:
                return False
            right = hmac.compare_digest(pin.encode("utf-8"), self._pin.encode("utf-8"))
            self._wrong = 0 if right else self._wrong + 1
            if self._wrong >= FREE_TRIES:
                wait_s = FIRST_WAIT_S * 2.0 ** min(self._wrong - FREE_TRIES, 16)
                self._free_at_s = self._monotonic_s() + min(wait_s, LAST_WAIT_S)
            return right

    def wait_s(self) -> float:
        """How long nobody may try, 0 when one may."""
        with self._lock:
            return self._waiting_s()

    def _waiting_s(self) -> float:
        return max(self._free_at_s - self._monotonic_s(), 0.0)


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0] if host.count(":") == 1 else host
