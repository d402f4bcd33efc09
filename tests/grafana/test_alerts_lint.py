"""The built alerts: what Grafana takes, what a reader can use, and both languages alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collector.boards import apply, plan
from collector.boards.alert_rules import rule_group
from collector.boards.currency import Money
from collector.boards.shipped import alert_texts, board_texts
from collector.storage import schema
from grafana import build
from grafana.alerts import GROUPS
from grafana.alerts.shipped_text import TEXTS, alert_files
from grafana.words import LANGUAGES, Language
from tests.collector.boards.case import settings_for
from tests.grafana.alert_plant import ILL
from tests.grafana.fake_grafana import running_grafana

Json = dict[str, Any]
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
FIELD = re.compile(r'"([a-z_0-9]+)"')
SECONDS = {"m": 60, "h": 3600}
SHIPPED = {language: list(alert_texts(language)) for language in LANGUAGES}


def _rules(language: Language) -> Iterator[tuple[Json, Json]]:
    for group in SHIPPED[language]:
        for rule in group["rules"]:
            yield group, rule


def _queries(rule: Json) -> list[Json]:
    return [one for one in rule["data"] if one["datasourceUid"] != "__expr__"]


def test_committed_json_is_built_from_the_code() -> None:
    """No file of alerts was edited by hand, forgotten, or left behind."""
    assert build.drift(build.ALERTS, alert_files()) == []


def test_drift_and_building_cover_the_alerts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A changed and a foreign file are named by the check, and building puts them right."""
    monkeypatch.setattr(build, "ALERTS", tmp_path / "alerts")
    monkeypatch.setattr(build, "DASHBOARDS", tmp_path / "dashboards")
    assert build.main([]) == 0
    (tmp_path / "alerts" / "load-ja.json").write_text("{}", encoding="utf-8")
    (tmp_path / "alerts" / "old-ja.json").write_text("{}", encoding="utf-8")
    assert build.main(["--check"]) == 1
    told = capsys.readouterr().err
    assert told.count("grafana/alerts/") == 2
    assert build.main([]) == 0
    assert build.main(["--check"]) == 0


def test_uids_are_unique_and_fit() -> None:
    """Each rule has a uid of its own that stays whole in front of a site's name."""
    uids = [rule["uid"] for _, rule in _rules("ja")]
    assert len(set(uids)) == len(uids)
    assert all(re.fullmatch(r"[a-z-]{4,20}", uid) for uid in uids)


def test_both_languages_differ_in_words_alone() -> None:
    """Uids, order, queries, conditions and states are the same in both."""
    words = ("title", "annotations")
    bare = [
        [{key: value for key, value in rule.items() if key not in words} for _, rule in _rules(one)]
        for one in LANGUAGES
    ]
    assert bare[0] == bare[1]
    groups = [[(one["group"], one["scope"], one["thresholds"]) for one in SHIPPED[language]]
              for language in LANGUAGES]  # fmt: skip
    assert groups[0] == groups[1]


def test_texts_are_in_their_language() -> None:
    """Nothing Japanese is left in English, and every Japanese text is Japanese."""
    for language in LANGUAGES:
        for _, rule in _rules(language):
            read = [
                rule["title"],
                *(rule["annotations"][key] for key in ("summary", "description")),
            ]
            assert [bool(JAPANESE.search(text)) for text in read] == [language == "ja"] * 3


def test_every_text_is_used() -> None:
    """The catalogue holds nothing that no alert says."""
    parts = {f"{rule.uid}.{part}" for group in GROUPS for rule in group.rules
             for part in ("title", "summary", "about")}  # fmt: skip
    assert set(TEXTS) == {f"alerts.{key}" for key in {*parts, "silence"}}


def test_unknown_amounts_are_left_out() -> None:
    """No text compares by ``gt``, by which Go's templates would tell NaN as an amount."""
    told = [text for _, rule in _rules("ja") for text in rule["annotations"].values()]
    assert any("if lt 0.0 .Value" in text for text in told)
    assert not any("if gt" in text for text in told)


def test_every_rule_waits_and_says_what_silence_means() -> None:
    """A rule must be true for a while, at least one round, and its states are chosen."""
    for group in GROUPS:
        for rule in group.rules:
            length = int(rule.wait[:-1]) * SECONDS[rule.wait[-1]]
            assert length >= group.interval_s, rule.uid
            assert len(rule.why) > 40, rule.uid
    loud = [rule["uid"] for _, rule in _rules("ja") if rule["noDataState"] != "OK"]
    assert loud == ["silent-collector"], "no other alert may fire where nothing is sent yet"
    assert {rule["execErrState"] for _, rule in _rules("ja")} == {"OK", "Error"}


def test_queries_keep_the_rules_of_alerts() -> None:
    """Raw InfluxQL in a bounded range; no board variables or intervals, names of the schema."""
    measurements = {schema.READING, *schema.TOTAL_MEASUREMENTS.values(), *schema.ROW_FIELDS}
    fields = {name for row in schema.ROW_FIELDS.values() for name in row}
    names = {*measurements, *fields, *schema.TOTAL_FIELDS, "site", "meter", "x"}
    for group, rule in _rules("ja"):
        for one in _queries(rule):
            query = one["model"]["query"]
            assert one["model"]["rawQuery"] is True
            assert "$timeFilter" in query
            assert "$__" not in query
            assert ":raw}" not in query
            assert ("${sites}" in query) is (group["scope"] == "fleet")
            assert set(FIELD.findall(query)) <= names, query
            assert 0 <= one["relativeTimeRange"]["to"] < one["relativeTimeRange"]["from"]


def test_each_bucket_is_asked_for_what_it_holds() -> None:
    """What is short-lived stands in the bucket of readings, all else in that of totals."""
    for _, rule in _rules("ja"):
        for one in _queries(rule):
            asked = set(re.findall(r'FROM "([a-z_0-9]+)"', one["model"]["query"]))
            short = {name in schema.SHORT_LIVED or name == schema.READING for name in asked}
            source = {True: "mieruka-raw", False: "mieruka-totals"}
            assert [source[raw] for raw in short] == [one["datasourceUid"]]


def test_expressions_know_their_letters() -> None:
    """Each expression and message names figures that the rule has before it."""
    for _, rule in _rules("en"):
        known: set[str] = set()
        for one in rule["data"]:
            text = one["model"].get("expression", "")
            refs = re.findall(r"\$?\b([A-Z]0?)\b", text)
            assert set(refs) <= known, text
            assert one["refId"] not in known
            known.add(one["refId"])
        assert rule["condition"] in known
        told = set(re.findall(r"\$values\.([A-Z])", " ".join(rule["annotations"].values())))
        assert told <= known


def test_thresholds_are_named_where_they_are_used() -> None:
    """No threshold is told that no rule uses; each name means one thing in all groups."""
    names = [name for group in SHIPPED["ja"] for name in group["thresholds"]]
    assert len(names) == len(set(names))
    for group in SHIPPED["ja"]:
        used = {name for rule in group["rules"] for one in rule["data"]
                for name in re.findall(r"threshold:([a-z_]+)", str(one))}  # fmt: skip
        assert used == set(group["thresholds"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_links_and_labels(language: Language) -> None:
    """Every rule leads to a shipped board and to its own silence, and tells whose it is."""
    boards = {one["uid"]: set(one["tags"]) for one in board_texts(language)}
    for group in SHIPPED[language]:
        made = rule_group(group, [ILL], "folder", "http://grafana.example/", {})
        assert made is not None
        for rule in made.rules:
            assert set(rule["labels"]) == {"site", "circuit", "severity", "alert", "mieruka"}
            fleet = group["scope"] == "fleet"
            uid = rule["annotations"]["board"].removeprefix("http://grafana.example/d/")
            tags = boards[uid if fleet else uid.removesuffix("-ube")]
            assert bool({"fleet", "portfolio"} & tags) is fleet, "a board of a site for its alerts"
            assert f"matcher=alert%3D{rule['labels']['alert']}&" in rule["annotations"]["silence"]


def test_own_thresholds_reach_the_conditions() -> None:
    """A threshold of the settings stands in the condition and in the words."""
    (group,) = (one for one in SHIPPED["en"] if one["group"] == "demand")
    made = rule_group(group, [ILL], "folder", "http://g", {"demand_percent": 97.0})
    assert made is not None
    rule = made.rules[1]
    assert rule["data"][-1]["model"]["expression"] == "$F > $K * 97 / 100"
    assert "97 %" in rule["annotations"]["description"]


def test_site_without_contract_has_no_contract_alert() -> None:
    """The rule that needs a contract is left out; the others stay."""
    (group,) = (one for one in SHIPPED["ja"] if one["group"] == "demand")
    free = ILL.model_copy(update={"contract_power_kw": None})
    made = rule_group(group, [free], "folder", "http://g", {})
    assert made is not None
    assert [one["labels"]["alert"] for one in made.rules] == ["demand-target", "new-peak"]


def test_meters_are_told_by_name() -> None:
    """A message says the name a person gave the meter, the id where there is none; so do links."""
    (group,) = (one for one in SHIPPED["ja"] if one["group"] == "silence")
    names = {"press": "プレス{{1}}号", "oven": "oven"}
    meters = tuple(ILL.meters[0].model_copy(update={"id": one, "name": name})
                   for one, name in names.items())  # fmt: skip
    made = rule_group(group, [ILL.model_copy(update={"meters": meters})], "folder", "http://g", {})
    assert made is not None
    said = made.rules[0]["annotations"]["summary"]
    told = '{{ if eq $labels.meter "press" }}プレス1号{{ else }}{{ $labels.meter }}{{ end }}'
    assert said.startswith(f"宇部工場 {told}: ")
    assert made.rules[0]["labels"]["circuit"] == "{{ $labels.meter }}"


@pytest.mark.parametrize(
    ("language", "currency", "told"),
    [("ja", "JPY", "約{}円増えます"), ("en", "JPY", "costs about {} JPY of basic"),
     ("ja", "EUR", "約{} EUR増えます"), ("en", "EUR", "costs about {} EUR of basic")],
)  # fmt: skip
def test_money_is_told_in_its_currency(language: Language, currency: str, told: str) -> None:
    """As people write it; the amount stands where Grafana fills it in."""
    (group,) = (one for one in SHIPPED[language] if one["group"] == "demand")
    made = rule_group(group, [ILL], "folder", "http://g", {}, Money(currency, 12.5))
    assert made is not None
    assert told.format('{{ printf "%.0f" .Value }}') in made.rules[0]["annotations"]["summary"]
    assert "* 12.5 * 12" in str(made.rules[0]["data"])


@pytest.mark.parametrize("version", ["9.4.0", "11.6.0", "13.0.0"])
def test_grafana_takes_them(version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two sites' alerts are placed as they are shipped, and a second run changes nothing."""
    monkeypatch.setattr("collector.boards.wanted.board_texts", lambda _: iter(()))
    with running_grafana(version=version) as grafana:
        settings = settings_for(tmp_path, grafana.url)
        apply(settings)
        groups = {rule["ruleGroup"] for rule in grafana.here.rules.values()}
        assert groups == {f"mieruka-alerts-{group.name}" for group in GROUPS}
        assert all(len(uid) <= 40 for uid in grafana.here.rules)
        steps = [line for line in plan(settings).lines if "mieruka-alerts" in line]
        assert steps
        assert all(line.startswith("keep") for line in steps)
