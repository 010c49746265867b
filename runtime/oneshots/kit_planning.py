"""From what somebody wishes for to the plan of a kit: sounds on pads, or one instrument over its keys."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from runtime.contract import DecoderMetadata
from runtime.engine.decoder import Decoder
from runtime.engine.noise import LARGEST_SEED, key_seed
from runtime.engine.variation import Variation
from runtime.latent.outside import DataRange
from runtime.oneshots.kit_choice import Chosen, NearCopy, Wish, choose
from runtime.oneshots.kit_keys import (
    choke_group,
    drum_classes,
    drum_keys,
    key_ranges,
    numbered,
    velocity_ranges,
)
from runtime.oneshots.kit_plan import KitPlan, PlannedSound
from runtime.oneshots.naming import SUFFIX, clean_name, note_name
from runtime.oneshots.sample_format import Bits
from runtime.oneshots.session_sounds import SessionSound

ONE_LAYER_VELOCITY: Final = 100
ROBIN_VARIATION: Final = 0.3
"""How far round robins stray, as `/lb/variation` counts: the same drum, struck again."""
_PITCHED_NOTE: Final = 60
_NAMELESS: Final = "Sound"


@dataclass(frozen=True, slots=True)
class KitWish:
    """What a kit is to be: with ``notes`` a pitched model over its keys, else so many ``sounds`` on pads."""

    seed: int
    sounds: int = 16
    notes: range | None = None
    """MIDI notes that are sampled."""
    keys: tuple[int, int] = (0, 127)
    """With ``notes``: lowest and highest key that play."""
    labels: tuple[int, ...] = ()
    """Classes to draw from, in this order; none draws from all."""
    place: tuple[float, ...] | None = None
    """Of a preset: what the keys play, or what the sounds of a kit resemble."""
    place_name: str = ""
    session: tuple[SessionSound, ...] = ()
    """Sounds of a performance, which are then the sounds of the kit."""
    layers: int = 1
    variations: int = 1
    held_seconds: float = 1.0
    bits: Bits = "24"
    sample_rate: int | None = None


@dataclass(frozen=True, slots=True)
class _Base:
    """A sound before its layers and variations."""

    name: str
    class_name: str
    stem: str
    latent: tuple[float, ...]
    seed: int
    note: int
    root_note: int
    keys: tuple[int, int] | None
    choke_group: int = 0
    is_one_shot: bool = True
    velocity: int = ONE_LAYER_VELOCITY
    """Of a sound that has one layer."""
    held_seconds: float | None = None
    """None is what was wished for all."""


def plan_kit(
    decoder: Decoder,
    wish: KitWish,
    is_near_copy: NearCopy | None = None,
    progress: Callable[[int, int], Any] = lambda done, of: None,
) -> tuple[KitPlan, list[Chosen]]:
    """Plan a kit, and say how the sounds that chance has chosen were chosen (in the order of the choice).

    See :func:`runtime.oneshots.kit_choice.choose` for ``is_near_copy``, ``progress`` and errors.
    """
    generator = np.random.default_rng(wish.seed)
    if wish.session:
        return kit_plan(decoder, wish, _session(decoder, wish.session), generator), []
    if wish.notes is not None:
        return kit_plan(decoder, wish, _instrument(decoder, wish), generator), []
    bases, chosen = _pads(decoder, wish, generator, is_near_copy, progress)
    return kit_plan(decoder, wish, bases, generator), chosen


def kit_plan(decoder: Decoder, wish: KitWish, bases: Sequence[_Base], generator: np.random.Generator) -> KitPlan:
    """Return the plan of a kit of these sounds, with their layers and variations, in the order of their keys."""
    meta = decoder.metadata
    variation = Variation(decoder.spread, meta)
    in_order = sorted(bases, key=lambda base: (base.keys is None, base.keys or (0, 0)))
    sounds = [
        sound for group, base in enumerate(in_order) for sound in _layered(base, group, wish, variation, generator)
    ]
    what = f" {wish.place_name}" if wish.place_name else ""
    return KitPlan(
        name=(clean_name(f"{meta.name}{what}") or "kit")[:64],
        model=meta.name,
        model_hash=decoder.hash,
        seed=wish.seed,
        bits=wish.bits,
        sample_rate=wish.sample_rate,
        sounds=tuple(sounds),
    )


def _layered(
    base: _Base, group: int, wish: KitWish, variation: Variation, generator: np.random.Generator
) -> Iterator[PlannedSound]:
    """Yield every layer of every variation of a sound."""
    seeds = [base.seed, *(int(generator.integers(1, LARGEST_SEED, endpoint=True)) for _ in range(wish.variations - 1))]
    for robin, seed in enumerate(seeds, 1):
        latent = np.asarray(base.latent)
        if robin > 1:
            latent = latent + variation.offset(latent, ROBIN_VARIATION, seed)
        for lowest, highest in velocity_ranges(wish.layers):
            velocity = base.velocity if wish.layers == 1 else highest
            turn = f"_rr{robin}" if wish.variations > 1 else ""
            yield PlannedSound(
                file=f"{base.stem}_v{velocity:03d}{turn}{SUFFIX}",
                name=base.name,
                class_name=base.class_name,
                group=group,
                latent=tuple(latent.astype(np.float32).tolist()),
                note=base.note,
                velocity=velocity,
                seed=seed,
                held_seconds=base.held_seconds or wish.held_seconds,
                root_note=base.root_note,
                keys=base.keys,
                velocities=(lowest, highest),
                round_robin=robin,
                round_robins=wish.variations,
                choke_group=base.choke_group,
                is_one_shot=base.is_one_shot,
            )


# --- sounds on pads ------------------------------------------------------------------------------------------------


def _pads(
    decoder: Decoder,
    wish: KitWish,
    generator: np.random.Generator,
    is_near_copy: NearCopy | None,
    progress: Callable[[int, int], Any],
) -> tuple[list[_Base], list[Chosen]]:
    meta = decoder.metadata
    note = drawn_note(meta)
    if wish.place is not None:
        labels = [-1] * wish.sounds
    elif meta.pitched and not wish.labels:
        labels = _some_of_each(len(meta.classes), wish.sounds, generator)
    else:
        labels = drum_classes(meta, wish.sounds, wish.labels)
    wishes = [Wish(label, note, wish.held_seconds) for label in labels]
    chosen = choose(decoder, wishes, generator, wish.place, is_near_copy, progress)
    keys = drum_keys(meta, labels)
    places = DataRange(meta)
    if wish.place is not None and not wish.place_name:
        labels = [places.label(one.latent) for one in chosen]
    counts = numbered(labels)
    digits = max(2, len(str(max(counts))))
    bases = []
    for label, one, key, count in zip(labels, chosen, keys, counts, strict=True):
        class_name = meta.class_of(label) or wish.place_name
        name = f"{spoken(class_name)}_{count:0{digits}d}"
        bases.append(_on_a_pad(meta, name, class_name, label, key, note, one))
    return bases, chosen


def _on_a_pad(
    meta: DecoderMetadata,
    name: str,
    class_name: str,
    label: int,
    key: int | None,
    note: int,
    one: Chosen | SessionSound,
) -> _Base:
    """A sound as its own pad plays it, if there is one for it; ``note`` is played where that is not the key's."""
    played = note if meta.pitched or key is None else key
    return _Base(
        name=name.replace("_", " "),
        class_name=class_name,
        stem=f"{_model_stem(meta.name)}_{name}_{note_name(played)}",
        latent=one.latent,
        seed=one.seed,
        note=played,
        root_note=played,
        keys=None if key is None else (key, key),
        choke_group=choke_group(meta, label, key),
    )


def drawn_note(metadata: DecoderMetadata) -> int:
    """Return the note at which sounds on pads are drawn: middle C, as far as the model plays it."""
    lowest, highest = (round(note) for note in metadata.pitch_range)
    return min(max(_PITCHED_NOTE, lowest), highest)


def _some_of_each(classes: int, count: int, generator: np.random.Generator) -> list[int]:
    """Return labels of so many sounds, each class as often as any other; which ones are left out is chance's."""
    if not classes:
        return [-1] * count
    order = [int(label) for _ in range(-(-count // classes)) for label in generator.permutation(classes)]
    return sorted(order[:count])


# --- sounds of a performance ---------------------------------------------------------------------------------------


def _session(decoder: Decoder, sounds: Sequence[SessionSound]) -> list[_Base]:
    """Return the sounds of a performance on pads: drums on the keys they were played on, where two are not the same."""
    meta, data = decoder.metadata, DataRange(decoder.metadata)
    labels = [data.label(sound.latent) for sound in sounds]
    keys = drum_keys(meta, labels)
    if not meta.pitched:
        keys = _as_played(keys, [sound.note for sound in sounds])
    bases = []
    for sound, label, key, count in zip(sounds, labels, keys, numbered(labels), strict=True):
        class_name = meta.class_of(label)
        base = _on_a_pad(meta, f"{spoken(class_name)}_{count:02d}", class_name, label, key, sound.note, sound)
        bases.append(replace(base, velocity=sound.velocity, held_seconds=sound.held_seconds))
    return bases


def _as_played(usual: Sequence[int | None], played: Sequence[int]) -> list[int | None]:
    """Return the key that each sound was played on, and for one that comes too late its usual one or any other."""
    keys: list[int | None] = [key if key not in played[:place] else None for place, key in enumerate(played)]
    free = iter([key for key in [*usual, *range(128)] if key not in keys])
    taken = set(keys)
    for place, key in enumerate(keys):
        if key is None:
            keys[place] = next((other for other in free if other not in taken), None)
            taken.add(keys[place])
    return keys


# --- an instrument over its keys -----------------------------------------------------------------------------------


def _instrument(decoder: Decoder, wish: KitWish) -> list[_Base]:
    meta = decoder.metadata
    assert wish.notes is not None
    assert meta.pitched
    place = meta.default_latent if wish.place is None else wish.place
    class_name = wish.place_name or meta.class_of(DataRange(meta).label(place))
    spans = key_ranges(wish.notes, *wish.keys)
    return [
        _Base(
            name=f"{spoken(class_name)} {note_name(note)}",
            class_name=class_name,
            # The number puts files in the order of their keys, which names of notes are not.
            stem=f"{_model_stem(meta.name)}_{spoken(class_name)}_{note:03d}_{note_name(note)}",
            latent=place,
            seed=key_seed(note),
            note=note,
            root_note=note,
            keys=span,
            is_one_shot=False,
        )
        for note, span in zip(wish.notes, spans, strict=True)
    ]


def spoken(class_name: str) -> str:
    """Return the name of a class as part of a file's name: one word, ``acoustic_bass`` as ``AcousticBass``."""
    words = clean_name(class_name).replace("-", "_").replace(".", "_").split("_")
    return "".join(word[:1].upper() + word[1:] for word in words)[:32] or _NAMELESS


def _model_stem(name: str) -> str:
    return clean_name(name)[:32] or "model"
