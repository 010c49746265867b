"""A note as the engine keeps it → the sound of a file, and back: the same sound once more from the file's tags."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

import numpy as np
import soxr

from runtime.contract import DecoderMetadata
from runtime.engine.decoder import Decoder
from runtime.engine.envelope import Envelope
from runtime.engine.history import CapturedNote
from runtime.engine.replay import render_note
from runtime.engine.rules import NoteRules
from runtime.engine.unison import Unison
from runtime.errors import LatentbridgeError
from runtime.oneshots.cutting import apply_cut, at_rate, choose_cut
from runtime.oneshots.sample_format import Audio
from runtime.oneshots.tags import (
    Array,
    Cut,
    EnvelopeFrames,
    MadeWith,
    Note,
    PlayedBy,
    TagDocument,
    Tags,
    UnisonVoices,
    Written,
    made_with,
)
from runtime.oneshots.wav_file import hash_of_samples

_AS_USUAL: Final = Written()
_LONGEST_SECONDS: Final = 120.0
"""A control path of a longer note is refused: the engine keeps none so long."""


@dataclass(frozen=True, slots=True)
class Sound:
    """What goes into a file: float32 [channels, frames], its rate in Hz, and all it takes to make it again."""

    audio: Audio
    sample_rate: int
    tags: Tags

    @property
    def peak(self) -> float:
        """Largest absolute sample, 1 = full scale."""
        return float(np.abs(self.audio).max(initial=0.0))


def make_sound(
    decoder: Decoder,
    note: CapturedNote,
    quietest_peak: float = 0.0,
    kind: Literal["oneshot", "reconstruction"] = "oneshot",
    source: str = "",
) -> Sound:
    """Decode a note, trim, fade, and turn it down where it would clip or up to ``quietest_peak``.

    ``source`` is the name of the file that was encoded, for a reconstruction. Raises LatentbridgeError for a note
    without any sound.
    """
    return finish_sound(decoder, note, decode_note(decoder, note), quietest_peak, kind, source)


def decode_note(decoder: Decoder, note: CapturedNote) -> Audio:
    """Return what the note's voice sounded, [channels, frames]. Raises LatentbridgeError if it has just begun."""
    if not note.hops:
        raise LatentbridgeError("The note has only just begun: there is no sound of it yet.", "", "Capture it again.")
    return render_note(decoder, note)


def has_ended(decoder: Decoder, note: CapturedNote, decoded: Audio) -> bool:
    """Whether the note had ended when its controls were copied, rather than by being held from there on."""
    return note.interrupted_frame is not None or decoded.shape[1] <= note.hops * decoder.hop_frames


def finish_sound(
    decoder: Decoder,
    note: CapturedNote,
    decoded: Audio,
    quietest_peak: float = 0.0,
    kind: Literal["oneshot", "reconstruction"] = "oneshot",
    source: str = "",
) -> Sound:
    """Trim, fade and tag a note that has been decoded; see :func:`make_sound`."""
    cut = choose_cut(decoded, decoder.metadata.sample_rate, quietest_peak)
    return tagged_sound(decoder, note, apply_cut(decoded, cut), cut, kind=kind, source=_shortened(source))


def tagged_sound(
    decoder: Decoder,
    note: CapturedNote,
    audio: Audio,
    cut: Cut,
    written: Written = _AS_USUAL,
    **facts: Any,
) -> Sound:
    """Return a sound with all it takes to make it again.

    ``audio`` is what ``cut`` made of the decoded note, at the rate that ``written`` says; ``facts`` are further fields
    of the tags, ``kind`` at least.
    """
    meta = decoder.metadata
    document = TagDocument(
        model=meta.name,
        model_hash=decoder.hash,
        made_with=made_with_decoder(decoder),
        sound_hash=hash_of_samples(audio, written.layout),
        note=note_document(note),
        played_by=_played_by(NoteRules.of(meta)),
        cut=cut,
        written=written,
        **facts,
    )
    return Sound(audio, written.sample_rate or meta.sample_rate, Tags(document, note_arrays(note)))


def remake_sound(decoder: Decoder, tags: Tags) -> Sound:
    """Make the sound of a file once more from its tags; the new tags say what made it this time.

    Raises LatentbridgeError if the tags do not hold a note, or one that does not fit the decoder.
    """
    document = tags.document
    if document.note is None or document.played_by is None or document.cut is None:
        raise LatentbridgeError(
            "The file holds a rendering of many notes.", "A one-shot was expected.", "Use `latentbridge render` again."
        )
    note = captured_note(document.note, tags.arrays, decoder.metadata)
    cut_out = apply_cut(render_note(decoder, note, _rules(document.played_by)), document.cut)
    written, model_rate = document.written, decoder.metadata.sample_rate
    audio = at_rate(cut_out, model_rate, written.sample_rate)
    changes = {
        "made_with": made_with_decoder(decoder),
        "sound_hash": hash_of_samples(audio, written.layout),
        "written": written.model_copy(update={"soxr": soxr.__version__ if written.soxr else ""}),
    }
    return Sound(audio, written.sample_rate or model_rate, Tags(document.model_copy(update=changes), tags.arrays))


def _shortened(source: str) -> str:
    """Return a file name as the tags may hold it."""
    return source.encode("utf-8", "replace").decode()[:255]


def made_with_decoder(decoder: Decoder) -> MadeWith:
    """Describe what decodes here."""
    return made_with(decoder.provider, decoder.voices)


def _played_by(rules: NoteRules) -> PlayedBy:
    """JSON knows no infinity: a note that is never held has no sustain."""
    sustain_hops = None if math.isinf(rules.sustain_hops) else rules.sustain_hops
    return PlayedBy(**(asdict(rules) | {"sustain_hops": sustain_hops}))


def _rules(played_by: PlayedBy) -> NoteRules:
    sustain_hops = math.inf if played_by.sustain_hops is None else played_by.sustain_hops
    return NoteRules(**(played_by.model_dump() | {"sustain_hops": sustain_hops}))


def note_document(note: CapturedNote) -> Note:
    """Return a note as it stands in the tags, its control path aside."""
    envelope = note.envelope
    return Note(
        part=note.part,
        note=note.note,
        velocity=note.velocity,
        seed=note.seed,
        release_frame=note.release_frame,
        interrupted_frame=note.interrupted_frame,
        envelope=EnvelopeFrames(
            attack_frames=envelope.attack_frames,
            decay_frames=envelope.decay_frames,
            sustain_level=envelope.sustain_level,
            release_frames=envelope.release_frames,
            fade_frames=envelope.fade_frames,
        ),
        unison=UnisonVoices(**asdict(note.unison)),
    )


def note_arrays(note: CapturedNote) -> dict[str, Array]:
    """Return a note's control path: latent [hops, latent_size]; pitch, gate and time_rate [hops]."""
    return {"latent": note.latent, "pitch": note.pitch, "gate": note.gate, "time_rate": note.time_rate}


def captured_note(note: Note, arrays: Mapping[str, Array], metadata: DecoderMetadata) -> CapturedNote:
    """Return the note that tags describe. Raises LatentbridgeError if its control path does not fit the model."""
    hops = len(arrays["pitch"]) if "pitch" in arrays else 0
    wanted = {"latent": (hops, metadata.latent_size), "pitch": (hops,), "gate": (hops,), "time_rate": (hops,)}
    found = {name: arrays[name].shape if name in arrays else () for name in wanted}
    if not 0 < hops * metadata.hop_seconds <= _LONGEST_SECONDS or found != wanted:
        raise LatentbridgeError(
            f"The control path in the file does not fit {metadata.name}.",
            f"It should have {metadata.latent_size} latent dimensions and at most {_LONGEST_SECONDS:g} s.",
            "The file may be damaged: copy it again.",
        )
    return CapturedNote(
        number=0,
        part=note.part,
        note=note.note,
        velocity=note.velocity,
        seed=note.seed,
        onset_frame=0,
        release_frame=note.release_frame,
        interrupted_frame=note.interrupted_frame,
        envelope=Envelope(**note.envelope.model_dump()),
        unison=Unison(**note.unison.model_dump()),
        latent=arrays["latent"],
        pitch=arrays["pitch"],
        gate=arrays["gate"],
        time_rate=arrays["time_rate"],
    )
