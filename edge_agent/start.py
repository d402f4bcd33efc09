"""The `edge-agent` command's first step: a fault while it loads is one line too.

`run`, as services write it, begins without the libraries of the command line: it lives for years
on a small board, and they would stay with it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial

from edge_agent.process.plain_run import plain_run


def main() -> None:
    """Load the command and run it. Exits 1 when its libraries are not installed."""
    try:
        run = _command(sys.argv[1:])
    except ModuleNotFoundError as error:
        sys.exit(f"edge-agent: {error.name} is not installed (install extra [edge], see README.md)")
    except KeyboardInterrupt:
        sys.exit(130)
    run()


def _command(words: Sequence[str]) -> Callable[[], object]:
    service = plain_run(words, "agent.toml")
    if service is None:
        from edge_agent.__main__ import main as run

        return run
    from edge_agent.commands.service import serve
    from edge_agent.commands.told import told

    return partial(told, partial(serve, *service))
