"""What counters usually show: learnt once, only ever raised."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from collector.state import open_state


def test_the_highest_stays(tmp_path: Path) -> None:
    """Raised by what is higher, kept over a restart, apart for each counter."""
    state = open_state(tmp_path)
    with closing(state.database):
        learn = state.usual_powers.learn
        assert learn("s", "main", "q", None) is None
        assert learn("s", "main", "q", 100.0) == 100.0
        assert learn("s", "main", "q", 50.0) == 100.0
        assert learn("s", "main", "q", 120.0) == 120.0
        assert learn("s", "main", "other", None) is None
    again = open_state(tmp_path)
    with closing(again.database):
        assert again.usual_powers.learn("s", "main", "q", None) == 120.0
