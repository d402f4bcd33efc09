"""The `collector` command's first step: a fault while it loads is one line too."""

from __future__ import annotations

import sys


def main() -> None:
    """Load the command and run it. Exits 1 when its libraries are not installed."""
    try:
        from collector.__main__ import main as run
    except ModuleNotFoundError as error:
        sys.exit(
            f"collector: {error.name} is not installed (install extra [collector], see README.md)"
        )
    except KeyboardInterrupt:
        sys.exit(130)
    run()
