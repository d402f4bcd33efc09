"""What an alert is described with: questions, reckoning, words. Plain types, no library.

A rule asks InfluxQL, keeps the newest answer of each meter (``reduce``) and judges it by an
expression that is true when it fires (``math``). Only these two kinds of Grafana's expressions
are used: they are the same from 9.4 on, and short enough to be reckoned again in a test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from grafana.look import TOTALS

NoData = Literal["OK", "Alerting", "NoData"]
OnError = Literal["OK", "Error", "Alerting"]
Severity = Literal["warning", "critical"]
Reducer = Literal["last", "min", "max"]
MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400


@dataclass(frozen=True, slots=True)
class Ask:
    """A query from ``back_s`` to ``until_s`` seconds ago, and what of its answer is kept.

    ``ref`` (one capital) is what expressions and messages call the figure that is kept.
    """

    ref: str
    query: str
    back_s: int
    source: str = TOTALS
    until_s: int = 0
    keep: Reducer = "last"


@dataclass(frozen=True, slots=True)
class Reckon:
    """A figure made of others by Grafana's arithmetic: ``($F - $K) * $U``."""

    ref: str
    expression: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One alert. Words are found by ``uid`` (``alerts.<uid>.title``, ``.summary``, ``.about``).

    ``fires`` is true when something is wrong; ``wait`` is how long it must be (Grafana's ``for``).
    ``no_data`` and ``on_error`` are the states without an answer, ``why`` the reason for the two.
    ``per_meter`` rules are judged for each meter, others for the whole site; ``board`` is the uid
    (without language) of the board that shows more.
    """

    uid: str
    asks: tuple[Ask, ...]
    fires: str
    wait: str
    severity: Severity
    board: str
    why: str
    reckons: tuple[Reckon, ...] = ()
    no_data: NoData = "OK"
    on_error: OnError = "OK"
    per_meter: bool = True
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Rules that are judged together every ``interval_s``, with the thresholds they name."""

    name: str
    scope: Literal["site", "fleet"]
    interval_s: int
    thresholds: dict[str, float]
    rules: tuple[Rule, ...]
