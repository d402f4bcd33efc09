"""Building the boards: the committed JSON is what the code says, byte for byte."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]

from collector.boards.shipped import board_texts
from collector.rollup import totals
from grafana import build, influxql
from grafana.boards import BOARDS
from grafana.links import ways
from grafana.panels import Page, over_time
from grafana.wording import ROWS
from grafana.words import CATALOGUE, LANGUAGES, Language, Words

PROVISIONING = Path(build.__file__).parent / "provisioning"


def test_committed_json_is_built_from_the_code() -> None:
    """No board was edited by hand and none was forgotten to be built."""
    assert build.drift() == []
    assert build.main(["--check"]) == 0


def test_building_twice_gives_the_same_bytes() -> None:
    """The same code makes the same text."""
    assert build.built() == build.built()


def test_every_board_in_every_language(tmp_path: Path) -> None:
    """Each board of the table is written once a language, named by its uid."""
    names = {path.name for path in build.write(tmp_path)}
    assert names == {f"{uid}-{language}.json" for uid in BOARDS for language in LANGUAGES}
    assert build.drift(tmp_path) == []


def test_drift_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A changed, a missing and a foreign file are each named, and building puts them right."""
    changed, missing = build.write(tmp_path)[:2]
    changed.write_text("{}", encoding="utf-8")
    missing.unlink()
    (tmp_path / "foreign.json").write_text("{}", encoding="utf-8")
    assert build.drift(tmp_path) == sorted(["foreign.json", changed.name, missing.name])
    build.write(tmp_path)
    assert build.drift(tmp_path) == []
    assert build.main(["--wrong"]) == 2
    assert "usage" in capsys.readouterr().err


def test_collector_finds_the_shipped_boards() -> None:
    """The collector reads the same JSON as data of the package."""
    found = [board["uid"] for language in LANGUAGES for board in board_texts(language)]
    assert sorted(f"{uid}.json" for uid in found) == sorted(build.built())


def test_every_board_has_its_file_and_its_words() -> None:
    """A board's file, its words and its uid bear the same name; no file is forgotten."""
    names = [uid.removeprefix("mieruka-").replace("-", "_") for uid in BOARDS]
    assert sorted(names) == sorted(_modules("boards"))
    assert sorted({*ROWS} - {""}) == sorted(names)
    assert {*_modules("wording")} == {*names, "shared", "text", "alerts"}


def _modules(room: str) -> list[str]:
    found = (Path(build.__file__).parent / room).glob("*.py")
    return [path.stem for path in found if path.stem != "__init__"]


def test_boards_use_the_collectors_pseudo_meters() -> None:
    """The names of the site's and the unmeasured total are those the collector writes."""
    assert influxql.SITE_METER == totals.SITE_METER
    assert influxql.UNMEASURED_METER == over_time.UNMEASURED == totals.UNMEASURED_METER


def test_keys_begin_with_their_board() -> None:
    """A text's key says whose it is, and no key stands twice."""
    for board, rows in ROWS.items():
        strangers = [text.key for text in rows if board and not text.key.startswith(f"{board}.")]
        assert strangers == []
    keys = [text.key for rows in ROWS.values() for text in rows]
    assert sorted(keys) == sorted(CATALOGUE)


def test_every_text_is_used() -> None:
    """The catalogue holds nothing that no board shows."""

    class Listening(Words):
        asked: set[str] = set()  # noqa: RUF012

        def __call__(self, key: str) -> str:
            self.asked.add(key)
            return super().__call__(key)

    pages: dict[Language, list[Page]] = {
        language: [page(Listening(language)) for page in BOARDS.values()] for language in LANGUAGES
    }
    for _ in ways(pages["ja"][0], "ja", pages, Listening("ja")):
        pass
    assert set(CATALOGUE) == Listening.asked


def test_file_provisioning_matches_the_boards() -> None:
    """The provisioning files name the boards' data sources and no secret."""
    text = (PROVISIONING / "datasources" / "mieruka.yaml").read_text(encoding="utf-8")
    sources = yaml.safe_load(text)["datasources"]
    shipped = "".join(build.built().values())
    assert {source["uid"] for source in sources} == {"mieruka-totals", "mieruka-raw"}
    assert all(json.dumps(source["uid"]) in shipped for source in sources)
    assert all(source["secureJsonData"]["httpHeaderValue1"] == "Token $MIERUKA_INFLUX_TOKEN"
               for source in sources)  # fmt: skip
    providers = yaml.safe_load(
        (PROVISIONING / "dashboards" / "mieruka.yaml").read_text(encoding="utf-8")
    )["providers"]
    assert [one["type"] for one in providers] == ["file"]
