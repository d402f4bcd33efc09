"""Steps for groups of alert rules. Pure.

A group in our own folder is wholly ours, so it is replaced whole (PUT). Grafana 9.4 refuses a PUT
that brings rules it does not know, so new ones are made one by one first; that is right on every
version. Rules made this way are locked in Grafana's pages; one without that mark was changed by a
person who unlocked it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from collector.boards.alert_rules import RuleGroup
from collector.boards.contact import ROUTES_SINCE
from collector.boards.found import ALERTING, Found
from collector.boards.record import Note, digest
from collector.boards.stamp import Json
from collector.boards.step import Call, Step, Verb
from collector.boards.wanted import Wanted

BY_FILE, BY_API = "file", "api"
_ROOT = ALERTING.strip("/")


def group_step(
    group: RuleGroup, wanted: Wanted, found: Found, notes: Mapping[str, Note], *, replace: bool
) -> Step:
    """What becomes of the group."""
    rules = _routed(group, wanted, found)
    note = Note(digest({"interval_s": group.interval_s, "rules": rules}))
    there = in_group(found.rules, group.folder, group.name)
    marks = {rule.get("provenance") or "" for rule in there}
    if BY_FILE in marks:
        return Step("leave", "rules", group.uid, "provisioned from a file; change it there")
    if marks - {BY_API} and not replace:
        why = "unlocked and changed by hand; collector boards apply --replace writes over it"
        return Step("leave", "rules", group.uid, why)
    if marks <= {BY_API} and _is_current(rules, there, note, notes.get(f"rules:{group.uid}")):
        return Step("keep", "rules", group.uid, note=note)
    known = {rule["uid"] for rule in found.rules}
    calls = (*_new(rules, known), _whole(group, rules))
    verb: Verb = "update" if there else "create"
    return Step(verb, "rules", group.uid, calls=calls, note=note)


def in_group(rules: object, folder: str, name: str) -> list[Json]:
    """The rules of a group, out of all."""
    listed = rules if isinstance(rules, list | tuple) else ()
    return [rule for rule in listed if (rule["folderUID"], rule["ruleGroup"]) == (folder, name)]


def _is_current(rules: list[Json], there: list[Json], note: Note, last: Note | None) -> bool:
    by_uid = {rule["uid"]: rule for rule in there}
    if set(by_uid) != {rule["uid"] for rule in rules}:
        return False
    # Rules are locked, so our record tells what they hold. Without one the group is written again:
    # whether its interval is ours is not among what the rules say.
    return last == note and all(by_uid[one["uid"]]["title"] == one["title"] for one in rules)


def _routed(group: RuleGroup, wanted: Wanted, found: Found) -> list[Json]:
    if wanted.contact is None or (found.major or 0) < ROUTES_SINCE:
        return list(group.rules)
    route = {"receiver": wanted.contact["name"]}
    return [{**rule, "notification_settings": route} for rule in group.rules]


def _new(rules: list[Json], known: set[str]) -> Iterator[Call]:
    for rule in rules:
        if rule["uid"] not in known:
            yield Call("POST", (_ROOT, "alert-rules"), rule)


def _whole(group: RuleGroup, rules: list[Json]) -> Call:
    body = {
        "title": group.name,
        "folderUid": group.folder,
        "interval": group.interval_s,
        "rules": rules,
    }
    return Call("PUT", (_ROOT, "folder", group.folder, "rule-groups", group.name), body)
