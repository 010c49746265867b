"""Small kits of real sounds, and a sampler that is not ours to play them: sfizz."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from runtime.engine.decoder import Decoder
from runtime.engine.replay import planned_note
from runtime.model_files import find_model
from runtime.oneshots.kit_sound import Kit, KitSound, Loop
from runtime.oneshots.loops import find_note_loop
from runtime.oneshots.making import Sound, make_sound
from runtime.oneshots.wav_file import Audio
from runtime.oneshots.writing import write_named

SAMPLE_RATE = 48_000
HELD_SECONDS = 2.5
_BLOCK = 64


@dataclass(frozen=True)
class MadeKit:
    """A kit, where it lies, and its sounds by file, float32 [channels, frames]."""

    folder: Path
    kit: Kit
    audio: dict[str, Audio]

    @property
    def sfz(self) -> Path:
        return self.folder / f"{self.kit.name}.sfz"


def make_kit(folder: Path, name: str, decoder: Decoder, sounds: list[tuple[KitSound, Audio]]) -> MadeKit:
    """A kit of sounds whose files are written already."""
    return MadeKit(
        folder,
        Kit(name, decoder.metadata.name, tuple(sound for sound, _ in sounds)),
        {sound.file: audio for sound, audio in sounds},
    )


def drum(
    folder: Path, decoder: Decoder, name: str, key: int, velocity: int, seed: int, **zone: int
) -> tuple[KitSound, Audio]:
    """A drum of the shipped model, written as a WAV file; another seed is another drum near it."""
    place = decoder.metadata.key_map[key + 2 * (seed - 1)]
    sound = make_sound(decoder, planned_note(decoder.metadata, key, velocity / 127, place, seed=seed))
    file = f"{name}_{key}_v{velocity}_{seed}.wav"
    write_named(folder / file, sound.audio, sound.sample_rate, sound.tags)
    entry = KitSound(file, name, key, key, key, sound.sample_rate, *sound.audio.shape, **zone)
    return entry, sound.audio


def make_drum_kit(folder: Path) -> MadeKit:
    """A kick, a snare of two layers and two variations each, and two hi-hats that end each other.

    The layers are different drums: the shipped model's own would differ in level alone.
    """
    decoder = Decoder.load(find_model("drums"), voices=16)
    sounds = [drum(folder, decoder, "Kick", 36, 127, 1)]
    for low, high, first_seed in ((1, 80, 1), (81, 127, 3)):
        for turn in (1, 2):
            zone = {"lowest_velocity": low, "highest_velocity": high, "round_robin": turn, "round_robins": 2}
            sounds.append(drum(folder, decoder, "Snare", 38, high, first_seed + turn - 1, **zone))
    sounds += [drum(folder, decoder, "Hat", key, 127, 1, choke_group=1) for key in (42, 46)]
    return make_kit(folder, "small_drums", decoder, sounds)


def held_note(decoder: Decoder, preset: str, key: int, held_seconds: float = HELD_SECONDS) -> Sound:
    """A note of the shipped ones, held for a while."""
    place = tuple(decoder.metadata.presets[preset])
    return make_sound(decoder, planned_note(decoder.metadata, key, 0.8, place, held_seconds=held_seconds))


def loop_of(audio: Audio, key: int, held_seconds: float = HELD_SECONDS) -> Loop | None:
    """The loop of a held note."""
    return find_note_loop(audio, SAMPLE_RATE, round(held_seconds * SAMPLE_RATE), key)


def make_note_kit(folder: Path) -> MadeKit:
    """A clarinet, each third key, with loops."""
    decoder = Decoder.load(find_model("notes"), voices=16)
    sounds = []
    for key in (57, 60, 63):
        sound = held_note(decoder, "clarinet", key)
        # A sharp in a name must not be taken for the beginning of something else.
        file = f"clarinet_C#_{key}.wav"
        write_named(folder / file, sound.audio, sound.sample_rate, sound.tags)
        entry = KitSound(file, "clarinet", key, key - 1, key + 1, SAMPLE_RATE, *sound.audio.shape)
        held = replace(entry, is_one_shot=False, release_seconds=0.2, loop=loop_of(sound.audio, key))
        sounds.append((held, sound.audio))
    return make_kit(folder, "small_clarinet", decoder, sounds)


def hz(key: float) -> float:
    """The frequency of a MIDI note."""
    return float(440 * 2 ** ((key - 69) / 12))


class Sfizz:
    """sfizz with an SFZ file loaded."""

    def __init__(self, sfz: Path) -> None:
        pysfizz = pytest.importorskip("pysfizz", reason="pysfizz has no wheel for this machine")
        player = pysfizz.Synth(SAMPLE_RATE, _BLOCK)
        # Whole files in memory, and between two frames a straight line: exact where a file plays at its own pitch.
        exact = sfz.with_name(f"exact_{sfz.name}")
        exact.write_text(f'<control>\nhint_ram_based=1\n<global>\nsample_quality=1\n#include "{sfz.name}"\n')
        assert player.load_sfz_file(exact)
        self.keys = player.playable_keys
        self._synth = player._synth

    def play(self, *events: tuple[int, int, int], frames: int) -> Audio:
        """What is heard on the left, [frames]; ``events`` are (frame, key, velocity), velocity 0 lets go.

        Nothing sounds any more from before.
        """
        self._synth.all_sound_off()
        blocks = []
        for start in range(0, frames + 1, _BLOCK):
            for frame, key, velocity in events:
                if start <= frame < start + _BLOCK:
                    (self._synth.note_on if velocity else self._synth.note_off)(frame - start, key, velocity)
            blocks.append(np.array(self._synth.render_block()[0]))
        # sfizz plays the last frame of a note's first block twice, here that of a note that begins at frame 0.
        return np.delete(np.concatenate(blocks), _BLOCK - 1)[:frames]


def gain_and_difference_db(heard: Audio, expected: Audio) -> tuple[float, float]:
    """Level of what is heard against what was expected, both [frames], and what it differs in besides, in dB."""
    gain = float(heard @ expected) / float(expected @ expected)
    rest = heard - gain * expected
    return 20 * np.log10(abs(gain) + 1e-12), 10 * np.log10((rest @ rest + 1e-20) / (heard @ heard + 1e-20))
