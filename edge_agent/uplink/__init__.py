"""The uplink: the agent's one MQTT connection.

``uplink`` alone knows paho; ``link`` is the state of one connection and its window, ``retries``
the waits and the one line per outage, ``loss`` the words for what went wrong.
"""

from edge_agent.uplink.uplink import Uplink

__all__ = ["Uplink"]
