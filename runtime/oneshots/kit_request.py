"""What somebody asks `latentbridge kit` for, in words, and what is meant by it."""

import re
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np

from runtime.contract import DecoderMetadata
from runtime.engine.decoder import Decoder
from runtime.engine.noise import LARGEST_SEED
from runtime.errors import LatentbridgeError
from runtime.event_log import read_event_log
from runtime.latent.axes import AxisDirections
from runtime.latent.prior import class_label
from runtime.oneshots.kit_planning import KitWish
from runtime.oneshots.naming import note_name, note_number
from runtime.oneshots.sample_format import Bits
from runtime.oneshots.session_sounds import SessionSound, sounds_of_session
from runtime.steering.files import Files
from runtime.steering.presets import Preset, PresetBank

MOST_FILES: Final = 20_000
SOUNDS: Final = 16
ONE_SHOT_SECONDS, KEY_SECONDS = 1.0, 3.0
"""How long notes are held: on pads, and of an instrument over its keys, which has to last while somebody holds one."""
_RANGES: Final = {
    "sounds": (1, 10_000),
    "step": (1, 24),
    "layers": (1, 16),
    "variations": (1, 32),
    "hold": (0.02, 20.0),
    "seed": (0, LARGEST_SEED),
    "rate": (8_000, 384_000),
}


@dataclass(frozen=True, slots=True)
class KitRequest:
    """The options, None where nothing was said."""

    sounds: int | None = None
    notes: str | None = None
    step: int | None = None
    classes: str | None = None
    layers: int | None = None
    variations: int | None = None
    preset: str | None = None
    hold: float | None = None
    seed: int | None = None
    bits: Bits | None = None
    rate: int | None = None
    from_session: str | None = None

    @property
    def told(self) -> dict[str, str]:
        """What was said, as text."""
        return {name.replace("_", "-"): str(value) for name, value in asdict(self).items() if value is not None}

    def check(self) -> None:
        """Raise LatentbridgeError for what no model could fulfil."""
        for name, (low, high) in _RANGES.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise LatentbridgeError(
                    f"--{name} {value} is out of range.", f"{low:.10g} to {high:.10g} was expected.", ""
                )
        if self.from_session is not None:
            for name in ("notes", "step", "classes", "preset", "hold"):
                if getattr(self, name) is not None:
                    raise _usage(f"--from-session takes the sounds that were played; --{name} goes without it.")
        elif self.notes is None:
            if self.step is not None:
                raise _usage("--step goes with --notes.")
            if self.preset is not None and self.classes is not None:
                raise _usage("--preset and --classes exclude each other.")
        elif self.sounds is not None:
            raise _usage("--sounds and --notes exclude each other.")
        elif self.classes is not None:
            raise _usage("--notes samples one instrument, which --preset names; --classes goes with --sounds.")
        else:
            parse_notes(self.notes)

    def wish(self, decoder: Decoder) -> KitWish:
        """Return what is meant for a model. Raises LatentbridgeError if it has no such notes, classes or presets."""
        metadata = decoder.metadata
        session: tuple[SessionSound, ...] = ()
        if self.from_session is not None:
            session = sounds_of_session(read_event_log(Path(self.from_session)), decoder, self.sounds or SOUNDS)
        place, place_name = (None, "") if self.preset is None else _preset(decoder, self.preset)
        if self.notes is not None:
            lowest, highest = parse_notes(self.notes)
            _check_notes(metadata, lowest, highest)
            notes: range | None = range(lowest, highest + 1, self.step or 1)
        else:
            lowest, highest, notes = 0, 127, None
        wish = KitWish(
            seed=secrets.randbelow(1_000_000) if self.seed is None else self.seed,
            sounds=len(session) or self.sounds or SOUNDS,
            session=session,
            notes=notes,
            keys=(lowest, highest),
            labels=_labels(metadata, self.classes),
            place=place,
            place_name=place_name,
            layers=self.layers or 1,
            variations=self.variations or 1,
            held_seconds=self.hold or (ONE_SHOT_SECONDS if notes is None else KEY_SECONDS),
            bits=self.bits or "24",
            sample_rate=self.rate,
        )
        files = (wish.sounds if notes is None else len(notes)) * wish.layers * wish.variations
        if files > MOST_FILES:
            raise LatentbridgeError(
                f"That would be {files} files.", f"At most {MOST_FILES} were expected.", "Make several kits."
            )
        return wish


def parse_notes(text: str) -> tuple[int, int]:
    """Return lowest and highest note of a range such as ``C1-C7``, ``36-96`` or ``C3``. Raises LatentbridgeError."""
    match = re.fullmatch(r"\s*([A-Ga-g][#b]?-?\d|\d+)(?:\s*-\s*([A-Ga-g][#b]?-?\d|\d+))?\s*", text)
    try:
        if match is None:
            raise ValueError(f"{text[:40]!r} is no range of notes")
        lowest = note_number(match[1])
        highest = note_number(match[2]) if match[2] else lowest
    except ValueError as error:
        raise LatentbridgeError(
            f"--notes: {error}.", "A range such as C1-C7 was expected (C3 is MIDI note 60), or 36-96.", ""
        ) from None
    if lowest > highest:
        raise LatentbridgeError(
            f"--notes {text} begins above its end.", "", f"Say --notes {note_name(highest)}-{note_name(lowest)}."
        )
    return lowest, highest


def _check_notes(metadata: DecoderMetadata, lowest: int, highest: int) -> None:
    if not metadata.pitched:
        raise LatentbridgeError(
            f"{metadata.name} has no pitch, so there is no instrument of its notes.",
            "A pitched model was expected with --notes.",
            "Say --sounds 16 instead.",
        )
    low, high = (round(note) for note in metadata.pitch_range)
    if lowest < low or highest > high:
        raise LatentbridgeError(
            f"{metadata.name} does not play all of {note_name(lowest)} to {note_name(highest)}.",
            f"It plays {note_name(low)} to {note_name(high)}.",
            f"Say --notes {note_name(max(lowest, low))}-{note_name(min(highest, high))}.",
        )


def _labels(metadata: DecoderMetadata, classes: str | None) -> tuple[int, ...]:
    if classes is None:
        return ()
    names = [name for name in classes.split(",") if name.strip()]
    if not names:
        raise _usage("--classes names no class.")
    return tuple(dict.fromkeys(class_label(metadata, name) for name in names))


def _preset(decoder: Decoder, name: str) -> tuple[tuple[float, ...], str]:
    """Return the place of a preset, the model's or the player's own, with its axes as they stood; and its name."""
    metadata = decoder.metadata
    preset = PresetBank(metadata, decoder.hash, Files(lambda _: None)).find(name)
    return _place(metadata, preset), preset.name


def _place(metadata: DecoderMetadata, preset: Preset) -> tuple[float, ...]:
    directions = AxisDirections(metadata.axes, metadata.latent_size)
    stand = preset.positions(metadata, tuple(axis.rest for axis in metadata.axes))
    positions = np.array([[directions.position(index, value) for index, value in enumerate(stand)]])
    moved = np.asarray(preset.latent) + directions.offsets(positions)[0]
    return tuple(moved.astype(np.float32).tolist())


def _usage(wrong: str) -> LatentbridgeError:
    return LatentbridgeError(
        wrong,
        "Expected: latentbridge kit MODEL OUT/ [--sounds 16 | --notes C1-C7].",
        "See `latentbridge kit --help`.",
    )
