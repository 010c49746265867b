"""OSC: packets in, events out, and every client told of what has changed.

A thread of the interface process owns the UDP socket, and the wire to the page, which speaks the same messages. Other
threads hand it what the engine says, and what a capture came to. Changes are told in rounds, at most 30 a second, and
only where things stand in the end.
"""

import select
import threading
import time
from collections.abc import Callable
from typing import Final

from runtime.contract import DecoderMetadata
from runtime.controls import osc_feedback
from runtime.controls.osc_address import open_osc_socket
from runtime.controls.osc_clients import Client, Clients
from runtime.controls.osc_commands import COMMANDS, TRAINING_COMMANDS, Command
from runtime.controls.osc_events import events_of, key_of
from runtime.controls.osc_feedback import InstrumentInfo
from runtime.controls.osc_guard import BadPacketError, OscRequest, read_packet
from runtime.controls.osc_hooks import OscHooks
from runtime.controls.osc_schema import PREFIX, Action, ErrorCode, MessageError
from runtime.controls.osc_sounding import SoundingWatch
from runtime.controls.osc_table import destinations, read_arguments
from runtime.controls.osc_wires import PAGE, UdpWire, Wire
from runtime.errors import LatentbridgeError
from runtime.listening import LOCAL_HOST, SocketAddress
from runtime.steering.desk import Argument, Sender, Told
from runtime.steering.steering import Steering

ROUNDS_PER_SECOND: Final = 30
_PACKETS_AT_ONCE: Final = 256
_IDLE_SECONDS: Final = 0.1
_LOG_SECONDS: Final = 1.0
_ASKING: Final = frozenset({Action.STATE, Action.LEVELS, Action.MOVED, Action.LIST_MODELS})


class OscService:
    """Listens at a UDP socket and to the page. Bad packets are counted, never answered; only clients hear anything."""

    def __init__(
        self,
        address: SocketAddress | None,
        steering: Steering,
        info: InstrumentInfo,
        hooks: OscHooks,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Bind the socket, if there is to be one; nothing is read before :meth:`start`.

        Raises LatentbridgeError if the address is taken.
        """
        self.bad_packets = 0
        """Packets that were not OSC, and messages that asked for something that is not there."""
        self.faults = 0
        """Messages that made something fail that should not have."""
        self._info = info
        self._hooks = hooks
        self._steering, self._desk = steering, steering.desk
        self._clock = clock
        self._learn(self._desk.metadata)
        self._clients = Clients(self._gone)
        self._voices = 0
        self._watch = SoundingWatch(hooks.sounding, steering.places.map_of)
        self._sound_lost_because = ""
        # The desk's own, since it tells of changes with its lock held, and hooks may call back at once.
        self._lock = self._desk.lock
        self._unlogged = 0
        self._last_reason = ""
        self._logged_seconds = -_LOG_SECONDS
        self._told_seconds = -1.0
        self._closing = False
        self._desk.listen(self)
        self._thread = threading.Thread(target=self._run, name="osc", daemon=True)
        self._wires: tuple[Wire, ...] = ()
        self.address: SocketAddress | None = None
        """Where it listens, with the port that was really got."""
        if address is not None:
            opened = open_osc_socket(address)
            self.address = opened.getsockname()
            self._wires = (UdpWire(opened),)

    def attach(self, wire: Wire) -> None:
        """Listen to another wire too, until it closes; from any thread."""
        with self._lock:
            self._wires = (*self._wires, wire)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def close(self) -> None:
        """Stop listening and let go of the socket."""
        self._closing = True
        if self._thread.is_alive():
            self._thread.join(5 * _IDLE_SECONDS)
        else:
            self._close_wires()

    # From other threads -----------------------------------------------------------------------------------------

    def changed(self, what: list[Told], sender: Sender) -> None:
        """Put down what has changed, for every client but the one that changed it."""
        self._clients.tell(what, sender)

    def announced(self, address: str, arguments: tuple[Argument, ...]) -> None:
        """Tell every client that something has happened."""
        self._tell_everyone(osc_feedback.message(f"{PREFIX}/{address}", *arguments))

    def set_voices(self, count: int) -> None:
        """Tell every client how many voices sound now."""
        with self._lock:
            if count != self._voices:
                self._voices = count
                for client in self._clients:
                    client.voices_untold = True

    def set_info(self, info: InstrumentInfo) -> None:
        """Replace what clients are told about the instrument, e.g. after its block has changed; tells them all."""
        with self._lock:
            self._info = info
            for client in self._clients:
                client.wants_all = True

    def set_model(self, info: InstrumentInfo) -> None:
        """Speak of the desk's new model from now on, and introduce every client to it."""
        with self._lock:
            self._learn(self._desk.metadata)
            for client in self._clients:
                client.untold.clear()
            self.set_info(info)

    def tell_sound(self, lost_because: str) -> None:
        """Tell every client why nothing can sound any more, or with an empty text that it does again."""
        with self._lock:
            self._sound_lost_because = lost_because
            self._tell_everyone(osc_feedback.sound(lost_because))

    def captured(self, path: str, note: int, peak_db: float) -> None:
        """Tell every client that a one-shot was written."""
        self._tell_everyone(osc_feedback.captured(path, note, peak_db))

    def failed(self, text: str) -> None:
        """Tell every client that something they may have asked for could not be done, such as a capture."""
        self._tell_everyone(osc_feedback.error(ErrorCode.NOT_POSSIBLE, text))

    def _learn(self, metadata: DecoderMetadata) -> None:
        self._metadata = metadata
        self._destinations = destinations(metadata)
        self._axis_names = tuple(axis.name for axis in metadata.axes)

    # The thread -------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._closing:
            self._turn()
        self._close_wires()

    def _turn(self) -> None:
        wait = 1 / ROUNDS_PER_SECOND if len(self._clients) else _IDLE_SECONDS
        wires = self._wires
        if wires:
            select.select([wire.socket for wire in wires], [], [], wait)
        else:
            time.sleep(wait)
        for wire in wires:
            self._receive(wire)
            if wire.closed:
                self._detach(wire)
        now = time.monotonic()
        if now - self._told_seconds >= 1 / ROUNDS_PER_SECOND:
            self._told_seconds = now
            try:
                with self._lock:
                    self._tell_round()
            except Exception as error:
                self._fail(error)
        self._log_bad(now)

    def _receive(self, wire: Wire) -> None:
        """Read what has arrived, but not for ever: a flood must not keep the clients from being told."""
        for _ in range(_PACKETS_AT_ONCE):
            try:
                arrived = wire.receive()
            except OSError:
                # Some systems report here that an earlier answer found nobody; that concerns no packet of now.
                continue
            if arrived is None:
                return
            try:
                self._take(*arrived, wire)
            except Exception as error:
                self._fail(error)

    def _detach(self, wire: Wire) -> None:
        with self._lock:
            self._wires = tuple(one for one in self._wires if one is not wire)
            self._clients.forget_wire(wire)
        wire.socket.close()

    def _close_wires(self) -> None:
        for wire in self._wires:
            wire.socket.close()

    def _take(self, packet: bytes, source: SocketAddress, wire: Wire) -> None:
        arrival_ns = time.perf_counter_ns()
        try:
            requests = read_packet(packet)
        except BadPacketError as error:
            self._refuse(str(error))
            return
        with self._desk.arriving(arrival_ns):
            for request in requests:
                client = self._clients.heard(source, self._clock())
                try:
                    self._answer(request, source, wire, client)
                except MessageError as error:
                    self._refuse(str(error))
                    if client is not None:
                        client.error = (error.code, str(error))
                except LatentbridgeError as error:
                    # Well said, but not possible: nothing is wrong with the packet.
                    if client is not None:
                        client.error = (ErrorCode.NOT_POSSIBLE, str(error))

    def _answer(self, request: OscRequest, source: SocketAddress, wire: Wire, client: Client | None) -> None:
        destination = self._destinations.get(request.address)
        if destination is None:
            raise MessageError(ErrorCode.UNKNOWN_ADDRESS, f"there is no address {request.address[:100]}")
        arguments = read_arguments(
            request.address, destination.arguments, request.arguments, self._metadata.latent_size
        )
        action, played = destination.row.action, key_of(destination, arguments)
        if action is Action.HELLO:
            self._greet(source, int(arguments[0]), wire)
        elif action is Action.BYE:
            self._clients.bye(source)
        elif action is Action.PING:
            self._pong(source, client, int(arguments[0]))
        elif action in _ASKING:
            if client is not None:
                for datagram in self._told_of(action):
                    self._send(datagram, client)
        elif action is Action.TELL:
            if client is not None:
                client.untold |= {
                    one: None for one in self._everything(destination.part) if one.part == destination.part
                }
        elif action is Action.WATCH:
            if client is not None:
                client.watches, client.knows_sounding = bool(arguments[0]), False
        elif action is Action.CAPTURE:
            self._hooks.capture(destination.part, str(arguments[0]) if arguments else "", 0)
        elif action is Action.CAPTURE_VARIATIONS:
            name = str(arguments[1]) if len(arguments) > 1 else ""
            self._hooks.capture(destination.part, name, int(arguments[0]))
        elif action is Action.EXPORT_KIT:
            self._hooks.export_kit(destination.part, str(arguments[0]) if arguments else "")
        elif action is Action.MODEL:
            self._hooks.change_model(str(arguments[0]))
        elif action is Action.LIST_DEVICES:
            self._hooks.list_devices()
        elif action is Action.OUTPUT:
            self._hooks.change_output(str(arguments[0]), int(arguments[1]) if len(arguments) > 1 else 0)
        elif action is Action.MIDI:
            self._hooks.change_midi(str(arguments[0]))
        elif action is Action.ENCODE:
            self._hooks.encode(destination.part, str(arguments[0]), len(arguments) > 1 and bool(arguments[1]))
        elif command := COMMANDS.get(action) if action else None:
            command(self._steering, Command(destination, arguments, client))
        elif action in TRAINING_COMMANDS:
            TRAINING_COMMANDS[action](self._hooks.training, Command(destination, arguments, client))
        else:
            played = events_of(destination, arguments)
            for event in played:
                self._desk.do(event, client)
        if client is not None:
            client.held.follow(*played)

    def _gone(self, client: Client) -> None:
        """Let go of what a page holds: whoever played on it has closed it, or their network has gone.

        Other programs may say goodbye and let a note sound on, as a patch does that starts a drone.
        """
        if client.source[0] == PAGE:
            for event in client.held.let_go():
                self._desk.do(event)

    def _told_of(self, action: Action | None) -> list[bytes]:
        """Return the answer to a question that only its asker hears."""
        if action is Action.STATE:
            return [osc_feedback.report(self._hooks.report())]
        if action is Action.LEVELS:
            return [osc_feedback.levels(self._hooks.levels())]
        if action is Action.MOVED:
            return [osc_feedback.moved(self._hooks.moved())]
        return osc_feedback.models(self._hooks.models())

    def _greet(self, source: SocketAddress, reply_port: int, wire: Wire) -> None:
        if self.address and reply_port == self.address[1] and source[0] in (self.address[0], LOCAL_HOST):
            raise MessageError(ErrorCode.NOT_POSSIBLE, "the reply port is the one that the instrument listens at")
        if self._clients.hello(source, reply_port, wire, self._clock()) is None:
            raise MessageError(ErrorCode.NOT_POSSIBLE, "there are too many clients")

    def _pong(self, source: SocketAddress, client: Client | None, number: int) -> None:
        client = client or self._clients.heard_by_reply_port(source[0], number, self._clock())
        if client is not None:
            self._send(osc_feedback.pong(number), client)

    # Telling ----------------------------------------------------------------------------------------------------

    def _tell_round(self) -> None:
        """Tell every client what it does not know yet."""
        self._desk.forget_overdue()
        self._clients.forget_silent(self._clock())
        for client in self._clients:
            told = []
            if client.wants_all:
                client.wants_all = False
                client.voices_untold = True
                client.untold = dict.fromkeys(self._everything())
                told += osc_feedback.introduction(self._info, self._metadata)
                told += [osc_feedback.sound(self._sound_lost_because)] if self._sound_lost_because else []
            told += osc_feedback.changes(client.untold, self._desk.numbers, self._axis_names)
            client.untold.clear()
            if client.voices_untold:
                client.voices_untold = False
                told.append(osc_feedback.voices(self._voices))
            if client.error is not None:
                told.append(osc_feedback.error(*client.error))
                client.error = None
            for datagram in told:
                self._send(datagram, client)
        for client, datagram in self._watch.messages(self._clients):
            self._send(datagram, client)

    def _everything(self, whole: int = 1) -> list[Told]:
        return [*self._desk.state.worth_telling(whole), *self._steering.worth_telling(whole)]

    def _tell_everyone(self, datagram: bytes) -> None:
        with self._lock:
            for client in self._clients:
                self._send(datagram, client)

    def _send(self, datagram: bytes, client: Client) -> None:
        # Nobody there, or no room: the next round, or the client's next hello, makes up for it.
        client.wire.send(datagram, client.reply)

    def _fail(self, error: Exception) -> None:
        """A fault of ours must not silence OSC for the rest of the evening: counted, logged, and on."""
        self.faults += 1
        self._refuse(f"{type(error).__name__}: {error}")

    def _refuse(self, reason: str) -> None:
        self.bad_packets += 1
        self._unlogged += 1
        self._last_reason = reason

    def _log_bad(self, now: float) -> None:
        if self._unlogged and now - self._logged_seconds >= _LOG_SECONDS:
            self._hooks.log(f"OSC: {self._unlogged} not understood, the last one: {self._last_reason}")
            self._unlogged, self._logged_seconds = 0, now
