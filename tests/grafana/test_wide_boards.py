"""The boards of consultants, support and portfolios on a real InfluxDB, against plain Python.

Every target is rendered as Grafana renders it. The two plants' figures are known by heart; a
third site with absurd figures is in the same buckets.
"""

from __future__ import annotations

from datetime import date, timedelta
from statistics import mean

import pytest

from collector.rollup.totals import SITE_METER
from grafana.boards import portfolio
from tests.grafana import two_plants as plants
from tests.grafana.rendering import with_variables
from tests.grafana.two_plants import NOW, PIECES, TODAY, days, half_hours, kwh, midnight
from tests.grafana.wide_boards import TOTALS, UIDS, Asker, board, panels, shipped

pytestmark = pytest.mark.services

LOAD, INTENSITY, QUALITY, FLEET, PORTFOLIO = UIDS
SHOWN = [*days(TODAY - timedelta(days=89))]
"""The days of a range of 90 days."""
BEFORE = [day - timedelta(days=28) for day in SHOWN]
"""Those of the compared range, four weeks before."""
YEAR, MONTH = date(2026, 4, 1), date(2026, 4, 1)
SLOWEST_S = 3.0
"""Far above the 300 ms promised: only a scan of everything takes as long."""


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("uid", UIDS)
def test_no_target_is_empty_foreign_or_slow(asker: Asker, uid: str, language: str) -> None:
    """Every target finds values where all of it occurs, of the chosen sites alone, at once."""
    asked = 0
    for panel in panels(uid, language):
        for target in panel.body["targets"]:
            series, took_s = asker.answers(panel, target)
            cells = [cell for one in series for row in one["values"] for cell in row[1:]]
            told = (panel.body["title"], panel.render(target))
            assert any(cell is not None for cell in cells), told
            assert plants.FOREIGN not in str(series), told
            assert took_s < SLOWEST_S, told
            asked += 1
    assert asked >= 12


@pytest.mark.parametrize("uid", UIDS)
def test_tables_name_columns_that_come_back(asker: Asker, uid: str) -> None:
    """Every column that a table dresses comes back under that name, so no look is idle."""
    for panel in panels(uid):
        if panel.body["type"] == "table":
            (target,) = panel.body["targets"]
            (first, *_) = asker.answers(panel, target)[0]
            found = {"Time", *first["columns"], *first.get("tags", {})}
            overrides = panel.body["fieldConfig"]["overrides"]
            named = {one["matcher"]["options"] for one in overrides if one["properties"]}
            assert named <= found | set(plants.METERS) | {PIECES}, panel.body["title"]


# The load profile, of the press of sendai.


def test_heat_map_is_each_half_hour(asker: Asker) -> None:
    """A cell is the half hour's mean load by the wall clock; what is not known is blank."""
    (one,) = asker.series(LOAD, "Power by hour and day")
    assert one["columns"][1:3] == ["00:00", "00:30"]
    assert [row[0] for row in one["values"]] == [midnight(day) for day in SHOWN]
    for day, row in zip(SHOWN, one["values"], strict=True):
        blank = [half for half in range(48) if row[1 + half] is None]
        assert blank == [half for half in range(48) if plants.is_unknown("press", day, half)]
        known = [cell for cell in row[1:] if cell is not None]
        assert known == pytest.approx(half_hours("sendai", "press", day))


def test_fiscal_year_in_figures(asker: Asker) -> None:
    """Peak, load factor and base load are of the fiscal year's half hours."""
    known = plants.loads("sendai", "press", "1fy", YEAR)
    assert asker.figure(LOAD, "Peak demand") == pytest.approx(max(known))
    assert asker.figure(LOAD, "Load factor") == pytest.approx(mean(known) / max(known))
    assert asker.figure(LOAD, "Base load") == pytest.approx(2.0)
    assert asker.figure(LOAD, "Base load's change (60 days)") == 4.5


@pytest.mark.parametrize(
    ("title", "period"),
    [("Duration curve (this month)", "1mo"), ("Duration curve (this fiscal year)", "1fy")],
)
def test_duration_curve_has_each_percent_once(asker: Asker, title: str, period: str) -> None:
    """The curve is this period's alone, from the peak down."""
    rows = asker.rows(LOAD, title)
    assert [row[1] for row in rows] == [float(percent) for percent in range(101)]
    expected = plants.curve_kw("sendai", "press", period, YEAR)
    assert [row[2] for row in rows] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("title", "group"),
    [
        ("Typical working day", "working"),
        ("Typical day off", "off"),
        ("Typical Saturday", "saturday"),
    ],
)
def test_typical_days_have_their_band(asker: Asker, title: str, group: str) -> None:
    """Each kind of day has 48 half hours with P10, P90 and median."""
    for ref, part in enumerate(("_low", "_high", "")):
        expected = [
            plants.typical_kw("sendai", "press", half)[f"{group}{part}_kw"] for half in range(48)
        ]
        rows = asker.rows(LOAD, title, ref)
        assert [row[1] for row in rows] == pytest.approx(expected)


def test_compared_day_is_another_meters_four_weeks_before(asker: Asker) -> None:
    """The compared half asks for the other meter and the shifted range."""
    mine, other = (
        asker.rows(LOAD, f"Mean day ({of})")
        for of in ("${meter:text}", "${other:text}, ${shift:text}")
    )
    assert [row[0] for row in mine] == [midnight(day) for day in SHOWN]
    assert [row[0] for row in other] == [midnight(day) for day in BEFORE]
    for day, row in zip(BEFORE, other, strict=True):
        halves = half_hours("sendai", "main", day)
        hours = [mean(pair) for pair in zip(halves[::2], halves[1::2], strict=True)]
        assert row[1:] == pytest.approx(hours)


def test_figures_of_both_ranges(asker: Asker) -> None:
    """The tables below say mean, peak and sums of the days of their range."""
    (mine,) = asker.table(LOAD, "Figures of the shown range (${meter:text})")
    figures = [plants.day_fields("sendai", "press", day) for day in SHOWN]
    assert mine["mean_kw"] == pytest.approx(mean(float(one["mean_kw"]) for one in figures))
    assert mine["peak_kw"] == pytest.approx(max(float(one["peak_kw"]) for one in figures))
    assert mine["off_hours_kwh"] == pytest.approx(
        sum(float(one["off_hours_kwh"]) for one in figures)
    )
    (other,) = asker.table(LOAD, "Figures compared (${other:text}, ${shift:text})")
    assert other["peak_kw"] == pytest.approx(
        max(max(half_hours("sendai", "main", day)) for day in BEFORE)
    )


def test_every_meter_in_this_years_figures(asker: Asker) -> None:
    """Each meter has one row: the running fiscal year's."""
    found = {row["meter"]: row for row in asker.table(LOAD, "Every meter (this fiscal year)")}
    assert set(found) == set(plants.METERS)
    for meter, row in found.items():
        assert row["time"] == midnight(YEAR)
        assert row["kwh"] == pytest.approx(sum(plants.loads("sendai", meter, "1fy", YEAR)) / 2)


def test_idle_energy_by_month(asker: Asker) -> None:
    """Off-hours, night and standby energy of the newest 13 months."""
    rows = asker.rows(LOAD, "Off-hours, night and standby energy")
    assert len(rows) == 13
    energy = sum(plants.loads("sendai", "press", "1mo", MONTH)) / 2
    assert rows[0][1:] == pytest.approx([energy * 0.3, energy * 0.35, energy * 0.2])


# Intensity, of the whole plant's pieces.


def test_intensity_of_the_month(asker: Asker) -> None:
    """KWh per piece, pieces and fixed share are of this month."""
    inside = plants.days_of("1mo", MONTH)
    amount = sum(plants.made(day) for day in inside)
    energy = sum(kwh("sendai", SITE_METER, day) for day in inside)
    per_unit = asker.figure(INTENSITY, "Intensity this month (kWh/unit)")
    assert per_unit == pytest.approx(energy / amount)
    assert asker.figure(INTENSITY, "Output this month") == pytest.approx(amount)
    assert asker.figure(INTENSITY, "Fixed share") == pytest.approx(500 * len(inside) / energy)


def test_days_of_output_and_energy(asker: Asker) -> None:
    """The cloud has a point a day; the table beside has the same days, newest first."""
    cloud = asker.rows(INTENSITY, "Output and energy of each day")
    expected = [
        [midnight(day), plants.made(day), kwh("sendai", SITE_METER, day),
         500 + 0.7 * plants.made(day)]
        for day in SHOWN
    ]  # fmt: skip
    assert cloud == [pytest.approx(row) for row in expected]
    table = asker.rows(INTENSITY, "Days in figures")
    assert [row[:4] for row in table] == [pytest.approx(row) for row in reversed(expected)]


def test_fixed_and_variable_part_are_the_energy(asker: Asker) -> None:
    """The stacked parts of each month add up to the site's energy."""
    for row in asker.rows(INTENSITY, "Fixed and variable part by month"):
        start = next(one for one in plants.starts("1mo") if midnight(one) == row[0])
        energy = sum(kwh("sendai", SITE_METER, day) for day in plants.days_of("1mo", start))
        assert row[1] + row[2] == pytest.approx(energy)


@pytest.mark.parametrize("title", ["Intensity of a line", "Intensity by shift day"])
def test_line_is_divided_day_by_day(asker: Asker, title: str) -> None:
    """Energy and output of a line stand at the same instants; days without output are left out."""
    energy, output = (dict(asker.rows(INTENSITY, f"{title} (kWh/unit)", ref)) for ref in (0, 1))
    assert set(output) <= set(energy)
    worked = [day for day in SHOWN if plants.made(day)]
    ratios = [energy[at] / amount for at, amount in output.items()]
    expected = [kwh("sendai", "press", day) / plants.made(day) for day in worked]
    assert ratios == pytest.approx(expected[len(expected) - len(ratios) :])
    assert len(ratios) >= len(worked) - 1


# Power quality, of the press.


def test_power_quality_in_figures(asker: Asker) -> None:
    """Power factor, leading nights, worst unbalance and lowest voltage of the range."""
    shown = [*days(TODAY - timedelta(days=13))]
    assert asker.figure(QUALITY, "Power factor this month (8-22 h)") == 91.0
    assert asker.figure(QUALITY, "Leading nights") == sum(day.day % 10 == 3 for day in shown)
    assert asker.figure(QUALITY, "Worst voltage unbalance") == 2.5
    assert asker.figure(QUALITY, "Lowest voltage") == 199.0


def test_limits_stand_where_something_is_known(asker: Asker) -> None:
    """A dashed limit is drawn over the known days alone."""
    factor, floor = (asker.rows(QUALITY, "Power factor by day (8-22 h)", ref) for ref in (0, 1))
    assert [row[1] for row in factor] == [80.0 + day.day % 20 for day in SHOWN[-14:]]
    assert floor == [[row[0], 85] for row in factor]
    assert {row[1] for row in asker.rows(QUALITY, "Harmonic distortion", 2)} == {5}


def test_phases_are_of_the_last_hour(asker: Asker) -> None:
    """Each phase has the hour's readings."""
    for ref in range(3):
        rows = asker.rows(QUALITY, "Voltage by phase", ref)
        assert {row[1] for row in rows} == {116.0 + ref}
        assert len(rows) == 60


# The fleet.


def test_fleet_counts_what_is_away(asker: Asker) -> None:
    """One agent of two is away, one meter of eight silent; an agent of two sites counts once."""
    assert asker.figure(FLEET, "Agents away") == 1
    assert asker.figure(FLEET, "Meters well") == 7
    assert asker.figure(FLEET, "All meters") == 8
    assert asker.figure(FLEET, "Holes in what came") == 2
    assert asker.figure(FLEET, "Certificate left") == 20
    assert asker.figure(FLEET, "Least free disk") == 9e9
    assert asker.figure(FLEET, "Largest clock offset") == 0.02


def test_agents_table_has_the_newest_row_of_each(asker: Asker) -> None:
    """What an agent does not tell is blank, not the last it once told."""
    table = asker.table(FLEET, "Newest state of each agent")
    assert {(row["site"], row["meter"]) for row in table} == {
        ("sendai", "_agent_gw1"), ("ube", "_agent_gw1"), ("ube", "_agent_gw2"),
    }  # fmt: skip
    found = {row["meter"]: row for row in table}
    assert found["_agent_gw2"]["online"] == 0
    assert found["_agent_gw2"]["certificate_days"] is None
    assert found["_agent_gw1"]["outbox_rows"] == 25


def test_silent_meter_stands_with_its_reason(asker: Asker) -> None:
    """The silent meter has its state and age, the others are well; the stack adds up minutes."""
    found = {
        (row["site"], row["meter"]): row for row in asker.table(FLEET, "Newest state of each meter")
    }
    assert found[plants.SILENT]["state"] == "meter_fault"
    assert found[plants.SILENT]["age"] > 7000 / 60
    assert {row["state"] for key, row in found.items() if key != plants.SILENT} == {"ok"}
    for ref, lasts in enumerate((120, 60, 60, 60)):
        rows = asker.rows(FLEET, "Why readings did not come", ref)
        assert sum(row[1] for row in rows) == lasts


def test_gaps_and_completeness_name_the_day(asker: Asker) -> None:
    """The day with a gap is in the table and below full in the timeline."""
    (gap,) = asker.table(FLEET, "Days with gaps")
    assert (gap["site"], gap["meter"]) == ("sendai", "press")
    assert (gap["time"], gap["gap"]) == (midnight(plants.GAP_DAY), 144)
    by_meter = {
        (one["tags"]["site"], one["tags"]["meter"]): dict(one["values"])
        for one in asker.series(FLEET, "Completeness by day (31 days)")
    }
    assert len(by_meter) == 8
    assert by_meter["sendai", "press"][midnight(plants.GAP_DAY)] == pytest.approx(0.9)
    # The window begins in the middle of a day, whose midnight is outside.
    assert [*by_meter["ube", "press"].values()] == [None, *[1.0] * 31]


def test_failures_are_a_share_of_all_requests(asker: Asker) -> None:
    """Only meters that tell bus statistics are listed, with timeouts and bad answers as a share."""
    found = asker.table(FLEET, "How meters answer")
    assert {(row["site"], row["meter"]) for row in found} == {("sendai", "press"), ("ube", "press")}
    assert {row["failed"] for row in found} == {0.01}


def test_machines_tell_what_wears_them_out(asker: Asker) -> None:
    """Each agent at each of its sites: what its card was written in 24 hours, and the newest."""
    found = {
        (row["site"], row["meter"]): row for row in asker.table(FLEET, "State of each machine")
    }
    assert set(found) == {("sendai", "_agent_gw1"), ("ube", "_agent_gw1"), ("ube", "_agent_gw2")}
    whole = found["sendai", "_agent_gw1"]
    assert whole["written"] == pytest.approx(24 * 60 * 1e6, rel=0.001)
    assert (whole["software"], whole["heat"], whole["free"]) == ("mieruka 1", 55.0, 5e8)
    # Two hours ago it fell silent.
    assert found["ube", "_agent_gw2"]["written"] == pytest.approx(22 * 60 * 1e6, rel=0.001)


def test_lines_are_told_with_shares_of_what_was_asked(asker: Asker) -> None:
    """Of 1000 requests 60 had no answer and 40 a bad one; of 1000 polls 50 were left out."""
    found = asker.table(FLEET, "State of each line")
    assert {row["meter"] for row in found} == {"_line_gw1.bus", "_line_gw2.bus"}
    for row in found:
        assert [row[key] for key in ("failed", "bad", "left", "load")] == [0.1, 0.04, 0.05, 0.3]


def test_wiring_names_the_meter_that_is_wrong(asker: Asker) -> None:
    """The newest verdict of each meter, and the phases it names."""
    found = asker.table(FLEET, "Wiring, as the agents judge it")
    assert len(found) == 6
    wrong = {
        (row["site"], row["meter"], row["kind"], row["phases"]) for row in found if row["faults"]
    }
    assert wrong == {
        ("sendai", "press", "reversed_ct", "L2"),
        ("ube", "press", "reversed_ct", "L2"),
    }


def test_lost_readings_are_told_with_their_reason(asker: Asker) -> None:
    """By agent and site, on the day it was told."""
    found = asker.table(FLEET, "Readings that will never come")
    assert len(found) == 3
    assert {(row["time"], row["readings"], row["reason"]) for row in found} == {
        (midnight(plants.GAP_DAY), 120.0, "thinned")
    }


# The portfolio.


def test_portfolio_asks_for_the_collectors_pseudo_meter() -> None:
    """Whole sites are those that the collector calls so."""
    assert f"'{SITE_METER}'" in portfolio.WHOLE


def test_portfolio_adds_up_the_chosen_sites(asker: Asker) -> None:
    """Energy and CO2 are both sites' together; the change is against last year's same days."""
    sites = [site.id for site in plants.SITES]
    energy = sum(sum(plants.loads(site, SITE_METER, "1mo", MONTH)) / 2 for site in sites)
    assert asker.figure(PORTFOLIO, "Energy this month") == pytest.approx(energy)
    year = sum(sum(plants.loads(site, SITE_METER, "1fy", YEAR)) / 2 for site in sites)
    assert asker.figure(PORTFOLIO, "CO2 this fiscal year") == pytest.approx(year * 0.4 / 1000)
    assert asker.figure(PORTFOLIO, "Against last year") == pytest.approx(3 / 3.1 - 1)
    assert asker.figure(PORTFOLIO, "Completeness (worst day)") == pytest.approx(0.9)


@pytest.mark.parametrize("title", ["Sites this month", "Sites this fiscal year"])
def test_sites_stand_side_by_side(asker: Asker, title: str) -> None:
    """Each site has one row, whole-site figures of the running period."""
    found = {row["site"]: row for row in asker.table(PORTFOLIO, title)}
    assert set(found) == {"sendai", "ube"}
    field = "kwh" if "month" in title else "cum_kwh"
    assert found["sendai"][field] == pytest.approx(2 * found["ube"][field])
    assert all(row["time"] == midnight(YEAR) for row in found.values())


def test_days_by_site(asker: Asker) -> None:
    """Each site's line has its own energy of each day."""
    for one in asker.series(PORTFOLIO, "Energy by day"):
        site = one["tags"]["site"]
        expected = {midnight(day): kwh(site, SITE_METER, day) for day in SHOWN[-30:]}
        assert dict(one["values"]) == pytest.approx(expected)


def test_worst_meter_of_the_day_by_site(asker: Asker) -> None:
    """A site's day is as complete as its worst meter."""
    found = {
        one["tags"]["site"]: dict(one["values"])
        for one in asker.series(PORTFOLIO, "Completeness by day (31 days)")
    }
    assert found["sendai"][midnight(plants.GAP_DAY)] == pytest.approx(0.9)
    assert [*found["ube"].values()] == [None, *[1.0] * 31]


# What the reader picks from.


@pytest.mark.parametrize(
    ("uid", "name", "expected"),
    [
        (LOAD, "meter", ["_site", "furnace", "main", "press"]),
        (INTENSITY, "product", [PIECES]),
    ],
)
def test_pickers_find_what_has_figures(
    asker: Asker, uid: str, name: str, expected: list[str]
) -> None:
    """On the board as shipped the reader picks from the meters that have figures at the site."""
    offered = shipped(uid, "en")["templating"]["list"]
    query = next(one["query"] for one in offered if one["name"] == name)
    text = with_variables(query, board(uid)["templating"]["list"])
    (found,) = asker.server.query(TOTALS, text)
    assert [row[1] for row in found["values"]] == expected
    assert NOW.date() == TODAY
