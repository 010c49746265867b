"""What the page is told of the model that plays: its metadata, less what a page has no use for."""

import json

from runtime.contract import DecoderMetadata
from runtime.engine.choke_groups import usual_groups

MODEL: str = "model"
_LEFT_OUT = {"prior", "training_settings", "settings_hash", "parity", "parity_hops", "lead_hops"}


def model_documents(metadata: DecoderMetadata, model_hash: str) -> dict[str, str]:
    """Return the documents that say all about a model, JSON texts by name."""
    # Written by pydantic in one go: json would hold the interpreter ten times as long, and MIDI would wait.
    text = metadata.model_dump_json(exclude=_LEFT_OUT)
    groups = json.dumps(usual_groups(metadata.pitched))
    return {MODEL: f'{text[:-1]},"hash":"{model_hash}","choke_groups":{groups}}}'}
