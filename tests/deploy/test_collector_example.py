"""`deploy/examples/collector.toml` loads, and so does every setting that it keeps in a remark."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from collector import config
from collector.config import CollectorSettings

EXAMPLE = Path(__file__).resolve().parents[2] / "deploy/examples/collector.toml"
LINES = EXAMPLE.read_text(encoding="utf-8").splitlines()
SETTING = re.compile(r"# (\[+[\w.]+\]+|\w+ = .+)")
FILES = (
    "mqtt.password",
    "ca.pem",
    "influx.token",
    "mail-password",
    "grafana.token",
    "kafka.password",
    "grafana-acme.token",
    "influx-acme-read.token",
)
LINE_2 = '[[sites.meters]]\nid = "line-2"\n'
"""The meter that the example's move names."""
GRAFANA = '[grafana]\nurl = "http://127.0.0.1:3000"\ntoken_file = "grafana.token"\n'
"""The table that its contact is a part of."""
KAFKA = '[kafka]\nbrokers = ["127.0.0.1:9092"]\n'
"""Where a bridge leads."""
ACME = '[[tenants]]\nid = "acme"\nname = "Acme"\nsites = ["sendai"]\n'
"""Whose organisation is named."""
MAIL = '[mail]\nhost = "127.0.0.1"\nfrom = "a@example.jp"\n'
"""What a report that is sent needs."""


NEEDED = {
    "[[sites.meters.moves]]": LINE_2,
    "[[reports]]": MAIL,
    "[bridge]": KAFKA,
    "[grafana.contact]": GRAFANA,
    "[[grafana.tenants]]": GRAFANA + ACME,
}
"""What a table needs besides itself."""


def _remarks() -> list[tuple[int, int]]:
    """The lines of each remark that is a setting: a key alone, or a table with its keys."""
    found: list[tuple[int, int]] = []
    for number, line in enumerate(LINES):
        if SETTING.match(line) is None:
            continue
        joins = found and found[-1][1] == number and LINES[found[-1][0]].startswith("# [")
        part = joins and line.startswith(f"# [{LINES[found[-1][0]].split()[1].strip('[]')}.")
        if joins and (part or not line.startswith("# [")):
            found[-1] = (found[-1][0], number + 1)
        else:
            found.append((number, number + 1))
    return found


REMARKS = _remarks()


def _switched_on(first: int, end: int) -> str:
    lines = list(LINES)
    lines[first:end] = [line.removeprefix("# ") for line in LINES[first:end]]
    text = "\n".join(lines) + "\n"
    own = lines[first].split("#")[0].strip()
    if own == "[store]":  # one kind of store stands for the other
        text = re.sub(r'(?ms)^\[store\]\nkind = "sqlite".*?\n\n', "", text, count=1)
    if own.startswith("key_file"):  # of a certificate that stands in the line above
        text = text.replace("# cert_file", "cert_file", 1)
    if own.startswith(("ca_file", "cert_file", "key_file")):
        text = text.replace("mqtt://", "mqtts://")
    if own.startswith("password_file"):  # of a name that stands in the line above
        text = text.replace("# username", "username", 1)
    return text + NEEDED.get(own, "")


def _loaded(folder: Path, text: str) -> CollectorSettings:
    for name in FILES:
        (folder / name).write_text("secret\n", encoding="utf-8")
    for name in ("factors", "tariffs"):
        (folder / name).mkdir(exist_ok=True)
    path = folder / "collector.toml"
    path.write_text(text, encoding="utf-8")
    return config.load(path)


def test_it_loads_as_it_is(tmp_path: Path) -> None:
    """Whoever copies it has settings without a fault."""
    settings = _loaded(tmp_path, EXAMPLE.read_text(encoding="utf-8"))
    assert [meter.id for meter in settings.sites[0].meters] == ["main", "press"]


@pytest.mark.parametrize(
    ("first", "end"), REMARKS, ids=[f"{n + 1}: {LINES[n][2:30].strip()}" for n, _ in REMARKS]
)
def test_each_remark_that_is_a_setting_is_sound(tmp_path: Path, first: int, end: int) -> None:
    """Whoever takes the # away has settings without a fault, and they hold what the line says."""
    text = _switched_on(first, end)
    assert tomllib.loads(text) != tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    _loaded(tmp_path, text)


def test_the_remarks_are_found() -> None:
    """Keys alone and tables, so that the test above cannot pass by finding none."""
    keys = {LINES[first].split()[1] for first, _ in REMARKS}
    assert {"username", "certified_until", "grid_area", "[[reports]]", "[api]"} <= keys


def test_every_key_that_is_named_exists() -> None:
    """Also one behind a setting: port = 587, until = day after the last."""
    named = {key for line in LINES for key in re.findall(r"(?<![\w.\"])([a-z_]+) = ", line)}
    assert named - set(_keys(CollectorSettings)) == set()


def _keys(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield str(field.validation_alias or field.alias or name)
        for inner in _models_in(field.annotation):
            yield from _keys(inner)


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from _models_in(part)
