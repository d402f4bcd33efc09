"""The digest over the figures a certificate is about: whoever makes it again gets the same.

One line a meter and local day, ``meter day energy estimated coverage missing``, separated by one
space: energies in whole milli-Wh, shares of the day in millionths. Lines are in order of meter
and day and joined by line feeds; the digest is the SHA-256 of that text in UTF-8.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date

MILLI_WH_PER_KWH = 1_000_000
_MILLION = 1_000_000


def digest_line(
    meter: str, day: date, kwh: float, estimated_kwh: float, coverage: float, missing: float
) -> str:
    """The line of a meter's local day."""
    energies = (round(kwh * MILLI_WH_PER_KWH), round(estimated_kwh * MILLI_WH_PER_KWH))
    shares = (round(coverage * _MILLION), round(missing * _MILLION))
    return " ".join(map(str, (meter, day.isoformat(), *energies, *shares)))


def digest_of(lines: Iterable[str]) -> str:
    """The SHA-256 (hexadecimal) of the lines in order."""
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
