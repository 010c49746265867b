"""What Max's objects that speak to the world beyond their cords do: sends, MIDI, sockets, the start of a patch."""

import socket
from typing import Any

from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from tests.patches.max_object import BANG, Atom, Message, Object, Stores


class Send(Object):
    def take(self, inlet: int, message: Message) -> None:
        for one in list(self.world.receives[self.arguments[0]]):
            one.give(0, *message)


class Receive(Object):
    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        if self.arguments:
            self.world.receives[self.arguments[0]].append(self)

    def take(self, inlet: int, message: Message) -> None:
        assert not self.arguments
        assert message[0] == "set", message
        for listening in self.world.receives.values():
            if self in listening:
                listening.remove(self)
        self.world.receives[message[1]].append(self)


class Forward(Object):
    def take(self, inlet: int, message: Message) -> None:
        if message[0] == "send":
            self.value = message[1]
        else:
            for one in list(self.world.receives.get(self.value, ())):
                one.give(0, *message)


class Loadbang(Object):
    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.world.started.append(lambda: self.give(0, *BANG))


class Thisdevice(Object):
    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.world.ready.append(lambda: self.give(0, *BANG))


class Patcherargs(Object):
    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        said = self.patcher.arguments or self.arguments
        self.world.started.append(lambda: self.give(0, *said))


class Udpsend(Object):
    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._host, self._port = str(self.arguments[0]), int(self.arguments[1])
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.world.listening.append(self)

    def take(self, inlet: int, message: Message) -> None:
        if message[0] == "host":
            self._host = str(message[1])
        elif message[0] == "port":
            self._port = int(message[1])
        else:
            assert str(message[0]).startswith("/"), message
            builder = OscMessageBuilder(str(message[0]))
            for atom in message[1:]:
                builder.add_arg(atom, {int: "i", float: "f", str: "s"}[type(atom)])
            self.world.sent.append(message)
            self.socket.sendto(builder.build().dgram, (self._host, self._port))

    def read(self) -> None:
        """Nothing is expected here; some systems report a port that nobody listens at."""
        try:
            self.socket.recv(65_535)
        except OSError:
            return


class Udpreceive(Object):
    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.socket: socket.socket | None = None
        self._listen(int(self.arguments[0]))
        self.world.listening.append(self)

    def take(self, inlet: int, message: Message) -> None:
        assert message[0] == "port"
        self._listen(int(message[1]))

    def _listen(self, port: int) -> None:
        if self.socket:
            if self.socket.getsockname()[1] == port:
                return
            self.socket.close()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", port))

    def read(self) -> None:
        """Say what has come."""
        assert self.socket
        message = OscMessage(self.socket.recv(65_535))
        self.give(0, message.address, *message.params)


class Midi(Object):
    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.world.midi[self.box["text"]].append(self)


class Poly(Stores):
    """Gives each key a voice, and lets its end have the same one."""

    held: dict[Atom, int] | None = None

    def act(self) -> None:
        self.held = self.held if self.held is not None else {}
        key, velocity = self.kept
        free = [n for n in range(1, int(self.arguments[0]) + 1) if n not in self.held.values()]
        voice = self.held.pop(key, None) if not velocity else free[0]
        if voice is None:
            return
        if velocity:
            self.held[key] = voice
        for outlet, atom in ((2, velocity), (1, key), (0, voice)):
            self.give(outlet, atom)
