"""Figures that cannot be made: no tariff, no factor, no energy: a conflict that a hint resolves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from collector.api.problems import Problem
from collector.errors import CollectorError, FactorError, RetryLaterError, StopError


@contextmanager
def made() -> Iterator[None]:
    """Turn what a room below says of missing data into a ``Problem`` 409.

    What is wrong with store or settings goes on as it is: callers learn nothing of these.
    """
    try:
        yield
    except FactorError as error:
        raise Problem(409, error.message, error.hint) from error
    except (StopError, RetryLaterError):
        raise
    except CollectorError as error:
        raise Problem(409, error.message, error.hint) from error
