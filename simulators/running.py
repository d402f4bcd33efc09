"""What every simulated thing that runs has in common: it works inside a ``with``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self


class Running(ABC):
    """Something that works between ``start`` and ``stop``, or inside a ``with``."""

    @abstractmethod
    def start(self) -> None:
        """Work from now on."""

    @abstractmethod
    def stop(self) -> None:
        """End the work. Does nothing when it does not run."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
