"""The page is one file that loads nothing, holds every language and lets no text become markup."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from collector.exports.page import render
from collector.reports.report import LANGUAGES, Report
from collector.reports.site_overview import Remark, SiteOverviewData, site_overview
from tests.collector.reports.sample_site import nothing, one_meter, plant, year
from tests.services.chromium import Screenshot

HOSTILE = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>{{ 7 * 7 }}&amp;"
VOID = {"meta", "link", "input", "br", "img"}


class _Page(HTMLParser):
    """What a browser would see: elements in order, text by language, balance of tags."""

    def __init__(self, written: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(written)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every element of the name."""
        return [attrs for name, attrs in self.tags if name == tag]


def _reports(data: SiteOverviewData) -> dict[str, Report]:
    return {language: site_overview(data, language) for language in LANGUAGES}


def _page(data: SiteOverviewData) -> str:
    return render({language: site_overview(data, language) for language in LANGUAGES})


@pytest.mark.parametrize("data", [plant, one_meter, nothing, year])
def test_the_page_is_balanced_and_loads_nothing(data: Callable[[], SiteOverviewData]) -> None:
    """Tags close in order, ids are unique, and no reference leaves the file."""
    written = _page(data())
    page = _Page(written)
    assert page.open == []
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    references = [
        attrs[name] or ""
        for _, attrs in page.tags
        for name in ("src", "href", "action")
        if name in attrs
    ]
    references += re.findall(r"url\(([^)]*)\)", written)
    assert [ref for ref in references if not ref.startswith(("#", "data:"))] == []
    assert "@import" not in written
    assert {ref.removeprefix("#") for ref in references if ref.startswith("#")} <= set(ids)


def test_the_policy_allows_only_the_page_itself() -> None:
    """The content policy forbids loading and names the hash of the one script there is."""
    written = _page(plant())
    (script,) = re.findall(r"<script>(.*?)</script>", written, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    (policy,) = [
        attrs["content"] or ""
        for attrs in _Page(written).named("meta")
        if attrs.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy.startswith("default-src 'none';")
    assert f"script-src 'sha256-{digest}'" in policy


def test_both_languages_are_inside_with_a_switch() -> None:
    """Each language has its part and its choice; Japanese is shown where no script runs."""
    page = _Page(_page(plant()))
    assert [attrs["lang"] for attrs in page.named("main")] == ["ja", "en"]
    choices = page.named("input")
    assert [(attrs["value"], "checked" in attrs) for attrs in choices] == [
        ("ja", True),
        ("en", False),
    ]
    assert {attrs.get("for") for attrs in page.named("label")} == {attrs["id"] for attrs in choices}
    assert page.named("html") == [{"lang": "ja"}]
    assert "仙台工場 エネルギー・CO₂レポート" in page.text
    assert "Sendai works: energy and CO₂ report" in page.text


def test_a_single_report_has_no_switch() -> None:
    """One report gives a page in its language without anything to choose."""
    page = _Page(render(site_overview(plant(), "en")))
    assert page.named("html") == [{"lang": "en"}]
    assert (page.named("input"), page.named("label")) == ([], [])


def test_the_first_language_can_be_chosen() -> None:
    """English first when asked for."""
    reports = {language: site_overview(plant(), language) for language in LANGUAGES}
    assert _Page(render(reports, "en")).named("html") == [{"lang": "en"}]


def test_no_report_is_refused() -> None:
    """Nothing to render is a caller's fault and says so."""
    with pytest.raises(ValueError, match="pass at least one"):
        render({})


def test_hostile_names_are_text() -> None:
    """Markup in site, meter, remark, factor and version is shown as it was written, never run."""
    data = plant()
    meters = tuple(replace(meter, name=HOSTILE, name_en="") for meter in data.meters)
    factors = (replace(data.factors[0], source_title=HOSTILE, supplier=HOSTILE),)
    page = _Page(
        _page(
            replace(
                data,
                name=HOSTILE,
                name_en=HOSTILE,
                meters=meters,
                factors=factors,
                software_version=HOSTILE,
                remarks=(Remark(HOSTILE, HOSTILE),),
            )
        )
    )
    assert len(page.named("script")) == 1
    assert page.named("img") == []
    assert [attrs for _, attrs in page.tags if any(name.startswith("on") for name in attrs)] == []
    assert page.text.count(HOSTILE) >= 20


def test_figures_come_before_pictures_before_tables() -> None:
    """Figures first, then the picture, then the table; each picture in two widths."""
    report = site_overview(plant(), "en")
    written = render(report)
    places = [
        written.index(mark) for mark in ('class="figures"', '<figure class="picture"', "<table")
    ]
    assert places == sorted(places)
    assert written.count("<figure class") == 4
    assert written.count('role="img"') == 8


def test_every_figure_and_note_is_on_the_page() -> None:
    """Nothing a report says is dropped by the page."""
    for data in (plant(), nothing()):
        report = site_overview(data, "en")
        text = " ".join(_Page(render(report)).text.split())
        for figure in report.figures:
            assert f"{figure.value}{figure.unit}" in text
            assert " ".join(figure.note.split()) in text
        for section in report.sections:
            assert section.title in text
            for block in section.blocks:
                for part in (getattr(block, "text", ""), getattr(block, "hint", "")):
                    assert part in text


def test_a_year_is_small_and_quick() -> None:
    """17,520 slots in two languages stay under a megabyte and take seconds at most."""
    data = year()
    start = time.perf_counter()
    written = _page(data)
    assert time.perf_counter() - start < 20
    assert len(written.encode()) < 1_000_000


@pytest.mark.services
@pytest.mark.parametrize(("width", "height"), [(390, 2000), (1200, 1600)])
def test_the_page_opens_in_a_browser(
    chromium: Screenshot, tmp_path: Path, width: int, height: int
) -> None:
    """Chromium shows the page at phone and desk width, not an empty sheet."""
    page, png = tmp_path / "report.html", tmp_path / "report.png"
    page.write_text(_page(plant()), encoding="utf-8")
    chromium(page, png, width, height)
    assert png.stat().st_size > 40_000
