"""A name for a set of factors that only that set has."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Sequence

from collector.factors.factor import Factor


def snapshot_of(factors: Sequence[Factor]) -> str:
    """SHA-256 (hexadecimal) over every value of every row, in order, as JSON lines in UTF-8."""
    digest = hashlib.sha256()
    for factor in factors:
        line = json.dumps(dataclasses.asdict(factor), ensure_ascii=False, default=str)
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()
