"""Figures in Prometheus' text format. The only file with prometheus_client.

The library is loaded by the first request: an agent that nobody scrapes does not pay for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Literal

from edge_agent.process.progress import Progress

if TYPE_CHECKING:
    from prometheus_client.core import Metric as Family

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
OPEN_METRICS = "application/openmetrics-text"
OPEN_METRICS_TYPE = f"{OPEN_METRICS}; version=1.0.0; charset=utf-8"

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure, or one a set of labels. Its name ends in its unit, a counter's in ``_total``.

    ``value`` for a figure without labels, else ``samples``; None is left out: absent is absent.
    """

    name: str
    help: str
    kind: Literal["gauge", "counter"] = "gauge"
    value: float | None = None
    samples: tuple[tuple[Labels, float | None], ...] = ()


def exposition(metrics: Iterable[Metric]) -> bytes:
    """The page that Prometheus reads. Raises ``ValueError`` for a name that it would refuse."""
    from prometheus_client.exposition import generate_latest

    return generate_latest(_Families(tuple(metrics)))


def open_metrics(metrics: Iterable[Metric]) -> bytes:
    """The same as OpenMetrics 1.0 writes it, with its end told by ``# EOF``."""
    from prometheus_client.openmetrics.exposition import generate_latest

    page: bytes = generate_latest(_Families(tuple(metrics)))  # type: ignore[no-untyped-call]
    return page


def in_wanted_format(metrics: Iterable[Metric], accept: str) -> tuple[str, bytes]:
    """Content type and page: OpenMetrics for who names it in ``Accept``, else the older text.

    Who names both with a weight (``q``) gets the one that weighs more; Prometheus names both.
    """
    wanted = [(weight, kind) for kind, weight in _weights(accept) if weight > 0]
    plain = max((weight for weight, kind in wanted if kind.startswith("text/")), default=0.0)
    if any(weight >= plain for weight, kind in wanted if kind == OPEN_METRICS):
        return OPEN_METRICS_TYPE, open_metrics(metrics)
    return CONTENT_TYPE, exposition(metrics)


def _weights(accept: str) -> Iterator[tuple[str, float]]:
    for part in accept.split(","):
        kind, *parameters = (word.strip().lower() for word in part.split(";"))
        weight = next((one[2:] for one in parameters if one.startswith("q=")), "1")
        try:
            yield kind, float(weight)
        except ValueError:
            yield kind, 0.0


def progress_metrics(prefix: str, progress: Progress) -> Iterator[Metric]:
    """How long ago each part moved, and within how long it must."""
    standings = progress.standings()
    yield Metric(
        f"{prefix}_part_silent_seconds",
        "Time since this part of the process last moved.",
        samples=tuple(({"part": part}, one.silent_s) for part, one in standings.items()),
    )
    yield Metric(
        f"{prefix}_part_limit_seconds",
        "After so long without a move the process ends itself to be started anew.",
        samples=tuple(({"part": part}, one.within_s) for part, one in standings.items()),
    )


def build_metric(prefix: str) -> Metric:
    """Which version runs, as a label of a figure that is always 1."""
    labels = {"version": version("mieruka")}
    return Metric(f"{prefix}_build_info", "The version that runs.", samples=((labels, 1.0),))


class _Families:
    """The metrics as a collector of prometheus_client sees them."""

    def __init__(self, metrics: tuple[Metric, ...]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterator[Family]:
        """One family a metric, without those that have no sample."""
        from prometheus_client.core import Metric as Family

        for metric in self._metrics:
            family = Family(metric.name.removesuffix("_total"), metric.help, metric.kind)
            suffix = "_total" if metric.kind == "counter" else ""
            nothing: Labels = {}
            for labels, value in ((nothing, metric.value), *metric.samples):
                if value is not None:
                    family.add_sample(family.name + suffix, dict(labels), value)
            if family.samples:
                yield family
