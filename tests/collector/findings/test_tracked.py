"""A finding's status over time: open, doing, muted until a day, gone, with its cost."""

from __future__ import annotations

from datetime import date

from collector.findings.status import Change, Status
from collector.findings.tracked import tracked
from tests.collector.findings.plants import found_in, plant_of, year_of

KEY = "standby:works:press"
TODAY = date(2026, 4, 1)


def _change(status: Status, at_ms: int, **more: object) -> Change:
    return Change("works", KEY, status, "sato", "", "sato", at_ms, **more)  # type: ignore[arg-type]


def _found() -> tuple[object, ...]:
    year = year_of()
    return found_in(plant_of(year, {"press": year.load(60.0, 10.0)}), "standby").found


def test_an_untouched_finding_is_open() -> None:
    """Without any entry a finding is open and nobody's."""
    (item,) = tracked(_found(), [], TODAY)  # type: ignore[arg-type]
    assert (item.status, item.owner, item.since_ms, item.promise) == ("open", "", None, None)


def test_the_last_entry_counts_and_all_are_kept() -> None:
    """Doing after open: the last one's status, both in the history."""
    changes = [_change("open", 1), _change("doing", 2)]
    (item,) = tracked(_found(), changes, TODAY)  # type: ignore[arg-type]
    assert (item.status, item.owner, item.since_ms) == ("doing", "sato", 2)
    assert item.history == tuple(changes)


def test_a_mute_ends_on_its_day() -> None:
    """Muted until 1 May: muted on 30 April, open again on the day itself."""
    changes = [_change("muted", 1, until=date(2026, 5, 1))]
    found = _found()
    statuses = [
        tracked(found, changes, day)[0].status  # type: ignore[arg-type]
        for day in (date(2026, 4, 30), date(2026, 5, 1))
    ]
    assert statuses == ["muted", "open"]
    assert tracked(found, [_change("muted", 1)], date(2099, 1, 1))[0].status == "muted"  # type: ignore[arg-type]


def test_a_finding_that_is_gone_keeps_its_history() -> None:
    """What no rule finds any more is listed without figures, with its entries."""
    (item,) = tracked([], [_change("doing", 1)], TODAY)
    assert item.finding is None
    assert item.key == KEY
    assert item.status == "doing"


def test_a_cost_that_was_given_is_on_the_finding() -> None:
    """The newest cost gives the finding its payback."""
    (item,) = tracked(_found(), [_change("doing", 1, cost_yen=100_000.0)], TODAY)  # type: ignore[arg-type]
    assert item.finding is not None
    payback = item.finding.payback_years
    assert payback is not None
    assert payback.mid == 100_000 / item.finding.yen.mid
