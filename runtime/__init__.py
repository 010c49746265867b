"""The playing half of latentbridge: MIDI and OSC in, decoded sound out. Never imports torch."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("latentbridge")
except PackageNotFoundError:  # a checkout that was never installed
    __version__ = "0.0.0"
