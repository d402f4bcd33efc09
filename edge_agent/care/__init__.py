"""Remote care, the agent's side: questions answered, settings taken over on trial.

Everything comes and goes over the agent's own connection to the broker: nothing listens here.
"""

from edge_agent.care.station import Care

__all__ = ["Care"]
