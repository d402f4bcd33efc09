"""`deploy/examples/agent.toml` tells every key, and what it keeps in remarks is right too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from edge_agent import config
from edge_agent.config import AgentSettings

EXAMPLE = Path(__file__).resolve().parents[2] / "deploy/examples/agent.toml"


def _uncommented() -> str:
    """The example with every remark that is a key or a table switched on."""
    text = re.sub(r"(?m)^# (?=\[|\w+ = )", "", EXAMPLE.read_text(encoding="utf-8"))
    # A pulse input would be one more meter.
    return re.sub(r"(?m)^boundary_meter = .*$", "", text)


def test_what_stands_in_remarks_is_sound(tmp_path: Path) -> None:
    """Whoever takes the # away gets settings that `check` praises."""
    for name in ("mqtt.password", "ca.pem", "agent.pem", "agent.key", "page.pin"):
        (tmp_path / name).write_text("123456")
    path = tmp_path / "agent.toml"
    path.write_text(_uncommented().replace("mqtt://", "mqtts://"), encoding="utf-8")
    settings = config.load(path)
    assert len(settings.links) == 3
    assert settings.demand is not None
    assert [action.kind for action in settings.demand.actions] == ["mqtt", "webhook", "relay"]


def test_every_key_is_told() -> None:
    """Also one that was added yesterday."""
    text = EXAMPLE.read_text(encoding="utf-8")
    told = set(re.findall(r"(?m)^(?:# )?(\w+) = ", text))
    told |= set(re.findall(r"(?m)^(?:# )?\[+([\w.]+)\]+", text))
    told |= set(re.findall(r"or (\w+) = ", text))
    assert set(_keys(AgentSettings)) - {name.rpartition(".")[2] for name in told} == set()


def _keys(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield name
        for inner in _models_in(field.annotation):
            yield from _keys(inner)


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from _models_in(part)
