"""Ends with 0 when a page answers 200 or somebody listens: the health check of a container.

python healthy.py http://127.0.0.1:9872/health
python healthy.py tcp://127.0.0.1:8884
"""

from __future__ import annotations

import socket
import sys
import urllib.request
from urllib.parse import urlsplit

WITHIN_S = 4.0


def healthy(place: str) -> bool:
    """Whether it is well there."""
    parts = urlsplit(place)
    try:
        if parts.scheme == "tcp":
            socket.create_connection((parts.hostname or "", parts.port or 0), WITHIN_S).close()
            return True
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(place, timeout=WITHIN_S) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(not healthy(sys.argv[1]))
