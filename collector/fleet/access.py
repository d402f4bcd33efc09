"""The broker's access list: what each name in a certificate may say and hear. PURE.

``deploy/mosquitto/acl`` is the same for brokers without a fleet. Here an agent whose certificates
are revoked is shut out by name as well: a broker that reads its lists anew keeps open connections,
and their holder would go on speaking.
"""

from __future__ import annotations

from collections.abc import Iterable

RULES = """\
# Who may do what. The agent comes first in every topic, so two patterns cover a whole fleet;
# %u is the name an agent logged in with, which must be its [agent] id.
pattern write mieruka/1/%u/up/#
pattern read mieruka/1/%u/down/#
# The demand guard, for panels and controllers of the plant.
pattern write mieruka/1/%u/demand
# A topic that nobody hears, on which `edge-agent doctor` measures the broker's queue.
pattern readwrite mieruka/1/%u/doctor/#

# The collector hears every agent and answers each.
user collector
topic read mieruka/1/+/up/#
topic write mieruka/1/+/down/#
# Open data, where [outlet] asks for it: the tree of figures and Home Assistant's cards;
# Sparkplug B's own messages, and what its hosts ask.
topic write energy/#
topic write homeassistant/device/+/config
topic write spBv1.0/mieruka/#
topic read spBv1.0/mieruka/NCMD/+
topic read spBv1.0/STATE/+
"""


def access_list(shut_out: Iterable[str]) -> str:
    """The list, with these agents shut out. Source: mosquitto.conf(5), acl_file."""
    denied = [f"\nuser {name}\ntopic deny #\n" for name in sorted(shut_out)]
    head = "\n# Every certificate of these is revoked." if denied else ""
    return RULES + head + "".join(denied)
