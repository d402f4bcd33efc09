"""Contract power, the path of the CO2 target, and bills, as settings and store allow."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from collector.figures.bills import bill_rows
from collector.figures.longer import LongerFigures, contract_kw
from collector.figures.plant import FigurePlant
from collector.figures.target_path import co2_field, target_path
from collector.rollup.periods import midnight_ms
from collector.rollup.totals import SITE_METER, Total
from collector.site_config import ContractPowerSettings, SiteSettings, TargetSettings
from tests.collector.memory_store import MemoryStore
from tests.collector.summarise.plant import LIBRARY, SITE

NOW_MS = midnight_ms(SITE.zone, date(2025, 6, 10))


def plant(store: MemoryStore | None = None, **changes: object) -> FigurePlant:
    """The site with other settings, on the 10th of June 2025."""
    site: SiteSettings = SITE.model_copy(update=changes)
    return FigurePlant(store or MemoryStore(), site, LIBRARY, NOW_MS)


def days(first: date, count: int, kwh: float, kg: float | None) -> list[Total]:
    """So many days of the site alike."""
    return [
        Total(
            *("s", SITE_METER, "1d", midnight_ms(SITE.zone, first + timedelta(days=n)), kwh),
            *(0.0, 1.0, kwh / 10, kg),
        )
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("day", "kw"),
    [(date(2025, 3, 31), 260.0), (date(2025, 4, 1), 300.0), (date(2025, 9, 1), 280.0)],
)
def test_the_contract_in_force_is_the_newest_that_began(day: date, kw: float) -> None:
    """Before the first dated one, the plain contract power holds."""
    powers = (
        ContractPowerSettings(kw=300.0, from_date=date(2025, 4, 1)),
        ContractPowerSettings(kw=280.0, from_date=date(2025, 9, 1)),
    )
    assert contract_kw(plant(contract_powers=powers, contract_power_kw=260.0), day) == kw
    assert contract_kw(plant(), day) is None


def test_without_a_target_there_is_no_path() -> None:
    """The site's own CO2 is shown then."""
    assert target_path(plant()) is None
    assert co2_field(SITE) == "co2_kg"


def test_a_path_from_a_base_that_is_written_down() -> None:
    """-46 % from FY2013 to FY2030 on 100 t: in FY2030 54 t are left, half way in between 77."""
    path = target_path(plant(target=TargetSettings(base_t=100.0)))
    assert path is not None
    assert path.allowed_kg(2030) == 54_000
    assert float(path.allowed_kg(2021) or 0) == pytest.approx(100_000 - 46_000 * 8 / 17)


def test_a_base_year_of_which_nothing_is_known_makes_no_path() -> None:
    """Nothing is shown instead of a wrong line."""
    assert target_path(plant(target=TargetSettings())) is None


def test_a_target_that_cannot_be_makes_no_path() -> None:
    """Its year is not after the base."""
    wrong = TargetSettings(base_year=2030, target_year=2030, base_t=1.0)
    assert target_path(plant(target=wrong)) is None


def test_a_base_year_that_is_stored_is_worked_out() -> None:
    """FY2023 at 1000 kWh a day, by the factor of each day."""
    store = MemoryStore()
    store.write_totals(days(date(2023, 4, 1), 366, 1000.0, None))
    own = TargetSettings(scheme="own", base_year=2023, reduction_percent=50.0)
    path = target_path(plant(store, target=own))
    assert path is not None
    factors = float(path.base_kg) / 366_000
    assert 0.3 < factors < 0.6


def test_carbon_so_far_stands_beside_what_the_path_leaves() -> None:
    """100 kg a day since April; of 365 days May ends the 61st."""
    store = MemoryStore()
    store.write_totals(days(date(2025, 4, 1), 61, 200.0, 100.0))
    held = plant(store, target=TargetSettings(base_t=100.0))
    rows = {row.at_ms: row.fields for row in LongerFigures(held).rows(SITE_METER, date(2025, 4, 1))}
    may = rows[midnight_ms(SITE.zone, date(2025, 5, 1))]
    path = target_path(held)
    assert path is not None
    assert may["cum_co2_kg"] == 6100.0
    assert may["co2_target_kg"] == pytest.approx(float(path.allowed_kg(2025) or 0) * 61 / 365)


def test_a_day_without_factor_leaves_the_sum_without_one() -> None:
    """A part must not look like a whole."""
    store = MemoryStore()
    store.write_totals(days(date(2025, 4, 1), 30, 200.0, 100.0))
    store.write_totals(days(date(2025, 4, 9), 1, 200.0, None))
    rows = list(LongerFigures(plant(store)).rows(SITE_METER, date(2025, 4, 1)))
    assert rows
    assert all("cum_co2_kg" not in row.fields for row in rows)


def test_the_target_s_method_is_compared() -> None:
    """A target by location is held against the location's CO2."""
    site = SITE.model_copy(update={"target": TargetSettings(method="location")})
    assert co2_field(site) == "co2_location_kg"
    same = SITE.model_copy(update={"target": TargetSettings(method=SITE.co2_method)})
    assert co2_field(same) == "co2_kg"


def test_a_site_without_tariff_or_energy_has_no_bill() -> None:
    """``collector bill`` says why; a board shows nothing."""
    assert list(bill_rows(plant(), [date(2025, 4, 1)])) == []
