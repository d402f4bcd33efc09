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
from collector.reports.report import LANGUAGES, Cell, Column, Report, Row, Section, Table
from collector.reports.site_overview import Remark, SiteOverviewData, site_overview
from tests.collector.exports.sample_report import HOSTILE as NAMES
from tests.collector.exports.sample_report import sample_report
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


def test_a_long_report_has_contents_that_lead_to_its_sections() -> None:
    """Above eight sections there is a list of links, and every link has its place on the page."""
    reports = {language: sample_report(language, sections=2) for language in LANGUAGES}
    page = _Page(render(reports))
    places = [attrs["id"] for attrs in page.named("section")]
    assert places[:2] == ["ja-1", "ja-2"]
    assert [attrs["href"] for attrs in page.named("a")] == [f"#{place}" for place in places]
    assert _Page(render(sample_report("ja"))).named("nav") == []


def test_a_section_carries_its_own_figures_and_asks_for_a_page() -> None:
    """Figures of a section stand in it; one that asks for it begins a page."""
    written = render(sample_report("en"))
    parts = written.split("<section ")[1:]
    assert [part.count('<div class="figure ') for part in parts] == [0, 0, 0, 0, 2, 0]
    assert ["new-page" in part.split(">")[0] for part in parts] == [False, True] + [False] * 4


def test_pictures_of_one_section_have_their_titles() -> None:
    """A picture named like its section is not named twice, others are."""
    written = render(sample_report("en"))
    assert "<figcaption>Weekdays</figcaption>" in written
    assert "<figcaption>Duration curve</figcaption>" not in written


def test_for_paper_the_pictures_for_phones_are_left_out() -> None:
    """The page to print holds every picture once."""
    report = sample_report("en")
    assert render(report, paper=True).count('role="img"') * 2 == render(report).count('role="img"')


@pytest.mark.parametrize("title", [*NAMES, HOSTILE, "*/ } body { display: none } /*", "a\\b\"c'd"])
def test_no_title_leaves_the_margin_of_the_paper(title: str) -> None:
    """The running head holds letters, digits and codes only, and the page stays balanced."""
    report = replace(sample_report("ja"), title=title, made=title, sections=())
    written = render(report)
    heads = re.findall(r'content: (".*"); \} @top-right', written)
    assert len(heads) == 1
    assert re.fullmatch(r'"(\w|\\[0-9a-f]+ )*"', heads[0])
    assert written.count("</style>") == 1
    assert _Page(written).open == []


def test_no_text_turns_its_neighbours_round() -> None:
    """Marks that reverse the direction are dropped; letters written from right to left stay."""
    name = "\u202eعداد\u2066 5"
    data = plant()
    written = _page(replace(data, name=name, meters=(replace(data.meters[0], name=name),)))
    assert "عداد 5" in written
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", written)


@pytest.mark.services
@pytest.mark.parametrize(("width", "height"), [(390, 2000), (1200, 1600)])
def test_every_kind_of_block_opens_in_a_browser(
    chromium: Screenshot, tmp_path: Path, width: int, height: int
) -> None:
    """Chromium shows a page with every picture, long and wide tables and hostile names."""
    page, png = tmp_path / "report.html", tmp_path / "report.png"
    page.write_text(render(sample_report("ja", NAMES)), encoding="utf-8")
    chromium(page, png, width, height)
    assert png.stat().st_size > 40_000


def test_no_line_ends_inside_a_date() -> None:
    """Dates in cells are kept whole, whatever else stands in the cell is still escaped."""
    cells = (Cell("2025年4月1日〜2026年3月31日"), Cell("1 Apr 2025 <b>"), Cell("2026-01-09"))
    columns = tuple(Column(name, align="left") for name in ("a", "b", "c"))
    table = Table("t", columns, (Row(cells),))
    written = render(replace(sample_report("en"), sections=(Section("s", "", (table,)),)))
    whole = re.findall(r'<span class="whole">(.*?)</span>', written)
    assert whole == ["2025年4月1日", "2026年3月31日", "1 Apr 2025", "2026-01-09"]
    assert "&lt;b&gt;" in written
