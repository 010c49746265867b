"""What the page is told of the model that plays and of the sound side, as JSON texts by name."""

import json
from typing import Final

from runtime.contract import DecoderMetadata
from runtime.engine.choke_groups import usual_groups
from runtime.sound_report import SoundReport

MODEL: Final = "model"
SOUND: Final = "sound"
_LEFT_OUT: Final = {"prior", "training_settings", "settings_hash", "parity", "parity_hops", "lead_hops"}
"""Of a model's metadata, what a page has no use for."""


def model_documents(metadata: DecoderMetadata, model_hash: str) -> dict[str, str]:
    """Return the documents that say all about a model."""
    # Written by pydantic in one go: json would hold the interpreter ten times as long, and MIDI would wait.
    text = metadata.model_dump_json(exclude=_LEFT_OUT)
    groups = json.dumps(usual_groups(metadata.pitched))
    return {MODEL: f'{text[:-1]},"hash":"{model_hash}","choke_groups":{groups}}}'}


def sound_documents(report: SoundReport) -> dict[str, str]:
    """Return the document that says where the sound goes; times in frames of the output."""
    document = {
        "output": report.output,
        "output_rate": report.output_rate,
        "block_frames": report.block_frames,
        "delay_frames": report.delay_frames,
        "port_delay_frames": report.port_delay_frames,
        "provider": report.provider,
        "remarks": report.remarks,
    }
    return {SOUND: json.dumps(document)}
