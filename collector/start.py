"""The `collector` command's first step: a fault while it loads is one line too.

`run`, as services write it, begins without the libraries of the command line: they would stay in
memory as long as it lives.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial

from collector.errors import not_installed
from edge_agent.process.plain_run import plain_run


def main() -> None:
    """Load the command and run it. Exits 1 when its libraries are not installed."""
    try:
        run = _command(sys.argv[1:])
    except ModuleNotFoundError as error:
        sys.exit(not_installed(error))
    except KeyboardInterrupt:
        sys.exit(130)
    run()


def _command(words: Sequence[str]) -> Callable[[], object]:
    service = plain_run(words, "collector.toml")
    if service is None:
        from collector.__main__ import main as run

        return run
    from collector.commands.service import serve
    from collector.commands.told import told, write_any_letter

    write_any_letter()
    return partial(told, partial(serve, *service))
