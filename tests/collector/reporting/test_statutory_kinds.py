"""Scope 2, energy law, check sheet and SBT gathered from a plant's real store and built."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from collector import config
from collector.config import CollectorSettings
from collector.errors import CollectorError
from collector.gather.account_book import account_of
from collector.reporting.gathering.signed_accounts import signed_account, site_of, span_asked
from collector.reporting.kind import Request
from collector.reporting.sources import Sources
from collector.reporting.table import kind_named
from collector.reports.report import LANGUAGES
from collector.reports.sbt.data import missing_of
from collector.site_config import TargetSettings
from tests.collector.plant_year import plant_year
from tests.collector.reports.formula_oracle import differences
from tests.collector.reports.signed_samples import figure, texts

FIRST, END = date(2025, 4, 1), date(2025, 6, 1)
STATUTORY = ("scope2", "energy_law", "jcci", "sbt")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> CollectorSettings:
    """Two months of a plant with two circuits."""
    folder = tmp_path_factory.mktemp("plant")
    return config.load(plant_year(folder, circuits=2, first=FIRST, end=END))


@pytest.fixture
def sources(settings: CollectorSettings, tmp_path: Path) -> Iterator[Sources]:
    """The plant, opened to read, with nothing closed yet."""
    own = settings.collector.model_copy(update={"state_dir": tmp_path / "state"})
    with Sources.open(settings.model_copy(update={"collector": own})) as opened:
        yield opened


def asked(**options: str) -> Request:
    """A report of FY2025 of the plant."""
    return Request("sendai", date(2025, 4, 1), date(2026, 4, 1), "FY2025", options)


def made(sources: Sources, name: str, **options: str) -> str:
    """Gather and build a report, see that its book computes, and give its Japanese text."""
    kind = kind_named(name)
    data = kind.gather(sources, asked(**options), lambda _what, _share: None)
    assert kind.book is not None
    assert differences(kind.book(data, "en")) == []
    assert kind.build(data, "en").title
    return texts(kind.build(data, "ja"))


def table_of(tmp_path: Path, text: str) -> str:
    """A file of customers."""
    path = tmp_path / "customers.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("name", STATUTORY)
def test_every_report_is_made(sources: Sources, name: str) -> None:
    """From the store to words in both languages and a workbook, missing days told."""
    options = {"base_year": "2020"} if name == "sbt" else {}
    assert "電力量が分かるのは 365日のうち 61日です" in made(sources, name, **options)


def test_the_figures_are_the_accounts(sources: Sources) -> None:
    """The pack's total is the account's own, never a second calculation."""
    kind = kind_named("scope2")
    data = kind.gather(sources, asked(), lambda _what, _share: None)
    site = sources.site("sendai")
    account = account_of(sources, site, span_asked(asked()), None)
    kg = account.sum_of("market").kg
    assert kg is not None
    assert figure(kind.build(data, "ja"), "マーケット").value == f"{kg.scaleb(-3):,.3f}"


def test_customers_from_a_file(sources: Sources, tmp_path: Path) -> None:
    """A line is assigned, the rest spread, machine hours measured where asked for."""
    text = "customer,lines,machine_hours\n甲,press,measured\n乙,furnace,measured\n"
    found = made(sources, "scope2", customers=table_of(tmp_path, text))
    assert "機械稼働時間は、各ラインの電力が期間最大の 10" in found
    assert "検算: 配分の合計 − 総量 = 0 Wh・0 g" in found


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("customer,lines,mass\nA,nosuch,1\n", {}, "sendai has no line nosuch"),
        ("customer,lines,mass\nA,pieces,1\n", {}, "sendai has no line pieces"),
        ("customer,lines,mass\nA,main,1\nB,press,1\n", {}, "press is part of the line main"),
        ("customer,mass\nA,1\n", {"customer": "B"}, "no customer B"),
        ("customer,mass\nA,1\n", {"basis": "weight"}, "weight is not a basis"),
        ("customer,mass\nA,1\n", {"basis": "revenue"}, "no revenue of: A"),
    ],
)
def test_wrong_customers(
    sources: Sources, tmp_path: Path, text: str, options: dict[str, str], message: str
) -> None:
    """Every wrong table or option is one clear line with a hint."""
    with pytest.raises(CollectorError, match=message) as caught:
        made(sources, "scope2", customers=table_of(tmp_path, text), **options)
    assert caught.value.hint


def test_a_file_that_is_not_there(sources: Sources, tmp_path: Path) -> None:
    """A missing file and a customer without a file are told."""
    with pytest.raises(CollectorError, match="No such file"):
        made(sources, "scope2", customers=str(tmp_path / "none.csv"))
    with pytest.raises(CollectorError, match="needs the table of customers"):
        made(sources, "scope2", customer="A")


def test_energy_law_counts_production(sources: Sources) -> None:
    """The one production meter is the denominator, provisional while days are missing."""
    text = made(sources, "energy_law")
    assert "生産計測器" in text
    assert "欠測日があるため、原単位は暫定" in text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"activity": "press"}, "activity = press is no production meter"),
        ({"dr_up": "2024-05-04"}, "2024-05-04 of demand response is not in FY2025"),
        ({"dr_up": "2025-05-04", "dr_down": "2025-05-04"}, "dr_up and in dr_down"),
        ({"energy_kl": "2021"}, "energy_kl = 2021"),
    ],
)
def test_wrong_energy_law_options(sources: Sources, options: dict[str, str], message: str) -> None:
    """Every wrong option is one clear line."""
    with pytest.raises(CollectorError, match=message):
        made(sources, "energy_law", **options)


def test_check_sheet_by_another_fiscal_year(sources: Sources) -> None:
    """With start_month=5 FY2025 runs from May 2025 to April 2026."""
    data = kind_named("jcci").gather(sources, asked(start_month="5"), lambda _what, _share: None)
    assert (data.account.span.first, data.account.span.end) == (date(2025, 5, 1), date(2026, 5, 1))
    assert date(2025, 5, 1) in data.bills


def test_check_sheet_wants_twelve_months(sources: Sources) -> None:
    """A quarter, or a year from the middle of a month, is refused."""
    kind = kind_named("jcci")
    for end in (date(2025, 7, 1), date(2026, 4, 2)):
        request = Request("sendai", FIRST, end, "x")
        with pytest.raises(CollectorError, match="not twelve whole months"):
            kind.gather(sources, request, lambda _what, _share: None)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "base year of sendai is not known"),
        ({"base_year": "2030"}, "base_year = 2030"),
        ({"base_year": "2027"}, "later than the year reported"),
        ({"base_year": "2020", "s1_t": "-3"}, "s1_t = -3"),
        ({"base_year": "2020", "flag": "perhaps"}, "flag = perhaps"),
        ({"base_year": "2020", "reduction": "101"}, "reduction = 101"),
    ],
)
def test_wrong_sbt_options(sources: Sources, options: dict[str, str], message: str) -> None:
    """Every wrong option is one clear line with a hint."""
    with pytest.raises(CollectorError, match=message) as caught:
        made(sources, "sbt", **options)
    assert caught.value.hint


def test_a_closed_period_is_told_as_it_was_closed(sources: Sources) -> None:
    """After closing, the pack holds the closed account, its digest and who closed it."""
    request = Request("sendai", FIRST, END, "2025-04/2025-05")
    site = site_of(sources, request)
    account = account_of(sources, site, span_asked(request), None)
    closed = sources.state.closed.close(account, "山田", 1_780_000_000_000)
    found = signed_account(sources, site, span_asked(request))
    assert found.history[0].digest == closed.digest
    assert found.now_kg is None
    assert found.account.sum_of("location").kg == account.sum_of("location").kg
    kind = kind_named("scope2")
    data = kind.gather(sources, request, lambda _what, _share: None)
    assert closed.digest in texts(kind.build(data, "ja"))


def test_base_year_entered_for_sbt(sources: Sources) -> None:
    """A base year without readings is taken as entered, in tonnes."""
    options = {"base_year": "2020", "base_location_t": "250.5", "base_market_t": "300"}
    data = kind_named("sbt").gather(sources, asked(**options), lambda _what, _share: None)
    assert data.base.origin == "entered"
    assert data.base.kg == {"location": Decimal(250_500), "market": Decimal(300_000)}


def with_target(sources: Sources, **target: object) -> Sources:
    """The same plant with a target in its settings."""
    site = sources.settings.sites[0]
    goal = TargetSettings.model_validate(target)
    aimed = site.model_copy(update={"target": goal})
    return replace(sources, settings=sources.settings.model_copy(update={"sites": (aimed,)}))


def test_base_year_of_the_settings(sources: Sources) -> None:
    """Entered tonnes are told as entered; a year that is not wholly known has no figure."""
    entered = with_target(sources, base_year=2020, base_t=300.5, method="location")
    text = made(entered, "scope2")
    assert "300.500" in text
    assert "入力値" in text
    unknown = with_target(sources, base_year=2025)
    assert "基準年の値がありません" in made(unknown, "scope2")


def test_a_closed_base_year_is_frozen(sources: Sources) -> None:
    """A closed base year gives its own figures to the SBT report, and counts as frozen."""
    aimed = with_target(sources, scheme="sbt_sme", base_year=2025)
    site = aimed.site("sendai")
    account = account_of(aimed, site, span_asked(asked()), None)
    aimed.state.closed.close(account, "山田", 1_780_000_000_000)
    data = kind_named("sbt").gather(aimed, asked(), lambda _what, _share: None)
    assert data.base.origin == "closed"
    assert data.base.kg["market"] == account.sum_of("market").kg
    assert "base_frozen" not in missing_of(data)


@pytest.mark.parametrize(
    ("name", "site", "first", "end"),
    [
        *((name, "sendai", date(2025, 4, 1), date(2026, 4, 1)) for name in STATUTORY),
        ("daily", "sendai", date(2025, 5, 20), date(2025, 5, 21)),
        ("monthly", "sendai", date(2025, 5, 1), date(2025, 6, 1)),
        ("overview", "sendai", FIRST, END),
        ("completeness", "sendai", FIRST, END),
        ("portfolio", "", FIRST, END),
    ],
)
def test_moments_are_in_the_plant_s_time(
    sources: Sources, name: str, site: str, first: date, end: date
) -> None:
    """Data files of every report write moments in the plant's zone, not in UTC."""
    kind = kind_named(name)
    options = {"base_year": "2020"} if name == "sbt" else {}
    data = kind.gather(sources, Request(site, first, end, "", options), lambda _what, _share: None)
    assert {kind.build(data, language).zone for language in LANGUAGES} == {"Asia/Tokyo"}


def test_pieces_are_a_whole_number(sources: Sources) -> None:
    """What binary numbers add to a count of pieces is not printed; the meter has both names."""
    kind = kind_named("energy_law")
    data = kind.gather(sources, asked(activity="pieces"), lambda _what, _share: None)
    pieces = data.years[-1].activity
    assert pieces == pieces.to_integral_value()
    assert f"{pieces.normalize():,f}" in texts(kind.build(data, "ja"))
    assert "C Production (個)" in texts(kind.build(data, "en"))
