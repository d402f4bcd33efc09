"""The figures for Prometheus, read back by its own parser."""

from __future__ import annotations

import math

import pytest
from prometheus_client.parser import text_string_to_metric_families

from edge_agent.process.metrics import Metric, build_metric, exposition, progress_metrics
from edge_agent.process.progress import Progress
from edge_agent.process.usage import usage, usage_metrics


def parsed(*metrics: Metric) -> dict[tuple[str, str], float]:
    """Value by sample name and labels."""
    text = exposition(metrics).decode()
    return {
        (sample.name, ",".join(f"{k}={v}" for k, v in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_figures_with_and_without_labels() -> None:
    """A gauge keeps its name, a counter ends in _total, labels are escaped."""
    found = parsed(
        Metric("m_depth_readings", "Waiting.", value=2.5),
        Metric("m_polls_total", "Polls.", "counter", samples=(({"meter": 'a"\\b'}, 4.0),)),
        Metric("m_lost", "Lost.", "counter", 1.0),
    )
    assert found == {
        ("m_depth_readings", ""): 2.5,
        ("m_polls_total", 'meter=a"\\b'): 4.0,
        ("m_lost_total", ""): 1.0,
    }


def test_what_is_not_known_is_absent() -> None:
    """None is no sample, and a figure without samples is no line, never a zero."""
    some = Metric("m_age_seconds", "Age.", samples=(({"meter": "a"}, None), ({"meter": "b"}, 1.0)))
    assert parsed(some, Metric("m_never", "Never.")) == {("m_age_seconds", "meter=b"): 1.0}


def test_a_wrong_name_is_refused() -> None:
    """A name that Prometheus would not take is a fault of the program."""
    with pytest.raises(ValueError, match="metric name"):
        exposition([Metric("", "Nothing.", value=1.0)])


def test_the_process_tells_its_costs_and_version() -> None:
    """Memory, processor time, bytes written, files and threads are there and above zero."""
    found = parsed(*usage_metrics("m"), build_metric("m"))
    names = {name for name, _ in found}
    assert names >= {"m_memory_bytes", "m_cpu_seconds_total", "m_open_files", "m_threads"}
    assert all(value >= 0 and math.isfinite(value) for value in found.values())
    assert (usage().rss_bytes or 0) > 1_000_000
    assert (usage().peak_rss_bytes or 0) >= (usage().rss_bytes or 0)


def test_every_part_tells_silence_and_limit() -> None:
    """Two figures a part."""
    progress = Progress(lambda: 5.0)
    progress.expect("commit", 45)
    assert parsed(*progress_metrics("m", progress)) == {
        ("m_part_silent_seconds", "part=commit"): 0.0,
        ("m_part_limit_seconds", "part=commit"): 45.0,
    }
