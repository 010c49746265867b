"""An OSC client that remembers what it is told."""

import socket
import threading

from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder


class OscClient:
    """Listens at a port of its own. A context manager."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.1)
        self.port: int = self._socket.getsockname()[1]
        self.heard: dict[str, tuple[object, ...]] = {}
        """What each address has last said."""
        self.sound: list[int] = []
        """Every first argument of /lb/sound."""
        self._ended = False
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> "OscClient":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = True
        self._thread.join()
        self._socket.close()

    def say(self, to: tuple[str, int], address: str, *arguments: float) -> None:
        """Send a message from the port at which this listens."""
        builder = OscMessageBuilder(address)
        for argument in arguments:
            builder.add_arg(argument)
        self._socket.sendto(builder.build().dgram, to)

    def _listen(self) -> None:
        while not self._ended:
            try:
                packet = self._socket.recv(65_535)
            except TimeoutError:
                continue
            message = OscMessage(packet)
            self.heard[message.address] = tuple(message.params)
            if message.address == "/lb/sound":
                self.sound.append(message.params[0])
