"""Alert rules: filled in for a site, put as whole groups, and one contact point beside them."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from collector.boards import apply, plan
from collector.boards.alert_rules import RuleGroup, checked, rule_group
from collector.boards.shipped import alert_texts
from collector.errors import StopError
from tests.collector.boards import case
from tests.collector.boards.case import AUSTIN, SENDAI, settings_for
from tests.grafana.fake_grafana import FakeGrafana, running_grafana

URL = "http://grafana.example:3000/"
CONTACT = {"kind": "mail", "to": ["energy@example.jp", "night@example.jp"]}
HIGH, SILENT = "mieruka-demand-high-sendai", "mieruka-silent-sendai"
GROUP = "mieruka-sendai/mieruka-alerts-demand"
alerting = pytest.mark.usefixtures("with_alerts")


def _group(tmp_path: Path, number: int = 0, **own: float) -> RuleGroup:
    sites = settings_for(tmp_path, URL).sites
    chosen = sites if case.alerts()[number].get("scope") == "fleet" else sites[:1]
    group = rule_group(case.alerts()[number], chosen, "mieruka-sendai", URL, own)
    assert group is not None
    return group


def test_placeholders_are_filled_in(tmp_path: Path) -> None:
    """Site, zone, thresholds and links are the site's; Grafana's own templates pass through."""
    high = _group(tmp_path).rules[0]
    assert (high["uid"], high["folderUID"]) == (HIGH, "mieruka-sendai")
    assert high["labels"] == {"site": "sendai", "mieruka": "demand"}
    assert high["annotations"] == {
        "summary": "仙台工場: {{ $labels.meter }} > 95 %",
        "link": "http://grafana.example:3000/d/mieruka-today-ja-sendai",
    }
    query = high["data"][0]["model"]["query"]
    assert "$timeFilter GROUP BY time(30m) tz('Asia/Tokyo')" in query
    evaluator = high["data"][1]["model"]["conditions"][0]["evaluator"]
    assert evaluator == {"type": "gt", "params": [95.0]}, "a number, not a text"
    assert "needs" not in high


def test_own_threshold_stands_over_the_shipped_one(tmp_path: Path) -> None:
    """A value of the settings takes the place of the file's, in numbers and in texts."""
    high = _group(tmp_path, percent=90.5).rules[0]
    assert high["data"][1]["model"]["conditions"][0]["evaluator"]["params"] == [90.5]
    assert "> 90.5 %" in high["annotations"]["summary"]


def test_rules_over_all_sites_name_them_all(tmp_path: Path) -> None:
    """A fleet's rule matches every site, and has no site in its uid."""
    (rule,) = _group(tmp_path, 1).rules
    assert rule["uid"] == "mieruka-completeness"
    assert "/^(sendai|austin)$/" in rule["data"][0]["model"]["query"]


def test_rule_without_what_it_needs_is_left_out(tmp_path: Path) -> None:
    """A site without contract power has no demand rule; a group without any rule is none."""
    austin = settings_for(tmp_path, URL).sites[1]
    group = rule_group(case.alerts()[0], [austin], "mieruka-austin", URL, {})
    assert group is not None
    assert [one["uid"] for one in group.rules] == ["mieruka-silent-austin"]
    only = {**case.alerts()[0], "rules": case.alerts()[0]["rules"][:1]}
    assert rule_group(only, [austin], "mieruka-austin", URL, {}) is None


def test_unknown_placeholder_is_one_line(tmp_path: Path) -> None:
    """A placeholder nobody knows names the group and what there is."""
    shipped = case.alerts()[0]
    shipped["rules"][0]["title"] = "${sitename}"
    with pytest.raises(StopError) as caught:
        rule_group(shipped, settings_for(tmp_path, URL).sites[:1], "f", URL, {})
    assert "alerts of demand name ${sitename}" in caught.value.message
    assert "site_name" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("{half", "not a group of rules"),
        ("[]", "not a group"),
        ('{"group": "a", "language": "ja", "rules": []}', "lacks interval_s"),
        (json.dumps({**case.alerts()[0], "interval_s": 61}), "interval_s not in tens"),
        (json.dumps({**case.alerts()[0], "rules": [{"uid": "a"}]}), "lacks title"),
    ],
)
def test_files_that_are_no_group_are_one_line(text: str, part: str) -> None:
    """A file that does not keep the format is named with what it lacks."""
    with pytest.raises(StopError) as caught:
        checked(text, "demand-ja.json")
    assert "demand-ja.json" in caught.value.message
    assert part in caught.value.message


def test_shipped_alerts_keep_the_format() -> None:
    """Whatever the package ships can be read, each language with the same rules."""
    rules = [
        [(one["group"], rule["uid"]) for one in alert_texts(language) for rule in one["rules"]]
        for language in ("ja", "en")
    ]
    assert rules[0] == rules[1]


@alerting
def test_rules_are_made_and_locked(each_grafana: FakeGrafana, tmp_path: Path) -> None:
    """Rules stand in the site's folder, in one group judged each minute, locked as ours."""
    apply(settings_for(tmp_path, each_grafana.url))
    rules = each_grafana.here.rules
    assert {uid: rule["folderUID"] for uid, rule in rules.items()} == {
        HIGH: "mieruka-sendai",
        SILENT: "mieruka-sendai",
        "mieruka-silent-austin": "mieruka-austin",
    } | {"mieruka-completeness": "mieruka-portfolio"}
    assert {rule["provenance"] for rule in rules.values()} == {"api"}
    assert each_grafana.here.intervals["mieruka-sendai", "mieruka-alerts-demand"] == 60


@alerting
def test_changed_and_new_and_dropped_rules(
    each_grafana: FakeGrafana, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new edition of the alerts changes, adds and drops rules, and a second run does nothing."""
    wanted = settings_for(tmp_path, each_grafana.url, sites=[SENDAI])
    apply(wanted)
    edition = copy.deepcopy(case.alerts()[:1])
    edition[0]["rules"] = [{**edition[0]["rules"][0], "for": "9m"}, case.rule("creep", "底上げ")]
    monkeypatch.setattr("collector.boards.wanted.alert_texts", lambda _: copy.deepcopy(edition))
    assert "updated: rules mieruka-sendai/mieruka-alerts-demand" in apply(wanted).lines
    here = each_grafana.here.rules
    group = [uid for uid, one in here.items() if one["ruleGroup"] == "mieruka-alerts-demand"]
    assert sorted(group) == ["mieruka-creep-sendai", HIGH]
    assert here[HIGH]["for"] == "9m"
    assert "keep: rules mieruka-sendai/mieruka-alerts-demand" in plan(wanted).lines


@alerting
def test_rule_deleted_by_hand_comes_back(grafana: FakeGrafana, tmp_path: Path) -> None:
    """A rule that is gone is made again, with its group."""
    wanted = settings_for(tmp_path, grafana.url)
    apply(wanted)
    del grafana.here.rules[SILENT]
    assert GROUP in apply(wanted).updated
    assert SILENT in grafana.here.rules


@alerting
@pytest.mark.parametrize(("mark", "part"), [("", "by hand"), ("file", "from a file")])
def test_unlocked_and_filed_rules_are_left(
    grafana: FakeGrafana, tmp_path: Path, mark: str, part: str
) -> None:
    """A rule unlocked by a person, or kept by a file, is left; only the first is replaced."""
    wanted = settings_for(tmp_path, grafana.url)
    apply(wanted)
    grafana.here.rules[HIGH]["provenance"] = mark
    report = apply(wanted)
    assert report.left == (GROUP,)
    assert part in next(line for line in report.lines if GROUP in line)
    assert (GROUP in apply(wanted, replace=True).updated) is (mark == "")


@alerting
def test_rules_name_their_contact_point_where_they_can(
    each_grafana: FakeGrafana, tmp_path: Path
) -> None:
    """From Grafana 11 on a rule is routed by itself; before, by the label that all ours carry."""
    apply(settings_for(tmp_path, each_grafana.url, grafana={"contact": CONTACT}))
    routed = each_grafana.here.rules[HIGH].get("notification_settings")
    assert routed == ({"receiver": "Mieruka"} if each_grafana.major >= 11 else None)
    assert each_grafana.here.rules[HIGH]["labels"]["mieruka"] == "demand"


@alerting
def test_unknown_threshold_is_one_line(grafana: FakeGrafana, tmp_path: Path) -> None:
    """A threshold that no alert has is told with those there are."""
    with pytest.raises(StopError) as caught:
        plan(settings_for(tmp_path, grafana.url, grafana={"thresholds": {"procent": 1.0}}))
    assert "grafana.thresholds.procent" in caught.value.message
    assert "percent" in caught.value.hint


def test_contact_point_is_made_once_and_never_changed(
    each_grafana: FakeGrafana, tmp_path: Path
) -> None:
    """It is made when absent; what a person makes of it afterwards stays."""
    apply(settings_for(tmp_path, each_grafana.url, grafana={"contact": CONTACT}))
    (made,) = each_grafana.here.contacts
    assert made["settings"]["addresses"] == "energy@example.jp;night@example.jp"
    made["settings"]["addresses"] = "somebody@example.jp"
    other = {**CONTACT, "to": ["third@example.jp"]}
    apply(settings_for(tmp_path, each_grafana.url, grafana={"contact": other}), replace=True)
    assert each_grafana.here.contacts == [made]


@pytest.mark.parametrize(
    ("kind", "type_", "settings"),
    [
        ("webhook", "webhook", {"url": "https://h/s", "httpMethod": "POST"}),
        ("slack", "slack", {"url": "https://h/s"}),
        ("teams", "teams", {"url": "https://h/s"}),
    ],
)
def test_hooks_have_the_shape_of_their_service(
    grafana: FakeGrafana, tmp_path: Path, kind: str, type_: str, settings: dict[str, Any]
) -> None:
    """Slack, Teams and a plain web hook are contact points of their own types."""
    contact = {"kind": kind, "url": "https://h/s", "name": "Plant"}
    apply(settings_for(tmp_path, grafana.url, grafana={"contact": contact}))
    (made,) = grafana.here.contacts
    assert (made["name"], made["type"], made["settings"]) == ("Plant", type_, settings)
    assert "https://h/s" not in (tmp_path / "boards.json").read_text("utf-8")


@pytest.mark.parametrize(
    ("version", "made"), [("9.4.0", False), ("11.6.0", False), ("13.0.0", True)]
)
def test_line_works_needs_a_grafana_that_writes_its_json(
    tmp_path: Path, version: str, made: bool
) -> None:
    """LINE WORKS takes title and body.text; a Grafana that cannot write that is told so."""
    contact = {"kind": "lineworks", "url": "https://webhook.worksmobile.com/message/x"}
    with running_grafana(version=version) as grafana:
        report = apply(settings_for(tmp_path, grafana.url, grafana={"contact": contact}))
        assert (report.left == ()) is made
        assert bool(grafana.here.contacts) is made
        if made:
            template = grafana.here.contacts[0]["settings"]["payload"]["template"]
            assert '"title"' in template
            assert '"body"' in template
        else:
            assert any("LINE WORKS needs Grafana 12" in line for line in report.lines)


@alerting
def test_english_sites_are_told_in_english(tmp_path: Path, grafana: FakeGrafana) -> None:
    """Alerts speak the first of the languages; without alerts in it there are none."""
    apply(settings_for(tmp_path, grafana.url, grafana={"languages": ["en"]}, sites=[AUSTIN]))
    assert grafana.here.rules == {}
