"""Which format /metrics has, by what its reader takes."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.request import Request, urlopen

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from edge_agent.process.health_page import HealthPage
from edge_agent.process.metrics import CONTENT_TYPE, OPEN_METRICS_TYPE, Metric

PLAIN = "text/plain"
OPEN = "application/openmetrics-text"
METRICS = (
    Metric("mieruka_agent_polls_total", "Polls.", "counter", 3.0),
    Metric("mieruka_agent_outbox_readings", "Waiting.", samples=(({"lane": 'l"1'}, 2.0),)),
)


@pytest.fixture(scope="module")
def page() -> Iterator[HealthPage]:
    """A page at a free port."""
    made = HealthPage("127.0.0.1:0", lambda: {"ok": True}, lambda: METRICS)
    assert made.start()
    yield made
    made.stop()


def get(page: HealthPage, accept: str) -> tuple[str, str]:
    """Content type and text."""
    request = Request(page.url + "/metrics", headers={"Accept": accept} if accept else {})
    with urlopen(request, timeout=10) as answer:
        assert answer.headers["Vary"] == "Accept"
        return answer.headers["Content-Type"], answer.read().decode()


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", CONTENT_TYPE),
        ("*/*", CONTENT_TYPE),
        (PLAIN, CONTENT_TYPE),
        (OPEN, OPEN_METRICS_TYPE),
        (f"{OPEN}; version=1.0.0", OPEN_METRICS_TYPE),
        (f"{PLAIN};q=0.9, {OPEN};q=0.5", CONTENT_TYPE),
        (f"{PLAIN};q=0.5, {OPEN};q=0.9", OPEN_METRICS_TYPE),
        (f"{OPEN};q=0", CONTENT_TYPE),
        (f"{OPEN};q=much", CONTENT_TYPE),
        # What Prometheus 2.53 asks with.
        (
            f"{OPEN};version=1.0.0;q=0.5,{OPEN};version=0.0.1;q=0.4,"
            f"{PLAIN};version=0.0.4;q=0.3,*/*;q=0.2",
            OPEN_METRICS_TYPE,
        ),
        (";;,,=;q", CONTENT_TYPE),
    ],
)
def test_who_asks_for_it_gets_openmetrics(page: HealthPage, accept: str, kind: str) -> None:
    """Everybody else gets what they always got."""
    content_type, text = get(page, accept)
    assert content_type == kind
    assert text.endswith("# EOF\n") == (kind == OPEN_METRICS_TYPE)


def test_the_page_is_openmetrics_by_another_reader(page: HealthPage) -> None:
    """The parser of prometheus_client reads the same figures, a quote in a label included."""
    _, text = get(page, OPEN)
    read = text_string_to_metric_families(text)  # type: ignore[no-untyped-call]
    families = {one.name: one for one in read}
    assert families["mieruka_agent_polls"].type == "counter"
    assert families["mieruka_agent_polls"].samples[0].value == 3.0
    assert families["mieruka_agent_outbox_readings"].samples[0].labels == {"lane": 'l"1'}
