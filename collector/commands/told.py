"""How an error is told: one line on stderr and an exit code; no typer and no rich are needed."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable

from collector.errors import CollectorError, ConfigError, NewerLayoutError, not_installed
from edge_agent.process.redaction import redacted

CONFIG_FAULTS = 2
TRACE = "MIERUKA_TRACE"


def tell(error: CollectorError) -> int:
    """Write the error's line, of settings one for each fault; answers the exit code.

    2 is for what starting again cannot mend: faults of the settings, files of a newer version.
    """
    if not isinstance(error, ConfigError):
        write(f"collector: {error}")
        return CONFIG_FAULTS if isinstance(error, NewerLayoutError) else 1
    for fault in error.faults:
        write(fault)
    if error.hint:
        count = len(error.faults)
        faults = "1 fault" if count == 1 else f"{count} faults"
        write(f"collector: {faults} in the settings ({error.hint})")
    return CONFIG_FAULTS


def told(command: Callable[[], object]) -> None:
    """Do it; whatever goes wrong is one line, and a traceback only when asked for."""
    try:
        command()
    except CollectorError as error:
        sys.exit(tell(error))
    except ModuleNotFoundError as error:
        sys.exit(not_installed(error))  # a verb's libraries are loaded when it is called
    except Exception as error:
        if os.environ.get(TRACE):
            raise
        hint = f"a fault in this program; {TRACE}=1 shows where, please report it"
        write(f"collector: {type(error).__name__}: {error} ({hint})")
        sys.exit(1)


def write(line: str) -> None:
    """Write a line to stderr."""
    sys.stderr.write(redacted(line) + "\n")


def write_any_letter() -> None:
    """Let letters that the terminal lacks be replaced: those of names, on Windows or in a pipe."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
