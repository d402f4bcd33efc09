"""A meter model for machines: what `edge-agent profile list --json` and `show --json` print."""

from __future__ import annotations

from dataclasses import asdict, fields

from edge_agent.profile import IdentityRow, NeverWrite, Profile, Register, Setting


def summary(model: Profile) -> dict[str, object]:
    """One entry of the list."""
    return {
        "name": model.name,
        "vendor": model.vendor,
        "models": model.models,
        "extends": model.extends,
        "wirings": model.wirings,
        "values": model.values,
        "quantities": [register.quantity for register in model.registers],
        "requests": len(model.blocks),
        "verification": model.verification,
        "doubtful": model.doubtful,
        "unverified": [register.quantity for register in model.unverified],
        "sources": [asdict(source) for source in model.sources],
    }


def whole(model: Profile) -> dict[str, object]:
    """All that is known of a model; addresses are those on the wire, from 0."""
    return summary(model) | {
        "registers": [_fields(row) for row in model.registers],
        "blocks": [
            {"function": block.function, "address": block.address, "count": block.count}
            for block in model.blocks
        ],
        "limits": asdict(model.limits)
        | {"min_gap_ms": model.min_gap_ms, "timeout_ms": model.timeout_ms},
        "factory": {
            "unit_id": model.unit_id,
            "baud": model.baud,
            "parity": model.parity,
            "stop_bits": model.stop_bits,
            "bauds": model.bauds,
            "parities": model.parities,
            "tcp_port": model.tcp_port,
            "must_enable": model.must_enable,
        },
        "counter": {"step_wh": model.counter_step_wh, "modulus_wh": model.counter_modulus_wh},
        "anchor": asdict(model.anchor) if model.anchor else None,
        "identity": [_fields(row) for row in model.identity],
        "settings": [_fields(row) for row in model.settings],
        "never_write": [_fields(row) for row in model.never_write],
        "quirks": model.quirks,
    }


def _fields(row: Register | IdentityRow | Setting | NeverWrite) -> dict[str, object]:
    return {f.name: getattr(row, f.name) for f in fields(row) if not f.name.startswith("_")}
