"""One line for a fault that pydantic found in a file: path, value, what is wrong."""

from __future__ import annotations

from typing import Any

from pydantic_core import ErrorDetails


def fault_text(fault: ErrorDetails) -> str:
    """The fault as ``bands[1].when[0].times[0] = "25:00": is not a span of hours``."""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault["loc"])
    message = fault["msg"].removeprefix("Value error, ").removeprefix("Input ")
    value = "" if fault["type"] == "missing" else f" = {_shown(fault['input'])}"
    return f"{path.lstrip('.')}{value}: {message[:1].lower()}{message[1:]}"


def _shown(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return "..."
    return f'"{value}"' if isinstance(value, str) else str(value)
