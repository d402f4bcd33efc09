"""What a broker grants and really does, measured with the settings of whoever asks."""

from edge_agent.probes.broker.look import broker_findings
from edge_agent.probes.broker.offer import Wants
from edge_agent.probes.broker.visit import Address

__all__ = ["Address", "Wants", "broker_findings"]
