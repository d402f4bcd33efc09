"""The connection to the broker, and the only paho file of the agent.

paho dies silently unless it is wrapped, so: one paho client for one connection, thrown away with
it, hence nothing of an old connection (queue, packet id, acknowledgement) can reach a new one;
every callback is guarded; a window bounds what is in paho's hands; a PUBACK frees its place in
that window and means nothing else. No lock of ours is held while paho is called.
"""

from __future__ import annotations

import logging
import ssl
from collections import deque
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from edge_agent.config import MqttSettings
from edge_agent.contract import topics
from edge_agent.contract.wire import CONTENT_TYPE, Birth, State, encode_birth, encode_state
from edge_agent.errors import StopError
from edge_agent.uplink import loss as losses
from edge_agent.uplink.link import WINDOW, Link
from edge_agent.uplink.loss import Loss
from edge_agent.uplink.retries import Retries

log = logging.getLogger(__name__)

KEEPALIVE_S = 20
SESSION_EXPIRY_S = 3600
DIAL_WAIT_S = 5.0
ANSWER_WAIT_S = 10.0
FATAL_FAULTS = 20
"""After so many faults in callbacks the uplink cannot be trusted any more."""
RECEIPTS_KEPT = 10_000
"""More receipts than this waiting to be read: the oldest go; their rows are sent again."""
COMMANDS_KEPT = 100
"""More commands than this: the oldest go; the collector says them again."""
HEARD: tuple[topics.DownChannel, ...] = ("receipt", "cmd")
"""What the collector says to an agent; without the first nothing could ever be settled."""


class _TlsSocket(ssl.SSLSocket):
    """paho forgets a socket whose handshake failed; this one is closed all the same."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise


class Uplink:
    """The connection of ``agent`` to the broker in ``settings``.

    ``number`` gives a connection number higher than any before, ``birth`` the card for it; each
    is called once a connection. ``news`` is called, from paho's thread, when ``forward`` has
    something to do. Only one thread may call ``keep_up``, ``publish`` and ``close``.
    ``callback_faults`` counts faults in callbacks, ``refusals`` messages the broker did not take.
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
        self._host, self._port = _host_port(settings.url)
        self._retries = Retries(f"{self._host}:{self._port}", agent, waits_s)
        self._link: Link | None = None
        self._client: mqtt.Client | None = None
        self._receipts: deque[bytes] = deque(maxlen=RECEIPTS_KEPT)
        self._commands: deque[bytes] = deque(maxlen=COMMANDS_KEPT)
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

    def publish(self, channel: topics.UpChannel, payload: bytes) -> bool:
        """Hand one message to the broker; False when there is no connection or no room."""
        link, client = self._link, self._client
        if link is None or client is None or self.room() == 0:
            return False
        return self._hand_over(client, link, channel, payload)

    def receipts(self) -> list[bytes]:
        """What has come on the receipt topic since the last call, undecoded."""
        return [self._receipts.popleft() for _ in range(len(self._receipts))]

    def commands(self) -> list[bytes]:
        """What has come on the command topic since the last call, undecoded."""
        return [self._commands.popleft() for _ in range(len(self._commands))]

    def close(self, wait_s: float = 2.0) -> None:
        """Say goodbye and disconnect; ``wait_s`` bounds it when the broker does not answer."""
        link, client = self._link, self._client
        self._link = self._client = None
        if link is None or client is None:
            return
        if link.ready and link.loss is None:
            farewell = encode_state(State(self.agent, link.number, online=False))
            self._hand_over(client, link, "state", farewell, retain=True)
        client.disconnect()
        link.ended.wait(wait_s)

    def _dial(self, now_s: float) -> None:
        link = Link(self._number(), now_s)
        try:
            client = self._new_client(link)
            self._connect(client)
        except (OSError, ValueError) as error:
            self._retries.failed(losses.loss_of(error), now_s)
            return
        self._link, self._client = link, client
        client.loop_start()

    def _drop(self, link: Link, loss: Loss, now_s: float) -> None:
        client, self._link, self._client = self._client, None, None
        if client is not None and not link.ended.is_set():
            client.disconnect()
        self._retries.failed(loss, now_s, now_s - link.dialled_s if link.ready else None)

    def _new_client(self, link: Link) -> mqtt.Client:
        settings, v5 = self._settings, self._settings.version == "5"
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=self.agent,
            clean_session=None if v5 else False,
            protocol=mqtt.MQTTv5 if v5 else mqtt.MQTTv311,
            reconnect_on_failure=False,
        )
        client.connect_timeout = DIAL_WAIT_S
        client.max_inflight_messages_set(WINDOW)
        if settings.username is not None:
            client.username_pw_set(settings.username, _password(settings))
        if urlsplit(settings.url).scheme == "mqtts":
            client.tls_set_context(_tls(settings))
        will = encode_state(State(self.agent, link.number, online=False))
        client.will_set(topics.up(self.agent, "state"), will, qos=1, retain=True)
        client.on_connect = self._guarded(link, self._on_connect)
        client.on_subscribe = self._guarded(link, self._on_subscribe)
        client.on_message = self._guarded(link, self._on_message)
        client.on_publish = self._guarded(link, self._on_publish)
        client.on_disconnect = self._guarded(link, self._on_disconnect)
        return client

    def _connect(self, client: mqtt.Client) -> None:
        if self._settings.version != "5":
            client.connect(self._host, self._port, KEEPALIVE_S)
            return
        # paho's default, a clean start at the first connect, would wipe the session of the
        # process before this one.
        properties = _properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = SESSION_EXPIRY_S
        client.connect(
            self._host, self._port, KEEPALIVE_S, clean_start=False, properties=properties
        )

    def _hand_over(
        self,
        client: mqtt.Client,
        link: Link,
        channel: topics.UpChannel,
        payload: bytes,
        retain: bool = False,
    ) -> bool:
        properties = None
        if self._settings.version == "5":
            properties = _properties(PacketTypes.PUBLISH)
            properties.ContentType = CONTENT_TYPE
        topic = topics.up(self.agent, channel)
        info = client.publish(topic, payload, qos=1, retain=retain, properties=properties)
        if info.rc != mqtt.MQTT_ERR_SUCCESS:
            return False
        code = link.handed_over(info.mid, topic)
        if code is not None:
            self._judge(topic, code)
        return True

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
        text = f"fault in the uplink's {name}: {type(error).__name__}: {error}"
        hint = "a fault in the program: please report this line"
        if text not in self._faults_told:
            self._faults_told.add(text)
            log.error("%s (%s)", text, hint)
        if self.callback_faults >= FATAL_FAULTS or isinstance(error, MemoryError):
            self._fatal = StopError(text, hint)

    def _on_connect(self, link: Link, client: mqtt.Client, *rest: Any) -> None:
        _data, _flags, reason, offer = rest
        if reason.is_failure:
            self._end(link, client, losses.refused(reason.value, str(reason)))
        elif not (getattr(offer, "MaximumQoS", 1) and getattr(offer, "RetainAvailable", 1)):
            self._end(link, client, losses.too_little())
        else:
            link.window = min(WINDOW, getattr(offer, "ReceiveMaximum", WINDOW))
            online = encode_state(State(self.agent, link.number, online=True))
            birth = encode_birth(self._birth(link.number))
            self._hand_over(client, link, "state", online, retain=True)
            self._hand_over(client, link, "birth", birth, retain=True)
            client.subscribe([(topics.down(self.agent, channel), 1) for channel in HEARD])

    def _on_subscribe(self, link: Link, client: mqtt.Client, *rest: Any) -> None:
        _data, _mid, codes, _properties = rest
        if codes[0].is_failure:
            self._end(link, client, losses.deaf(topics.down(self.agent, HEARD[0])))
        else:
            for channel, code in zip(HEARD, codes, strict=False):
                self._judge_hearing(topics.down(self.agent, channel), code.is_failure)
            link.ready = True
            self._news()

    def _on_message(self, _link: Link, *rest: Any) -> None:
        _client, _data, message = rest
        # Some brokers send a returning client retained messages that it did not ask for.
        if message.topic == topics.down(self.agent, "receipt"):
            self._receipts.append(bytes(message.payload))
            self._news()
        elif message.topic == topics.down(self.agent, "cmd"):
            self._commands.append(bytes(message.payload))
            self._news()

    def _on_publish(self, link: Link, *rest: Any) -> None:
        _client, _data, mid, reason, _properties = rest
        topic = link.acknowledged(mid, reason.value)
        if topic is not None:
            self._judge(topic, reason.value, str(reason))
        self._news()

    def _on_disconnect(self, link: Link, *rest: Any) -> None:
        _client, _data, flags, reason, _properties = rest
        if link.loss is None:
            told = flags.is_disconnect_packet_from_server
            link.loss = losses.lost(reason.value, str(reason) if told else "")
        link.ended.set()
        self._news()

    def _end(self, link: Link, client: mqtt.Client, loss: Loss) -> None:
        link.loss = loss
        client.disconnect()
        self._news()

    def _judge_hearing(self, topic: str, deaf: bool) -> None:
        """Tell once that a topic cannot be heard that readings can do without."""
        if deaf and topic not in self._refused:
            log.warning("%s (the agent goes on without it)", losses.deaf(topic).reason)
            self._refused[topic] = losses.FAILURE
        elif not deaf:
            self._refused.pop(topic, None)

    def _judge(self, topic: str, code: int, reason: str = "") -> None:
        """Tell a refused message once; its rows come again when their receipt does not."""
        if code < losses.FAILURE and code != losses.NO_SUBSCRIBER:
            self._refused.pop(topic, None)
            return
        if code == losses.NO_SUBSCRIBER and topic.endswith(("/birth", "/state")):
            return
        self.refusals += 1
        if self._refused.get(topic) != code:
            self._refused[topic] = code
            said = f"the broker did not take a message on {topic}: {reason or f'0x{code:02X}'}"
            log.warning("%s (%s)", said, losses.refusal_hint(code))


def _host_port(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or (8883 if parts.scheme == "mqtts" else 1883)


def _password(settings: MqttSettings) -> str | None:
    if settings.password_file is None:
        return None
    return settings.password_file.read_text(encoding="utf-8").strip()


def _tls(settings: MqttSettings) -> ssl.SSLContext:
    """A context that wants a certificate from a known CA, for the name in the url."""
    context = ssl.create_default_context(cafile=settings.ca_file)
    context.sslsocket_class = _TlsSocket
    return context


def _properties(packet: int) -> Properties:
    return Properties(packet)  # type: ignore[no-untyped-call]
