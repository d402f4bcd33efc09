"""The one contact point: who is told of alerts. Made once when absent, never changed afterwards.

Each kind is one shape of Grafana's contact points. LINE WORKS takes a JSON of its own
(title, body.text), which Grafana can write from version 12 on (custom payload of a web hook);
older ones cannot, and nothing is made there.
"""

from __future__ import annotations

from typing import Any

from collector.grafana_config import ContactSettings

UID = "mieruka-contact"
CUSTOM_PAYLOAD_SINCE = 12
ROUTES_SINCE = 11
"""First Grafana whose rules name their contact point themselves (notification settings)."""
_LINE_WORKS = (
    '{{ coll.Dict "title" (tmpl.Exec "default.title" .) "body" '
    '(coll.Dict "text" (tmpl.Exec "default.message" .)) | data.ToJSON }}'
)


def contact_point(contact: ContactSettings) -> dict[str, Any]:
    """The contact point's body as Grafana takes it, with its secret address."""
    kind, settings = _shape(contact)
    return {
        "uid": UID,
        "name": contact.name,
        "type": kind,
        "settings": settings,
        "disableResolveMessage": False,
    }


def refusal(contact: ContactSettings, major: int | None) -> str:
    """Why this Grafana cannot have it; empty when it can."""
    if contact.kind == "lineworks" and (major or 0) < CUSTOM_PAYLOAD_SINCE:
        return f"LINE WORKS needs Grafana {CUSTOM_PAYLOAD_SINCE}: use mail, or a relay as webhook"
    return ""


def _shape(contact: ContactSettings) -> tuple[str, dict[str, Any]]:
    if contact.kind == "mail":
        return "email", {"addresses": ";".join(contact.to), "singleEmail": True}
    if contact.kind == "lineworks":
        payload = {"template": _LINE_WORKS}
        return "webhook", {"url": contact.url, "httpMethod": "POST", "payload": payload}
    if contact.kind == "webhook":
        return "webhook", {"url": contact.url, "httpMethod": "POST"}
    return contact.kind, {"url": contact.url}
