"""How each agent is, every minute: a row for each site that it reads meters of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from collector.state.agents import AgentEntry
from collector.state.arrivals import MeterSign
from collector.storage.figure_schema import AGENT_STATE, agent_meter
from collector.storage.port import Row

MINUTE_MS = 60_000
Meter = tuple[str, str]


def agent_rows(
    agents: Sequence[AgentEntry],
    readers: Mapping[Meter, str],
    signs: Sequence[MeterSign],
    holes: Counter[str],
    now_ms: int,
) -> Iterator[Row]:
    """The rows of this minute.

    ``readers`` tells which agent reads a meter (site, meter), ``signs`` when each meter was last
    heard of, ``holes`` how many ranges of an agent's numbers have not come.
    """
    at_ms = now_ms - now_ms % MINUTE_MS
    newest = {(sign.site, sign.meter): sign.at_ms for sign in signs if sign.at_ms is not None}
    for agent in agents:
        meters = [meter for meter, reader in readers.items() if reader == agent.agent]
        heard = [newest[meter] for meter in meters if meter in newest]
        fields: dict[str, float | str] = {
            "online": float(agent.online),
            "holes": float(holes[agent.agent]),
        }
        if heard:
            fields["newest_age_s"] = max(now_ms - max(heard), 0) / 1000
        for site in sorted({site for site, _ in meters}):
            yield Row(AGENT_STATE, site, agent_meter(agent.agent), at_ms, fields)
