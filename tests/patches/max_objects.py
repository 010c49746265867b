"""Max's objects by name, each after its reference page; only what patches of ours use."""

from tests.patches.max_controls import Button, Comment, Control, MessageBox, Multislider, Pair, Pictslider
from tests.patches.max_messages import (
    Change,
    Conformpath,
    Delay,
    Expr,
    Gate,
    If,
    Length,
    Makenote,
    Metro,
    Number,
    Operator,
    Pack,
    Pak,
    Pattr,
    Prepend,
    Register,
    Route,
    Scale,
    Select,
    Slice,
    Sprintf,
    Tosymbol,
    Trigger,
    Unpack,
)
from tests.patches.max_object import Inlet, Object, Outlet
from tests.patches.max_surroundings import (
    Forward,
    Loadbang,
    Midi,
    Patcherargs,
    Poly,
    Receive,
    Send,
    Thisdevice,
    Udpreceive,
    Udpsend,
)

_SOUNDING = ("buffer~", "polybuffer~", "groove~", "line~", "sig~", "*~", "plugout~", "ezdac~", "dbtoa")
KINDS: dict[str, type[Object]] = {
    "inlet": Inlet, "outlet": Outlet, "message": MessageBox, "comment": Comment, "live.comment": Comment,
    "live.dial": Control, "live.numbox": Control, "live.toggle": Control, "dial": Control, "slider": Control,
    "number": Control, "flonum": Control, "toggle": Control, "led": Control, "button": Button, "live.button": Button,
    "pictslider": Pictslider, "multislider": Multislider, "kslider": Pair, "textedit": Pair, "dropfile": Pair,
    "t": Trigger, "route": Route, "select": Select, "prepend": Prepend, "pack": Pack, "pak": Pak, "unpack": Unpack,
    "sprintf": Sprintf, "scale": Scale, "int": Number, "float": Number, "if": If, "expr": Expr, "gate": Gate,
    "change": Change, "delay": Delay, "metro": Metro, "makenote": Makenote, "zl.slice": Slice, "zl.reg": Register,
    "zl.len": Length, "tosymbol": Tosymbol, "conformpath": Conformpath, "pattr": Pattr, "s": Send, "r": Receive,
    "forward": Forward, "loadbang": Loadbang, "live.thisdevice": Thisdevice, "patcherargs": Patcherargs,
    "udpsend": Udpsend, "udpreceive": Udpreceive, "notein": Midi, "xbendin": Midi, "touchin": Midi, "ctlin": Midi,
    "midiin": Midi, "midiout": Object, "poly": Poly,
    **{name: Operator for name in ("+", "-", "*", "/", "==")},
    **{name: Object for name in _SOUNDING},
}  # fmt: skip
