"""Certificates: claims on energy that was used."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.accounts.certificates import (
    LOWERS,
    Certificate,
    certificate_faults,
    certificates_of,
    matched,
)
from collector.accounts.span import Span
from collector.site_config import CertificateSettings, SiteSettings
from tests.collector.accounts.books import FY2025, KWH, claim

APRIL = date(2025, 4, 1)


def settings(number: str, **more: object) -> CertificateSettings:
    """A certificate as the settings have it."""
    usual: dict[str, object] = {
        "kind": "non_fossil_fit",
        "kwh": 100000.5,
        "vintage_from": date(2025, 1, 1),
        "vintage_to": date(2026, 1, 1),
        "applies_from": APRIL,
        "applies_to": date(2026, 4, 1),
        "tracking_no": number,
        "retired_on": date(2026, 5, 1),
    }
    return CertificateSettings.model_validate({**usual, **more})


def site(name: str, *certificates: CertificateSettings) -> SiteSettings:
    """A site with these certificates."""
    return SiteSettings(id=name, time_zone="Asia/Tokyo", certificates=certificates)


@pytest.mark.parametrize(
    ("kind", "methods"),
    [
        ("non_fossil_fit", {"market", "jp_shk_adjusted", "jp_shk_basic"}),
        ("non_fossil_non_fit", {"market", "jp_shk_adjusted", "jp_shk_basic"}),
        ("green_power", {"market", "jp_shk_adjusted", "jp_shk_basic"}),
        ("j_credit_renewable", {"market", "jp_shk_adjusted", "jp_shk_basic"}),
        ("j_credit_other", {"jp_shk_adjusted"}),
        ("jcm", {"jp_shk_adjusted"}),
        ("go", {"market"}),
        ("rec", {"market"}),
        ("i_rec", {"market"}),
    ],
)
def test_what_each_kind_lowers(kind: str, methods: set[str]) -> None:
    """Energy certificates lower Scope 2; credits that are no energy never do."""
    assert set(LOWERS[kind]) == methods
    one = claim(1, FY2025, kind)
    found = {m for m in LOWERS["green_power"] if one.lowers(m, APRIL, japanese=True)}
    assert found == methods


def test_basic_is_lowered_from_fiscal_2024_on() -> None:
    """Before that a reporter's own certificates lowered the adjusted figure only."""
    one = claim(1, Span(date(2023, 4, 1), date(2025, 4, 1)))
    assert not one.lowers("jp_shk_basic", date(2024, 3, 31), japanese=True)
    assert one.lowers("jp_shk_basic", date(2024, 4, 1), japanese=True)
    assert one.lowers("jp_shk_adjusted", date(2024, 3, 31), japanese=True)


def test_japanese_kinds_count_in_japan_only() -> None:
    """A non-fossil certificate does nothing for a plant in Great Britain; a REC may."""
    assert not claim(1, FY2025).lowers("market", APRIL, japanese=False)
    assert claim(1, FY2025, "rec").lowers("market", APRIL, japanese=False)


def test_retirement_is_a_matter_of_the_day() -> None:
    """Not retired is not counted; retired later is not counted as known before."""
    one = claim(1, FY2025)
    assert one.retired(None)
    assert one.retired(date(2026, 3, 1))
    assert not one.retired(date(2026, 2, 28))
    assert not claim(1, FY2025, retired_on=None).retired(None)


def test_the_time_of_generation_is_compared_with_the_time_of_use() -> None:
    """Within it is well; partly outside and wholly outside are two different warnings."""
    within = claim(1, FY2025, vintage=Span(date(2025, 5, 1), date(2025, 6, 1)))
    partly = claim(1, FY2025, vintage=Span(date(2025, 1, 1), date(2026, 1, 1)))
    outside = claim(1, FY2025, vintage=Span(date(2022, 1, 1), date(2023, 1, 1)))
    assert within.vintage_warning() == ""
    assert "partly outside" in partly.vintage_warning()
    assert "on no day" in outside.vintage_warning()


def test_certificates_come_from_the_settings() -> None:
    """KWh become whole milli-Wh, exactly."""
    (one,) = certificates_of(site("a", settings("T1", technology="solar")))
    assert one == Certificate(
        "non_fossil_fit",
        100_000_500_000,
        Span(date(2025, 1, 1), date(2026, 1, 1)),
        Span(APRIL, date(2026, 4, 1)),
        "T1",
        date(2026, 5, 1),
        "solar",
    )


def test_a_tracking_number_counts_once_among_all_sites() -> None:
    """The same number at two sites is a fault that names both places."""
    sites = [site("a", settings("T1"), settings("")), site("b", settings(""), settings("T1"))]
    (fault,) = certificate_faults(sites)
    assert fault.startswith('sites[1].certificates[1].tracking_no = "T1"')
    assert "sites[0].certificates[0]" in fault


def test_windows_that_end_before_they_begin_are_told_all_at_once() -> None:
    """Each with its path, its value and what to write."""
    wrong = settings("T1", vintage_to=date(2025, 1, 1), applies_to=date(2025, 3, 1))
    faults = list(certificate_faults([site("a", wrong)]))
    assert [fault.split(":")[0] for fault in faults] == [
        "sites[0].certificates[0].vintage_to = 2025-01-01",
        "sites[0].certificates[0].applies_to = 2025-03-01",
    ]


def test_right_certificates_have_no_faults() -> None:
    """Without numbers they cannot be doubles."""
    assert list(certificate_faults([site("a", settings(""), settings(""))])) == []


def test_the_claim_that_ends_first_takes_first() -> None:
    """So that as much as possible is used: the month's claim before the year's."""
    month = claim(10, Span(APRIL, date(2025, 5, 1)), tracking_no="month")
    year = claim(10, FY2025, tracking_no="year")
    found = matched([year, month], [(APRIL, 15 * KWH)], lambda *_: True)
    assert [(part.certificate.tracking_no, part.milli_wh) for part in found[APRIL]] == [
        ("month", 10 * KWH),
        ("year", 5 * KWH),
    ]


@given(
    st.lists(st.integers(min_value=-5, max_value=50), min_size=1, max_size=40),
    st.lists(
        st.tuples(
            st.integers(min_value=1, max_value=200),
            st.integers(min_value=0, max_value=39),
            st.integers(min_value=1, max_value=40),
        ),
        max_size=5,
    ),
)
def test_no_energy_is_claimed_twice(
    energies: list[int], claims: list[tuple[int, int, int]]
) -> None:
    """No day gives more than it has, no claim takes more than it holds or outside its days."""
    certificates = [
        claim(kwh, Span(APRIL + timedelta(start), APRIL + timedelta(start + length)), number=n)
        for n, (kwh, start, length) in enumerate(claims)
    ]
    days = [(APRIL + timedelta(n), kwh * KWH) for n, kwh in enumerate(energies)]
    found = matched(certificates, days, lambda one, day: one.use.holds(day))
    for day, milli_wh in days:
        assert sum(part.milli_wh for part in found.get(day, ())) <= max(milli_wh, 0)
    for one in certificates:
        taken = [part for parts in found.values() for part in parts if part.certificate == one]
        assert sum(part.milli_wh for part in taken) <= one.milli_wh
        assert all(one.use.holds(part.day) and part.milli_wh > 0 for part in taken)
