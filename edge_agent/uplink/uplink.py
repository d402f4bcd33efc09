"""The connection to the broker, and the only paho file of the agent.

paho dies silently unless it is wrapped, so: one paho client for one connection, thrown away with
it, hence nothing of an old connection (queue, packet id, acknowledgement) can reach a new one;
every callback is guarded; a window bounds what is in paho's hands; a PUBACK frees its place in
that window and means nothing else. No lock of ours is held while paho is called.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import paho.mqtt.client as mqtt

from edge_agent.config import MqttSettings
from edge_agent.contract import topics
from edge_agent.contract.wire import Birth, State, encode_birth, encode_state
from edge_agent.errors import StopError
from edge_agent.uplink import loss as losses
from edge_agent.uplink.client import (
    KEEPALIVE_S,
    SESSION_EXPIRY_S,
    connect,
    host_port,
    new_client,
    publish,
)
from edge_agent.uplink.link import WINDOW, Link, Sent
from edge_agent.uplink.loss import Loss
from edge_agent.uplink.retries import GOOD_CONNECTION_S, Retries
from edge_agent.uplink.size import Size
from edge_agent.uplink.unreadable import Unreadable
from edge_agent.words import said

__all__ = ["KEEPALIVE_S", "SESSION_EXPIRY_S", "Uplink"]

log = logging.getLogger(__name__)

ANSWER_WAIT_S = 10.0
UNHEARD = 10_000
"""Of more numbers that nobody heard the oldest wait for their receipt like all others."""
FATAL_FAULTS = 20
"""After so many faults in callbacks the uplink cannot be trusted any more."""
HEARD: dict[topics.DownChannel, int] = {"receipt": 10_000, "cmd": 100, "credit": 10, "ask": 20}
"""What the collector says to an agent; without the first nothing could ever be settled.

With more than so many waiting to be read the oldest go: the rows of a lost receipt are sent again,
and the collector says a command or a credit again.
"""


class Uplink:
    """The connection of ``agent`` to the broker in ``settings``.

    ``number`` gives a connection number higher than any before, ``birth`` the card for it; each
    is called once a connection. ``news`` is called, from paho's thread, when ``forward`` has
    something to do. Only one thread may call ``keep_up``, ``publish`` and ``close``.
    ``callback_faults`` counts faults in callbacks, ``refusals`` messages the broker did not take;
    ``unreadable`` is told of what came and is none of ours.
    """

    def __init__(
        self,
        settings: MqttSettings,
        agent: str,
        *,
        number: Callable[[], int],
        birth: Callable[[int], Birth],
        news: Callable[[], None] = lambda: None,
        waits_s: tuple[float, float] = (1.0, 60.0),
    ) -> None:
        self.agent = agent
        self.callback_faults = self.refusals = 0
        self._settings = settings
        self._number, self._birth, self._news = number, birth, news
        self.unreadable = Unreadable()
        self._retries = Retries("{}:{}".format(*host_port(settings.url)), agent, waits_s)
        self._size = Size()
        self._link: Link | None = None
        self._client: mqtt.Client | None = None
        self._heard = {
            topics.down(agent, channel): deque[bytes](maxlen=kept)
            for channel, kept in HEARD.items()
        }
        self._unheard = deque[int](maxlen=UNHEARD)
        self._refused: dict[str, int] = {}
        self._faults_told: set[str] = set()
        self._fatal: StopError | None = None

    @property
    def connected(self) -> bool:
        """Whether the broker has let us in and gives us our receipts."""
        link = self._link
        return link is not None and link.ready and link.loss is None

    @property
    def connection(self) -> int:
        """The number of this connection, 0 when there is none."""
        link = self._link
        return link.number if link is not None else 0

    @property
    def last_fault(self) -> str:
        """The newest trouble with the broker in one line, empty when there was none."""
        return self._retries.last_fault

    @property
    def most_bytes(self) -> int | None:
        """The largest payload that this broker takes; None: none is known to be too large."""
        return self._size.most_bytes

    def keep_up(self, now_s: float) -> bool:
        """Open, watch and reopen the connection; True when messages can go out.

        Waits for nothing but the opening of a socket (``DIAL_WAIT_S``). Raises ``StopError`` when
        the uplink can no longer be trusted.
        """
        if self._fatal is not None:
            raise self._fatal
        link = self._link
        if link is None:
            if self._retries.due(now_s):
                self._dial(now_s)
        elif link.loss is not None:
            self._drop(link, link.loss, now_s)
        elif link.ready:
            self._retries.succeeded()
        elif now_s - link.dialled_s > ANSWER_WAIT_S:
            self._drop(link, losses.silent(ANSWER_WAIT_S), now_s)
        return self.connected

    def room(self) -> int:
        """How many messages may be published now."""
        link = self._link
        return link.room() if link is not None and self.connected else 0

    def publish(
        self, channel: topics.UpChannel, payload: bytes, seqs: tuple[int, ...] = ()
    ) -> bool:
        """Hand one message to the broker; False when there is no connection or no room.

        ``seqs`` are the numbers in it, which ``unheard`` gives back when nobody has heard it.
        """
        link, client = self._link, self._client
        if link is None or client is None or self.room() == 0:
            return False
        message = Sent(topics.up(self.agent, channel), len(payload), seqs)
        return self._hand_over(client, link, message, payload)

    def announce(self, topic: str, payload: bytes) -> bool:
        """Publish ``payload`` retained on ``topic``; False when there is no connection or room."""
        link, client = self._link, self._client
        if link is None or client is None or self.room() == 0:
            return False
        return self._hand_over(client, link, Sent(topic, len(payload)), payload, retain=True)

    def tell(self, channel: topics.UpChannel, payload: bytes) -> bool:
        """Publish with QoS 0 what the next message says better; False when it cannot go out.

        Brokers do not keep it for a collector that is away, in the place of readings.
        """
        link, client = self._link, self._client
        if link is None or client is None or self.room() == 0:
            return False
        if len(payload) > (self.most_bytes or len(payload)):
            return False
        message = Sent(topics.up(self.agent, channel), len(payload))
        return self._hand_over(client, link, message, payload, qos=0)

    def receipts(self) -> list[bytes]:
        """What has come on the receipt topic since the last call, undecoded."""
        return self._read("receipt")

    def commands(self) -> list[bytes]:
        """What has come on the command topic since the last call, undecoded."""
        return self._read("cmd")

    def credits(self) -> list[bytes]:
        """What has come on the credit topic since the last call, undecoded."""
        return self._read("credit")

    def asks(self) -> list[bytes]:
        """What has come on the topic of questions since the last call, undecoded."""
        return self._read("ask")

    def unheard(self) -> list[int]:
        """The numbers that the broker had no subscriber for since the last call: MQTT 5 says so."""
        return [self._unheard.popleft() for _ in range(len(self._unheard))]

    def close(self, wait_s: float = 2.0) -> None:
        """Say goodbye and disconnect; ``wait_s`` bounds it when the broker does not answer."""
        link, client = self._link, self._client
        self._link = self._client = None
        if link is None or client is None:
            return
        if link.ready and link.loss is None:
            farewell = encode_state(State(self.agent, link.number, online=False))
            self._retain(client, link, "state", farewell)
        client.disconnect()
        link.ended.wait(wait_s)

    def _read(self, channel: topics.DownChannel) -> list[bytes]:
        waiting = self._heard[topics.down(self.agent, channel)]
        return [waiting.popleft() for _ in range(len(waiting))]

    def _dial(self, now_s: float) -> None:
        link = Link(self._number(), now_s)
        try:
            client = self._new_client(link)
            connect(client, self._settings)
        except (OSError, ValueError) as error:
            self._retries.failed(losses.loss_of(error), now_s)
            return
        self._link, self._client = link, client
        client.loop_start()

    def _drop(self, link: Link, loss: Loss, now_s: float) -> None:
        client, self._link, self._client = self._client, None, None
        if client is not None and not link.ended.is_set():
            client.disconnect()
        lived_s = now_s - link.dialled_s if link.ready else None
        if lived_s is not None:
            short_lived = lived_s < GOOD_CONNECTION_S and not loss.taken_over
            self._size.ended(loss.code, link.unanswered_bytes(), short_lived)
        self._retries.failed(loss, now_s, lived_s)

    def _new_client(self, link: Link) -> mqtt.Client:
        client = new_client(self._settings, self.agent, link.number)
        client.died = partial(self._on_death, link)
        client.on_connect = self._guarded(link, self._on_connect)
        client.on_subscribe = self._guarded(link, self._on_subscribe)
        client.on_message = self._guarded(link, self._on_message)
        client.on_publish = self._guarded(link, self._on_publish)
        client.on_disconnect = self._guarded(link, self._on_disconnect)
        return client

    def _hand_over(
        self,
        client: mqtt.Client,
        link: Link,
        message: Sent,
        payload: bytes,
        retain: bool = False,
        qos: int = 1,
    ) -> bool:
        version = self._settings.version
        mid = publish(client, version, message.topic, payload, retain=retain, qos=qos)
        if mid is None:
            return False
        code = link.handed_over(mid, message)
        if code is not None:
            self._judge(message, code)
        return True

    def _retain(
        self, client: mqtt.Client, link: Link, channel: topics.UpChannel, payload: bytes
    ) -> None:
        message = Sent(topics.up(self.agent, channel), len(payload))
        self._hand_over(client, link, message, payload, retain=True)

    def _guarded(self, link: Link, callback: Callable[..., None]) -> Callable[..., None]:
        """The callback such that no exception of ours ends paho's loop thread."""

        @wraps(callback)
        def safe(*args: Any) -> None:
            try:
                callback(link, *args)
            except Exception as error:
                self._callback_failed(callback.__name__, error)
                log.debug("traceback of the fault above", exc_info=True)

        return safe

    def _callback_failed(self, name: str, error: Exception) -> None:
        self.callback_faults += 1
        what = f"{type(error).__name__}: {error}"
        fault = StopError(
            said("fault in the uplink's {callback}: {what}", callback=name, what=what),
            said("a fault in the program: please report this line"),
        )
        if fault.message not in self._faults_told:
            self._faults_told.add(fault.message)
            log.error(fault.told)
        if self.callback_faults >= FATAL_FAULTS or isinstance(error, MemoryError):
            self._fatal = fault

    def _on_connect(self, link: Link, client: mqtt.Client, *rest: Any) -> None:
        _data, _flags, reason, offer = rest
        if reason.is_failure:
            self._end(link, client, losses.refused(reason.value, str(reason)))
        elif not (getattr(offer, "MaximumQoS", 1) and getattr(offer, "RetainAvailable", 1)):
            self._end(link, client, losses.too_little())
        else:
            if (packet_bytes := getattr(offer, "MaximumPacketSize", None)) is not None:
                self._size.offered(packet_bytes)
            link.window = min(WINDOW, getattr(offer, "ReceiveMaximum", WINDOW))
            online = encode_state(State(self.agent, link.number, online=True))
            birth = encode_birth(self._birth(link.number))
            self._retain(client, link, "state", online)
            self._retain(client, link, "birth", birth)
            # A credit of before would be used by a whole fleet that comes back: it is not kept.
            client.subscribe(
                [(topics.down(self.agent, channel), int(channel != "credit")) for channel in HEARD]
            )

    def _on_subscribe(self, link: Link, client: mqtt.Client, *rest: Any) -> None:
        _data, _mid, codes, _properties = rest
        if codes[0].is_failure:
            self._end(link, client, losses.deaf(topics.down(self.agent, "receipt")))
        else:
            for channel, code in zip(HEARD, codes, strict=False):
                self._judge_hearing(topics.down(self.agent, channel), code.is_failure)
            link.ready = True
            self._news()

    def _on_message(self, _link: Link, *rest: Any) -> None:
        _client, _data, message = rest
        # Some brokers send a returning client retained messages that it did not ask for.
        waiting = self._heard.get(message.topic)
        if waiting is not None:
            waiting.append(bytes(message.payload))
            self._news()

    def _on_publish(self, link: Link, *rest: Any) -> None:
        _client, _data, mid, reason, _properties = rest
        message = link.acknowledged(mid, reason.value)
        if message is not None:
            self._judge(message, reason.value, str(reason))
        self._news()

    def _on_disconnect(self, link: Link, *rest: Any) -> None:
        client, _data, flags, reason, _properties = rest
        if link.loss is None:
            told = flags.is_disconnect_packet_from_server
            refused = losses.certificate_refused(getattr(client, "alert", ""))
            link.loss = refused or losses.lost(reason.value, str(reason) if told else "")
        link.ended.set()
        self._news()

    def _on_death(self, link: Link, error: Exception) -> None:
        if link.loss is None:
            link.loss = losses.broken(error)
        link.ended.set()
        self._news()

    def _end(self, link: Link, client: mqtt.Client, loss: Loss) -> None:
        link.loss = loss
        client.disconnect()
        self._news()

    def _judge_hearing(self, topic: str, deaf: bool) -> None:
        """Tell once that a topic cannot be heard that readings can do without."""
        if deaf and topic not in self._refused:
            what = losses.deaf(topic).reason
            log.warning(said("{what} (the agent goes on without it)", what=what))
            self._refused[topic] = losses.FAILURE
        elif not deaf:
            self._refused.pop(topic, None)

    def _judge(self, message: Sent, code: int, reason: str = "") -> None:
        """Tell a refused message once; its rows come again when their receipt does not."""
        topic = message.topic
        if code == losses.NO_SUBSCRIBER:
            self._unheard.extend(message.seqs)
        if code < losses.FAILURE and code != losses.NO_SUBSCRIBER:
            self._refused.pop(topic, None)
            return
        if code == losses.NO_SUBSCRIBER and topic.endswith(("/birth", "/state", "/answer")):
            return
        self.refusals += 1
        if self._refused.get(topic) != code:
            self._refused[topic] = code
            text = said(
                "the broker did not take a message on {topic}: {reason} ({hint})",
                topic=topic,
                reason=reason or f"0x{code:02X}",
                hint=losses.refusal_hint(code),
            )
            log.warning(text)
