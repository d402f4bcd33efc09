"""An MQTT broker inside this process, for the demo and small tests; the only amqtt file.

Before: nothing is installed. After: a broker on a free loopback port, MQTT 3.1.1, open to anyone
on this machine, with nothing on disk. A real plant runs Mosquitto. What to know of amqtt 0.12.1:

- It speaks MQTT 3.1.1 only; a client that insists on version 5 is refused.
- A session that it calls anonymous is forgotten a second after it disconnects, clean or not. So
  sessions here are let in without that name, and ``clean_session=False`` keeps its word.
- A message of quality 1 that is not acknowledged within 5 s is forgotten, not sent again, and so
  is one in flight when its receiver disconnects. Delivery must not rest on it.
- A client that reconnects is sent the retained messages of everybody's subscriptions, not only
  its own. Clients must look at the topic.
- Messages are handed on at the subscriber's quality, even when it is above the publisher's.
"""

from __future__ import annotations

import logging

from amqtt.broker import Broker
from amqtt.contexts import BrokerConfig, ListenerConfig
from amqtt.errors import BrokerError
from amqtt.plugins.base import BaseAuthPlugin
from amqtt.session import Session

from edge_agent.errors import StopError
from simulators.loop_thread import Close, LoopThread
from simulators.running import Running

HOST = "127.0.0.1"


class OpenDoor(BaseAuthPlugin):  # type: ignore[misc]  # amqtt is untyped to mypy
    """Lets every client in and keeps its session; amqtt's own anonymous door does not."""

    async def authenticate(self, *, session: Session) -> bool:
        """Let this session in."""
        return True


class EmbeddedBroker(Running):
    """A broker on ``127.0.0.1`` between ``start`` and ``stop``, or inside a ``with``.

    A ``port`` of 0 takes a free one; ``url`` names it once the broker runs. What it logs stays
    below ``logging.CRITICAL``, since every lost client is an error to it.
    """

    def __init__(self, port: int = 0) -> None:
        self.port = port
        self._service = LoopThread("broker", self._open)

    @property
    def url(self) -> str:
        """The broker's address, as settings want it."""
        return f"mqtt://{HOST}:{self.port}"

    def start(self) -> None:
        """Accept clients from now on. Raises ``StopError`` when the port cannot be had."""
        for name in ("amqtt", "transitions"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            self._service.start()
        except BrokerError as error:
            hint = f"is port {self.port} in use? name another broker instead"
            raise StopError(f"the embedded broker does not start: {error}", hint) from error

    def stop(self) -> None:
        """Disconnect everybody and end. Does nothing when it does not run."""
        self._service.stop()

    async def _open(self) -> Close:
        broker = Broker(_config(self.port))
        await broker.start()
        self.port = _bound_port(broker)
        close: Close = broker.shutdown
        return close


def _config(port: int) -> BrokerConfig:
    return BrokerConfig(
        listeners={"default": ListenerConfig(bind=f"{HOST}:{port}")},
        plugins={f"{OpenDoor.__module__}.{OpenDoor.__qualname__}": {}},
    )


def _bound_port(broker: Broker) -> int:
    """The port that a free choice (0) led to; amqtt itself does not tell."""
    sockets = broker._servers["default"].instance.sockets
    port: int = sockets[0].getsockname()[1]
    return port
