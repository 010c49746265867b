"""A plan becomes a folder of files: every sound decoded, levelled with its layers, and put in place whole."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import soundfile

from runtime.engine.decoder import Decoder
from runtime.engine.history import CapturedNote
from runtime.engine.replay import planned_note, render_notes
from runtime.errors import LatentbridgeError
from runtime.oneshots.kit_level import LoopFinder, file_sound, level_cuts, sharp_cents
from runtime.oneshots.kit_plan import KitPlan, PlannedSound
from runtime.oneshots.kit_sound import Kit, KitSound, Loop
from runtime.oneshots.sample_format import Audio
from runtime.oneshots.tags import Tags, read_tags
from runtime.oneshots.writing import write_named

Progress = Callable[[int, int], Any]
LEAST_LOOPED_SHARE: Final = 0.6
"""Of an instrument's sounds: with fewer loops its keys are left to die away, every one of them."""


def _tell_nobody(done: int, of: int) -> None:
    pass


def make_kit(
    decoder: Decoder,
    plan: KitPlan,
    folder: Path,
    find_loop: LoopFinder | None = None,
    progress: Progress = _tell_nobody,
) -> Kit:
    """Write every sound of a plan that is not in ``folder`` yet, and return the kit.

    ``progress`` is told how many files are there, of how many. Raises LatentbridgeError if a file that is none of the
    plan's has one of its names, or the folder cannot be written; what is there then is whole.
    """
    groups = plan.groups
    waiting = [group for group in groups if not all(_is_there(folder / sound.file, sound, plan) for sound in group)]
    files = len(plan.sounds)
    done = files - sum(len(group) for group in waiting)
    progress(done, files)
    for group in _decoded(decoder, waiting):
        _write_group(decoder, plan, group, folder, find_loop)
        done += len(group)
        progress(done, files)
    return read_kit(plan, folder, decoder)


@dataclass(frozen=True, slots=True)
class _Decoded:
    planned: PlannedSound
    note: CapturedNote
    audio: Audio


def _decoded(decoder: Decoder, groups: Sequence[Sequence[PlannedSound]]) -> Iterator[list[_Decoded]]:
    """Yield the groups with their sounds, each when all of it is decoded, in any order."""
    of_group = [place for place, group in enumerate(groups) for _ in group]
    planned = [sound for group in groups for sound in group]
    notes: list[CapturedNote] = []

    def plan_notes() -> Iterator[CapturedNote]:
        for sound in planned:
            notes.append(note_of(decoder, sound))
            yield notes[-1]

    ready: dict[int, dict[int, _Decoded]] = {}
    for number, audio in render_notes(decoder, plan_notes()):
        place = of_group[number]
        group = ready.setdefault(place, {})
        group[number] = _Decoded(planned[number], notes[number], audio)
        if len(group) == len(groups[place]):
            yield [ready[place][k] for k in sorted(group)]
            del ready[place]


def note_of(decoder: Decoder, sound: PlannedSound) -> CapturedNote:
    """Return the note that a sound of a kit is."""
    return planned_note(
        decoder.metadata, sound.note, sound.velocity / 127, sound.latent, sound.seed, sound.held_seconds
    )


def _write_group(
    decoder: Decoder, plan: KitPlan, group: list[_Decoded], folder: Path, find_loop: LoopFinder | None
) -> None:
    rate = decoder.metadata.sample_rate
    loudest = max(range(len(group)), key=lambda k: (group[k].planned.velocity, -group[k].planned.round_robin))
    try:
        cuts = level_cuts([one.audio for one in group], loudest, rate, plan.sample_rate, plan.bits)
    except LatentbridgeError as error:
        raise LatentbridgeError(
            f"{group[0].planned.name} is silent.", "", "Make the kit with another seed, or other classes."
        ) from error
    sharp = sharp_cents(group[loudest].audio, rate, group[loudest].planned.note) if decoder.metadata.pitched else 0.0
    for one, cut in zip(group, cuts, strict=True):
        path = folder / one.planned.file
        if path.exists():
            continue
        sound = file_sound(
            decoder, one.planned, one.note, one.audio, cut, sharp, plan.bits, plan.sample_rate, find_loop
        )
        write_named(path, sound.audio, sound.sample_rate, sound.tags)


def _is_there(path: Path, planned: PlannedSound, plan: KitPlan) -> bool:
    """Whether a sound of a plan has been written. Raises LatentbridgeError if something else has its name."""
    if not path.exists() and not path.is_symlink():
        return False
    try:
        document = read_tags(path).document
    except LatentbridgeError:
        document = None
    note = document.note if document else None
    if document is None or note is None or (document.model_hash, note.seed) != (plan.model_hash, planned.seed):
        raise LatentbridgeError(
            f"{path} is not the sound that belongs to this kit.", "It is left as it is.", "Move it away."
        )
    return True


# --- the kit as a sampler sees it ----------------------------------------------------------------------------------


def read_kit(plan: KitPlan, folder: Path, decoder: Decoder) -> Kit:
    """Return a kit whose files are all there, for whatever writes instruments of it.

    Sounds that have no key of their own are left out. So are loops where few sounds have one: keys that ring on beside
    keys that die away are no instrument.
    """
    with_keys = [sound for sound in plan.sounds if sound.keys is not None]
    sounds = [_kit_sound(sound, folder / sound.file, decoder) for sound in with_keys]
    if sum(sound.loop is not None for sound in sounds) < LEAST_LOOPED_SHARE * len(sounds):
        sounds = [replace(sound, loop=None) for sound in sounds]
    return Kit(plan.name, plan.model, tuple(sounds))


def _kit_sound(planned: PlannedSound, path: Path, decoder: Decoder) -> KitSound:
    assert planned.keys is not None
    lowest, highest = planned.keys
    facts, tags = soundfile.info(path), read_tags(path)
    told = tags.document.for_samplers
    loop = Loop(*told.loop, told.loop_crossfade_frames) if told and told.loop else None
    return KitSound(
        file=planned.file,
        class_name=planned.class_name,
        # On a pad a sound plays as it is, whatever its pitch.
        root_note=lowest if planned.is_one_shot else planned.root_note,
        lowest_note=lowest,
        highest_note=highest,
        sample_rate=facts.samplerate,
        channels=facts.channels,
        frames=facts.frames,
        tune_cents=-told.sharp_cents if told else 0.0,
        lowest_velocity=planned.velocities[0],
        highest_velocity=planned.velocities[1],
        round_robin=planned.round_robin,
        round_robins=planned.round_robins,
        choke_group=planned.choke_group,
        is_one_shot=planned.is_one_shot,
        release_seconds=0.0 if planned.is_one_shot else _release_seconds(tags, facts.frames, facts.samplerate, decoder),
        loop=loop,
        played_at=planned.velocity,
    )


def _release_seconds(tags: Tags, frames: int, sample_rate: int, decoder: Decoder) -> float:
    """How long the model's own sound rings on in the file after its key is let go."""
    cut, meta = tags.document.cut, decoder.metadata
    hops = len(tags.arrays["pitch"])
    let_go = (hops * meta.hop_frames - (cut.first_frame if cut else 0)) / meta.sample_rate
    return max(frames / sample_rate - let_go, 0.0)
