"""``latentbridge render``: a score or a log, played by the same engine as live, without a clock."""

import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final

import numpy as np
from cyclopts import Parameter

from runtime.contract import DecoderMetadata
from runtime.data_folder import instruments_folder
from runtime.engine.decoder import Decoder
from runtime.engine.render import Engine, EngineSettings
from runtime.errors import LatentbridgeError
from runtime.event_log import LogHeader, Take, read_event_log, sections
from runtime.events import Event, Kind, midi_bytes
from runtime.latent.state import GLIDE_SECONDS
from runtime.midi_score import read_midi_score
from runtime.model_admission import admit_decoder
from runtime.model_files import SHIPPED_FOLDER, find_by_hash, find_model
from runtime.oneshots.tags import MadeWith, TagDocument, Tags, made_with
from runtime.oneshots.wav_file import hash_of_samples
from runtime.oneshots.writing import check_writable, write_named
from runtime.outputs.file import Audio, Recording
from runtime.played_model import check_change
from runtime.score_player import BLOCK_FRAMES, Cast, play_section

LONGEST_SECONDS: Final = 4 * 3600
"""What a WAV file can hold, about; a score that lasts longer is refused before it is played."""
_MIDI_MAGIC: Final = b"MThd"
_NOTE_ON: Final = 0x90


def render(
    model: Annotated[str, Parameter(help="Path of a model, or the name of a shipped one.")],
    score: Annotated[Path, Parameter(help="A MIDI file, or a log written by `latentbridge play --log`.")],
    output: Annotated[Path, Parameter(help="The WAV file to write, 24 bit, stereo.")],
    /,
    *,
    voices: Annotated[int, Parameter(help="Notes that may sound together in a MIDI file (1 to 64).")] = 16,
    stems: Annotated[
        bool, Parameter(negative="", help="Also write every part (MIDI channel) by itself: OUT_part01.wav and so on.")
    ] = False,
) -> None:
    """Play a MIDI file or a recorded performance into a WAV file.

    A MIDI file's sixteen channels play the sixteen parts, with the same controllers as when playing live. A log plays
    again what was played, to the sample, with the number of voices that were played with. The file ends when the
    last note has died away. With --stems each part that sounds gets a file of its own beside it: what it gives to the
    mix, gain and limiter included, so that the files of all parts add up to the mix.
    """
    check_writable(output)
    path = find_model(model)
    is_midi = _is_midi(score)
    take = None
    if not is_midi:
        take = read_event_log(score)
        voices, events = take.header.voices, take.events
    if not 1 <= voices <= 64:
        raise LatentbridgeError(f"--voices {voices} is out of range.", "1 to 64 voices were expected.", "")
    decoder = Decoder.load(admit_decoder(path), voices)
    meta = decoder.metadata
    if is_midi:
        events, end = read_midi_score(score, meta.sample_rate)
    else:
        end = events[-1].time if events else 0
    if end > LONGEST_SECONDS * meta.sample_rate:
        raise LatentbridgeError(
            f"{score} lasts {end / meta.sample_rate / 3600:.1f} hours.",
            f"At most {LONGEST_SECONDS // 3600} hours fit a WAV file.",
            "Render it in parts.",
        )
    parts = _parts_of(events) if stems else []
    for part in parts:
        check_writable(stem_path(output, part))
    if parts and take is not None and take.models:
        raise LatentbridgeError(
            f"{score} changes to another model.", "--stems needs a performance on one model.", "Leave --stems out."
        )
    cast = Cast(decoder, [] if take is None else _later_models(take, path, decoder))
    if take is not None:
        _say_what_to_expect(take.header, decoder)
    settings = _settings(voices, take, keeps_stems=stems)
    engines = []
    with Recording(channels=2 + 2 * len(parts)) as recording:
        for section in sections(events):
            player, frames = play_section(cast, section, settings, end, recording, parts)
            engines.append(player.engine)
        played = recording.audio(frames)
        audio = played[:2]
        _write(output, audio, decoder, score)
        print(f"{output}: {_summary(engines, audio, meta)}")
        _write_stems(output, {part: played[2 * k : 2 * k + 2] for k, part in enumerate(parts, 1)}, decoder, score)


def _write(path: Path, audio: Audio, decoder: Decoder, score: Path) -> None:
    document = TagDocument(
        kind="render",
        model=decoder.metadata.name,
        model_hash=decoder.hash,
        made_with=made_with(decoder.provider, decoder.voices),
        sound_hash=hash_of_samples(audio),
        source=score.name[:255],
    )
    write_named(path, audio, decoder.metadata.sample_rate, Tags(document, {}))


def _parts_of(events: Sequence[Event]) -> list[int]:
    """Return the parts, 1…16, that may sound: those that are played, and part 1, which plays for an MPE zone."""
    played = {max(event.part, 1) for event in events if event.kind is Kind.NOTE_ON}
    messages = (midi_bytes(event) for event in events if event.kind is Kind.MIDI)
    return sorted({1} | played | {1 + message[0] % 16 for message in messages if message[0] & 0xF0 == _NOTE_ON})


def stem_path(output: Path, part: int) -> Path:
    """Return where the file of a part lies: ``song_part03.wav`` beside ``song.wav``."""
    return output.with_name(f"{output.stem}_part{part:02d}{output.suffix}")


def _write_stems(output: Path, stems: Mapping[int, Audio], decoder: Decoder, score: Path) -> None:
    """Write the parts that sound. One alone may be louder than all together: then all are turned down alike."""
    peaks = {part: _peak(audio) for part, audio in stems.items()}
    loudest = max(peaks.values(), default=0.0)
    for part, audio in stems.items():
        if peaks[part]:
            path = stem_path(output, part)
            _write(path, audio / np.float32(loudest) if loudest > 1 else audio, decoder, score)
            print(f"{path}: part {part}, peak {20 * math.log10(peaks[part] / max(loudest, 1.0)):.1f} dBFS")
    if loudest > 1:
        print(
            f"The parts are written {20 * math.log10(loudest):.1f} dB down: one of them alone is louder than the mix."
        )


def _later_models(take: Take, path: Path, first: Decoder) -> list[Decoder]:
    """Load the models to which a performance changed: by hash, from beside the first or as shipped."""
    loaded = {first.hash: first}
    for model in take.models:
        if model.hash in loaded:
            continue
        found = find_by_hash(model.hash, (path.parent, SHIPPED_FOLDER, instruments_folder()))
        if found is None:
            raise LatentbridgeError(
                f"The log goes on with {model.name} ({model.hash[:12]}), which is not there.",
                f"It was looked for in {path.parent.resolve()} and among the shipped and trained models.",
                "Copy it beside the model that the log begins with.",
            )
        decoder = Decoder.load(admit_decoder(found), first.voices)
        check_change(first.metadata, decoder.metadata)
        loaded[model.hash] = decoder
    return [loaded[model.hash] for model in take.models]


def _settings(voices: int, take: Take | None, keeps_stems: bool) -> EngineSettings:
    glide_seconds = GLIDE_SECONDS if take is None else take.header.glide_seconds
    # Events are handed over a block ahead, however many it holds.
    return EngineSettings(voices, glide_seconds=glide_seconds, queue_events=sys.maxsize, keeps_stems=keeps_stems)


def _is_midi(path: Path) -> bool:
    """Whether a score is a MIDI file, whatever its name; else it begins as an event log does."""
    try:
        with path.open("rb") as file:
            beginning = file.read(4)
    except OSError as error:
        raise LatentbridgeError(
            f"{path} cannot be read: {error.strerror}.", "A MIDI file or an event log was expected.", "Check the path."
        ) from None
    if beginning != _MIDI_MAGIC and not beginning.startswith(b"{"):
        raise LatentbridgeError(
            f"{path} is neither a MIDI file nor an event log.",
            "A file with the ending .mid, or one written by `latentbridge play --log`, was expected.",
            "Check the path.",
        )
    return beginning == _MIDI_MAGIC


def _say_what_to_expect(header: LogHeader, decoder: Decoder) -> None:
    """Say whether the log's own sound comes back, or that of another instrument, machine or version."""
    if header.model_hash != decoder.hash:
        print(f"The log was played on {header.model} ({header.model_hash[:12]}), which is another model.")
        return
    now = made_with(decoder.provider, decoder.voices)
    changed = [name for name in MadeWith.model_fields if getattr(now, name) != getattr(header.made_with, name)]
    if changed:
        print(f"Other than when it was played: {', '.join(changed)}. Samples may differ by up to −80 dBFS.")
    else:
        print("Promise: the samples that were played, wherever no block was late.")


def _summary(engines: Sequence[Engine], audio: Audio, metadata: DecoderMetadata) -> str:
    counted = [engine.statistics for engine in engines]
    peak = _peak(audio)
    parts = [
        f"{audio.shape[1] / metadata.sample_rate:.1f} s",
        f"{sum(one.notes for one in counted)} notes",
        f"peak {20 * math.log10(peak):.1f} dBFS" if peak else "silent",
    ]
    remarks = {
        "notes cut short for lack of voices": sum(one.stolen_voices for one in counted),
        "notes silenced because the model ran wild": sum(one.bad_voices for one in counted),
        "events that mean nothing to this model": sum(one.bad_events for one in counted),
        "engines lost while playing": len(engines) - 1,
    }
    return ", ".join(parts + [f"{count} {what}" for what, count in remarks.items() if count])


def _peak(audio: Audio) -> float:
    """Return the largest absolute sample; looked at block by block, since it may lie on disk."""
    starts = range(0, audio.shape[1], BLOCK_FRAMES)
    return max((float(np.abs(audio[:, at : at + BLOCK_FRAMES]).max()) for at in starts), default=0.0)
