"""The alerting part of the fake Grafana: rules by group, contact points, provenance."""

from __future__ import annotations

from typing import Protocol

from tests.grafana.fake_state import Json, Organisation, Refusal

REDACTED = "[REDACTED]"
NEEDED = {"email": "addresses", "webhook": "url", "slack": "url", "teams": "url"}
SECRET = {"slack": ("url",)}


class _Server(Protocol):
    major: int

    @property
    def here(self) -> Organisation: ...

    @property
    def headers(self) -> dict[str, str]: ...


class Alerting:
    """Calls under /api/v1/provisioning."""

    def list_rules(self: _Server, body: Json) -> tuple[int, list[Json]]:
        """Give every rule, without who made it (as the real 9.4 does)."""
        hidden = ("provenance",)
        rules = self.here.rules.values()
        return 200, [{k: v for k, v in rule.items() if k not in hidden} for rule in rules]

    def read_rule(self: _Server, uid: str, body: Json) -> tuple[int, Json]:
        """Give one rule, with who made it unless it was made in the pages."""
        if uid not in self.here.rules:
            raise Refusal(404, "Not found")
        return 200, {k: v for k, v in self.here.rules[uid].items() if (k, v) != ("provenance", "")}

    def make_rule(self: _Server, body: Json) -> tuple[int, Json]:
        """Take a new rule; its uid and its title in the folder are new."""
        if body["folderUID"] not in self.here.folders:
            raise Refusal(400, "invalid alert rule: folder does not exist")
        code = 500 if self.major < 11 else 409
        if body["uid"] in self.here.rules:
            raise Refusal(code, "a conflicting alert rule is found: uid already exists")
        _refuse_title(self.here, body, code)
        _refuse_receiver(self, body)
        self.here.rules[body["uid"]] = _kept(self, body)
        return 201, self.here.rules[body["uid"]]

    def change_group(self: _Server, folder: str, group: str, body: Json) -> tuple[int, Json]:
        """Replace a group whole: rules that are not sent are gone (grafana/grafana#120448)."""
        if body["interval"] % 10 or not body["interval"]:
            raise Refusal(400, "invalid alert rule: interval should be divided exactly by 10")
        if folder not in self.here.folders:
            raise Refusal(400, "invalid alert rule: folder does not exist")
        for rule in body["rules"]:
            if self.major < 10 and rule["uid"] not in self.here.rules:
                text = f"failed to update rule with UID {rule['uid']} because could not find"
                raise Refusal(500, f"failed to calculate diff for alert rules: {text} alert rule")
            there = self.here.rules.get(rule["uid"], {}).get("provenance", "api")
            if there == "file":
                raise Refusal(409, "invalid provenance: cannot change from file to api")
            _refuse_receiver(self, rule)
        sent = {rule["uid"] for rule in body["rules"]}
        lying = [u for u, r in self.here.rules.items() if _place(r) == (folder, group)]
        for uid in set(lying) - sent:
            del self.here.rules[uid]
        for rule in body["rules"]:
            placed = {**rule, "folderUID": folder, "ruleGroup": group}
            self.here.rules[rule["uid"]] = _kept(self, placed)
        self.here.intervals[folder, group] = body["interval"]
        return 200, body

    def drop_rule(self: _Server, uid: str, body: Json) -> tuple[int, None]:
        """Take a rule away; one that is not there is no fault."""
        self.here.rules.pop(uid, None)
        return 204, None

    def list_contacts(self: _Server, body: Json) -> tuple[int, list[Json]]:
        """Give the contact points, secrets blotted out."""
        _refuse_until_ready(self.here)
        return 200, [_shown(one) for one in self.here.contacts]

    def make_contact(self: _Server, body: Json) -> tuple[int, Json]:
        """Take a new contact point, with the settings its type needs."""
        _refuse_until_ready(self.here)
        if any(one["uid"] == body["uid"] for one in self.here.contacts):
            raise Refusal(500, f"receiver configuration with UID '{body['uid']}' already exist")
        needed = NEEDED.get(body["type"])
        if needed is None:
            raise Refusal(500, f"no secrets configured for type '{body['type']}'")
        if not body["settings"].get(needed):
            raise Refusal(400, f"invalid object specification: required field '{needed}'")
        self.here.contacts.append({**body, "provenance": "api"})
        return 202, _shown(self.here.contacts[-1])


def _refuse_until_ready(here: Organisation) -> None:
    """A new organisation has no Alertmanager until Grafana's next round (a minute)."""
    if not here.alerts_ready:
        raise Refusal(500, "could not find an Alertmanager configuration")


def _place(rule: Json) -> tuple[str, str]:
    return rule["folderUID"], rule["ruleGroup"]


def _kept(server: _Server, rule: Json) -> Json:
    """A rule as Grafana keeps it: with defaults of its own, and locked unless asked otherwise."""
    unlocked = "X-Disable-Provenance" in server.headers
    queries = [
        {
            "queryType": "",
            **one,
            "model": {"intervalMs": 1000, "maxDataPoints": 43200, **one["model"]},
        }
        for one in rule["data"]
    ]
    own: Json = {"provenance": "" if unlocked else "api", "data": queries}
    kept = {**rule, **own}
    if server.major < 11:
        kept.pop("notification_settings", None)
    return kept


def _refuse_title(here: Organisation, rule: Json, code: int) -> None:
    for other in here.rules.values():
        if (other["folderUID"], other["title"]) == (rule["folderUID"], rule["title"]):
            raise Refusal(code, "a conflicting alert rule is found: rule title should be unique")


def _refuse_receiver(server: _Server, rule: Json) -> None:
    route = rule.get("notification_settings")
    names = {one["name"] for one in server.here.contacts}
    if route and server.major >= 11 and route["receiver"] not in names:
        raise Refusal(400, f"invalid alert rule: receiver {route['receiver']} does not exist")


def _shown(contact: Json) -> Json:
    blotted = dict.fromkeys(SECRET.get(contact["type"], ()), REDACTED)
    return {**contact, "settings": {**contact["settings"], **blotted}}
