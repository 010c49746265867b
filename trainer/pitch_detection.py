"""The pitch of one sound, as the runtime finds it: see runtime/pitch_detection.py."""

from runtime.pitch_detection import (
    CONFIDENT,
    NO_PITCH,
    Array,
    Pitch,
    hz_to_note,
    measure_pitch,
    note_to_hz,
)

__all__ = ["CONFIDENT", "NO_PITCH", "Array", "Pitch", "hz_to_note", "measure_pitch", "note_to_hz"]
