"""What a model's metadata keeps of the sounds it was trained on, so that a copy of one can be told from a new sound."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Fingerprints(BaseModel):
    """What tells a generated sound from a copy of a training sound; no sound can be rebuilt from it.

    ``runtime/oneshots/fingerprint.py`` takes and compares them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    method: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,32}$")]
    """How they were taken: others cannot be compared with them."""
    rows: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]*={0,2}$")]
    """Base64 of rows of bytes, one for each training sound, in the order of their paths."""
    row_bytes: Annotated[int, Field(ge=1, le=4096)]
    unit_db: Annotated[float, Field(gt=0, le=200)]
    """Median distance of a training sound to the nearest one of another recording: what distances are relative to."""
    out_of: Annotated[int, Field(ge=1)]
    """How many training sounds there were; more than there are rows if only some were kept."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        letters = len(self.rows)
        if not letters or letters % 4 or (letters // 4 * 3 - self.rows.count("=")) % self.row_bytes:
            raise ValueError("the fingerprints are not whole")
        return self
