"""The uplink: the agent's one MQTT connection.

``uplink`` and ``client``, which builds one, alone know paho; ``link`` is the state of one
connection and its window, ``retries`` the waits and the one line per outage, ``loss`` the words
for what went wrong, ``size`` what the broker finds too large, ``unreadable`` what none can read.
"""

from edge_agent.uplink.uplink import Uplink

__all__ = ["Uplink"]
