"""``latentbridge info``: what an instrument is and what it can do, in words."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from runtime.contract import DecoderMetadata, read_decoder_metadata, read_hash
from runtime.errors import LatentbridgeError
from runtime.latent.outside import DataRange
from runtime.latent.sound_map import SoundMap
from runtime.latent_text import parse_latent
from runtime.model_files import encoder_of, find_model
from runtime.oneshots.naming import note_name

_LABEL_WIDTH = 14
_CORNER = "moves"


def info(
    model: Annotated[str, Parameter(help="Path of a model, or the name of a shipped one.")],
    /,
    *,
    latent: Annotated[
        str | None,
        Parameter(
            help='Say of this place instead how far outside the data it is, and what it is near to: "-0.1,0.4,…".',
            allow_leading_hyphen=True,
        ),
    ] = None,
) -> None:
    """Say what an instrument is and what it can do.

    Its keys, its named axes (for knobs, OSC and automation), its presets, how long it sounds, what it was trained on
    and under which licence.
    """
    path = find_model(model)
    metadata = read_decoder_metadata(path)
    lines = describe(path, metadata) if latent is None else describe_place(metadata, parse_latent(latent, metadata))
    for line in lines:
        print(line)


def describe_place(metadata: DecoderMetadata, latent: Sequence[float]) -> Iterator[str]:
    """Yield the lines that describe a place in a model's latent space."""
    data = DataRange(metadata)
    outside = data.outside(latent)
    verdict = "inside the data" if outside <= 1 else "outside the data: the decoder has heard little like it"
    yield f"outside       {outside:.2f}, {verdict} (95 % of the training sounds lie within 1)"
    if nearest := metadata.class_of(data.label(latent)):
        yield f"nearest       {nearest}"
    if metadata.map_points:
        x, y = SoundMap(metadata.map_points).place_of(latent)
        yield f"on the map    {x:.3f} {y:.3f}"


def describe(path: Path, metadata: DecoderMetadata) -> Iterator[str]:
    """Yield the lines that describe a decoder file."""
    kind = "pitched instrument" if metadata.pitched else "drums and other unpitched sounds"
    channels = "stereo" if metadata.channels == 2 else "mono"
    yield f"{metadata.name}: {kind}, {channels}, {metadata.sample_rate} Hz"
    yield ""
    yield from _rows(_sound(metadata))
    yield from _rows(_latent_space(metadata))
    yield from axis_lines(metadata)
    yield ""
    yield from _rows(_origin(path, metadata))


def _rows(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    for label, text in rows:
        yield f"  {label:<{_LABEL_WIDTH}}{text}".rstrip()


def _sound(metadata: DecoderMetadata) -> Iterator[tuple[str, str]]:
    yield "length", f"up to {metadata.longest_note_seconds:g} s"
    if metadata.sustain_seconds is not None:
        yield "", f"a held key goes on sounding as it does {metadata.sustain_seconds:g} s after its beginning"
    if metadata.pitched:
        low, high = (round(note) for note in metadata.pitch_range)
        yield "keys", f"{note_name(low)} to {note_name(high)} (MIDI {low} to {high}) as trained"
        by_whom = "as the model learned it" if metadata.release == "model" else "by an envelope"
        yield "release", f"{metadata.release_seconds:g} s, {by_whom}"
    elif metadata.key_map:
        low, high = min(metadata.key_map), max(metadata.key_map)
        yield "keys", f"{len(metadata.key_map)} keys with a sound of their own, {note_name(low)} to {note_name(high)}"
        yield "", f"(MIDI {low} to {high}); every other key plays the default sound"
    else:
        yield "keys", "every key plays the same sound"
    yield "velocity", "timbre and level" if metadata.velocity == "model" else "level"
    yield "gain", f"{metadata.gain_db:+.1f} dB, so that models match in level"
    low_rate, high_rate = metadata.time_rate_range
    if (low_rate, high_rate) != (1.0, 1.0):
        yield "speed", f"{low_rate:g} to {high_rate:g} times as trained"


def _latent_space(metadata: DecoderMetadata) -> Iterator[tuple[str, str]]:
    yield "latent", f"{metadata.latent_size} dimensions, decoded every {1000 * metadata.hop_seconds:.1f} ms"
    yield "default", ",".join(f"{value:.3f}" for value in metadata.default_latent)
    if metadata.classes:
        yield "classes", ", ".join(metadata.classes)
    if metadata.presets:
        yield "presets", ", ".join(metadata.presets)
    if metadata.map_points:
        yield "map", f"{len(metadata.map_points)} training sounds"
    random = f"drawn from what the training sounds cover ({len(metadata.prior)} regions)"
    yield "random", random if metadata.prior else "drawn from a plain bell curve: this model has no fitted prior"


def axis_lines(metadata: DecoderMetadata) -> Iterator[str]:
    """Yield what each axis does and how well, and how far axes move what others are named after."""
    if not metadata.axes:
        yield "  axes          none: move the latent dimensions themselves"
        return
    yield ""
    width = max(len(axis.name) for axis in metadata.axes)
    yield f"  {'axis':<{width}}  from    to      rests at  works as named"
    for axis in metadata.axes:
        works = "principal direction, not named"
        if axis.descriptor:
            works = axis.descriptor
            works += "" if axis.correlation is None else f" (rank correlation {axis.correlation:.2f})"
        yield f"  {axis.name:<{width}}  {axis.minimum:<+7.2f} {axis.maximum:<+7.2f} {axis.default:<+9.2f} {works}"
    if any(axis.cross_talk for axis in metadata.axes):
        yield ""
        yield from _cross_talk(metadata, max(width, len(_CORNER)))


def _cross_talk(metadata: DecoderMetadata, width: int) -> Iterator[str]:
    """The table of cross-talk, a row for each axis that is moved."""
    yield "  moved from end to end, an axis also moves what the others are named after, in widths of those axes:"
    named = [axis for axis in metadata.axes if axis.descriptor]
    yield f"  {_CORNER:<{width}}  " + "  ".join(f"{axis.name:>{max(len(axis.name), 5)}}" for axis in named)
    for axis in named:
        cells = ("1" if other is axis else _cell(axis.cross_talk.get(other.name)) for other in named)
        yield f"  {axis.name:<{width}}  " + "  ".join(
            f"{cell:>{max(len(other.name), 5)}}" for cell, other in zip(cells, named, strict=True)
        )


def _cell(moved: float | None) -> str:
    return "" if moved is None else f"{moved:+.2f}"


def _origin(path: Path, metadata: DecoderMetadata) -> Iterator[tuple[str, str]]:
    for number, source in enumerate(metadata.training_data):
        sounds = f", {source.sounds} sounds" if source.sounds else ""
        yield "" if number else "trained on", f"{source.name} ({source.licence}{sounds})"
        if source.attribution:
            yield "", f"  {source.attribution}"
    if not metadata.training_data:
        yield "trained on", "not said: ask whoever made it before you publish its sounds"
    if metadata.parity is not None:
        yield "export", f"differs from the trained model by at most {metadata.parity:.1g} ({metadata.parity_hops} hops)"
    yield "family", f"{metadata.family}, contract {metadata.contract}"
    yield "file", f"{path} ({path.stat().st_size / 1e6:.1f} MB)"
    yield "hash", read_hash(path)
    yield "encoder", _encoder(path, metadata)


def _encoder(path: Path, metadata: DecoderMetadata) -> str:
    if metadata.encoder is None:
        return "none: `latentbridge encode` does not work with this model"
    try:
        return str(encoder_of(path, metadata))
    except LatentbridgeError as error:
        return str(error)
