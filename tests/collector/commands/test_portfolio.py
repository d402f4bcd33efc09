"""`collector portfolio`: figures of many sites, printed, as JSON, as a report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer

from collector import config
from collector.accounts.span import Span
from collector.commands.portfolio import portfolio
from collector.reporting.kinds.portfolio import KIND
from collector.reporting.make import make
from collector.reporting.sources import Sources
from collector.reporting.wanted import Wanted
from tests.collector.commands.plant_files import invoke
from tests.collector.plant_sites import portfolio_sites, without_store
from tests.collector.portfolio.some_sites import END, FIRST

app = typer.Typer()
app.command()(portfolio)
SERIAL = ("--executor", "serial")
PERIOD = ("--period", "2025-06-01/2025-07-31")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Settings of three sites with two months each."""
    return portfolio_sites(tmp_path_factory.mktemp("sites"), 3, first=FIRST, end=END)


def test_sites_are_listed_with_their_figures(source: Path) -> None:
    """A row a site; patterns choose among them."""
    result = invoke(app, *PERIOD, *SERIAL, "-c", source, "--sites", "site-00[12]")
    assert result.exit_code == 0, result.output
    assert "site-001" in result.stdout
    assert "site-003" not in result.stdout
    assert "JPY" in result.stdout


def test_json_has_everything(source: Path) -> None:
    """Every figure by its name, the peak's instant in ISO 8601."""
    result = invoke(app, *PERIOD, *SERIAL, "-c", source, "--json")
    found = json.loads(result.stdout)
    assert [site["site"] for site in found["sites"]] == ["site-001", "site-002", "site-003"]
    first = found["sites"][0]
    assert first["peak_at"].endswith("+09:00")
    assert 0 < first["lf_peak"] < 1
    assert (found["first"], found["end"], found["faults"]) == ("2025-06-01", "2025-08-01", [])


def test_the_report_is_written(source: Path, tmp_path: Path) -> None:
    """HTML, Excel and CSV, in the languages asked for."""
    words = ("--out", tmp_path / "out", "--language", "both")
    result = invoke(app, *PERIOD, *SERIAL, "-c", source, *words)
    assert result.exit_code == 0, result.output
    names = sorted(file.name for file in (tmp_path / "out").iterdir())
    stem = "portfolio-2025-06-01_2025-07-31"
    assert names == sorted(
        [f"{stem}.html", *(f"{stem}-{la}{e}" for la in ("ja", "en") for e in (".xlsx", "-csv.zip"))]
    )
    page = (tmp_path / "out" / f"{stem}.html").read_text(encoding="utf-8")
    assert "第1工場" in page
    assert "Works 1" in page


def test_a_site_without_figures_is_named(tmp_path: Path) -> None:
    """Exit code 1, the reason on stderr, the others printed."""
    source = portfolio_sites(tmp_path, 2, first=FIRST, end=END)
    without_store(source, "site-002")
    result = invoke(app, *PERIOD, *SERIAL, "-c", source)
    assert result.exit_code == 1
    assert "collector: site site-002: nothing is stored of 2025-06-01" in result.stderr
    assert "site-001" in result.stdout


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((), "which period?"),
        (("--period", "soon"), "soon"),
        ((*PERIOD, "--sites", "nowhere-*"), "no site fits nowhere-*"),
        ((*PERIOD, "--sites", "site-01"), "did you mean site-001?"),
        ((*PERIOD, "--executor", "dask"), "Dask scheduler is not told"),
        ((*PERIOD, "--workers", "0", "--executor", "threads"), "--workers 0"),
        ((*PERIOD, "--format", "docx"), "there is no format docx"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    source: Path, words: tuple[str, ...], why: str
) -> None:
    """With what to do."""
    result = invoke(app, "-c", source, *words)
    assert result.exit_code == 1
    assert why in result.stderr
    assert result.stderr.count("\n") == 1


def test_it_is_a_report_of_the_list_too(source: Path, tmp_path: Path) -> None:
    """`collector report portfolio` makes the same, of the sites chosen."""
    span = Span(FIRST, END, "two months")
    wanted = Wanted("", span, ("en",), ("html",), {"sites": "site-001 site-003"})
    with Sources.open(config.load(source)) as sources:
        done = make(sources, KIND, wanted, tmp_path)
    page = done.files[0].path.read_text(encoding="utf-8")
    assert "Works 1" in page
    assert "Works 2" not in page
