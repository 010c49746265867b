"""``latentbridge render``: a score or a log, played by the same engine as live, without a clock."""

import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import numpy as np
from cyclopts import Parameter

from runtime.contract import DecoderMetadata
from runtime.engine.decoder import Decoder
from runtime.engine.render import Engine, EngineSettings
from runtime.errors import LatentbridgeError
from runtime.event_log import LogHeader, Section, read_event_log, sections
from runtime.events import ALL_PARTS, Event, Kind
from runtime.latent.state import GLIDE_SECONDS
from runtime.mapping import MappingTable
from runtime.midi_score import read_midi_score
from runtime.model_admission import admit_decoder
from runtime.model_files import find_model
from runtime.oneshots.tags import MadeWith, TagDocument, Tags, made_with
from runtime.oneshots.wav_file import hash_of_samples
from runtime.oneshots.writing import check_writable, write_named
from runtime.outputs.file import Audio, Recording

BLOCK_FRAMES: Final = 2048
LONGEST_SECONDS: Final = 4 * 3600
"""What a WAV file can hold, about; a score that lasts longer is refused before it is played."""
_MIDI_MAGIC: Final = b"MThd"


def render(
    model: Annotated[str, Parameter(help="Path of a model, or the name of a shipped one.")],
    score: Annotated[Path, Parameter(help="A MIDI file, or a log written by `latentbridge play --log`.")],
    output: Annotated[Path, Parameter(help="The WAV file to write, 24 bit, stereo.")],
    /,
    *,
    voices: Annotated[int, Parameter(help="Notes that may sound together in a MIDI file (1 to 64).")] = 16,
) -> None:
    """Play a MIDI file or a recorded performance into a WAV file.

    A MIDI file's sixteen channels play the sixteen parts, with the same controllers as when playing live. A log plays
    again what was played, to the sample, with the number of voices that were played with. The file ends when the
    last note has died away.
    """
    check_writable(output)
    path = find_model(model)
    is_midi = _is_midi(score)
    header = None
    if not is_midi:
        header, events = read_event_log(score)
        voices = header.voices
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
    if header is not None:
        _say_what_to_expect(header, decoder)
    engines = []
    with Recording(channels=2) as recording:
        for section in sections(events):
            _play_silence(section.first_frame, recording)
            engine = Engine(decoder, _settings(voices, header), MappingTable())
            engines.append(engine)
            frames = _play_section(engine, section, end, recording)
        audio = recording.audio(frames)
        document = TagDocument(
            kind="render",
            model=meta.name,
            model_hash=decoder.hash,
            made_with=made_with(decoder.provider, decoder.voices),
            sound_hash=hash_of_samples(audio),
            source=score.name[:255],
        )
        write_named(output, audio, meta.sample_rate, Tags(document, {}))
        print(f"{output}: {_summary(engines, audio, meta)}")


def play_score(engine: Engine, events: Sequence[Event], end: int, recording: Recording) -> int:
    """Play events (in order of time, clock FRAME) into a recording until all has died away.

    At the frame ``end`` whatever is still held is let go, unless the score itself said that all ends. Returns the
    number of frames of the recording up to the last that sounds, or to ``end``.
    """
    begin = recording.frames
    release = Event(Kind.ALL_NOTES_OFF, end, part=ALL_PARTS)
    waiting = iter([*events, *([] if events and events[-1].kind is Kind.STOP else [release])])
    following = next(waiting, None)
    last_sound = 0
    while True:
        block_end = engine.frame + BLOCK_FRAMES
        while following is not None and following.time < block_end:
            engine.post(following)
            following = next(waiting, None)
        block = engine.render(BLOCK_FRAMES)
        sounding = np.flatnonzero(block.any(axis=0))
        if len(sounding):
            last_sound = recording.frames + int(sounding[-1]) + 1
        recording.write(block)
        over = engine.stopped_at is not None and engine.frame >= engine.stopped_at
        if following is None and (engine.idle or over):
            return max(last_sound, begin + end)
        engine.played.clear()
        engine.requests.clear()


def _play_section(engine: Engine, section: Section, end: int, recording: Recording) -> int:
    """Play what one engine played; one that was lost is cut off where it was. Returns the frames recorded."""
    if section.lost_after_frames is None:
        return play_score(engine, section.events, end - section.first_frame, recording)
    for event in section.events:
        engine.post(event)
    while engine.frame < section.lost_after_frames:
        recording.write(engine.render(min(BLOCK_FRAMES, section.lost_after_frames - engine.frame)))
        engine.played.clear()
        engine.requests.clear()
    return recording.frames


def _play_silence(until: int, recording: Recording) -> None:
    while recording.frames < until:
        recording.write(np.zeros((2, min(BLOCK_FRAMES, until - recording.frames)), np.float32))


def _settings(voices: int, header: LogHeader | None) -> EngineSettings:
    glide_seconds = GLIDE_SECONDS if header is None else header.glide_seconds
    # Events are handed over a block ahead, however many it holds.
    return EngineSettings(voices, glide_seconds=glide_seconds, queue_events=sys.maxsize)


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
    peak = max((float(np.abs(audio[:, at : at + BLOCK_FRAMES]).max()) for at in _starts(audio)), default=0.0)
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


def _starts(audio: Audio) -> range:
    return range(0, audio.shape[1], BLOCK_FRAMES)
