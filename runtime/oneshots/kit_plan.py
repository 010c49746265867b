"""What a kit is to hold, before a sample of it is made: every sound, its file, and when it plays.

The plan lies in the kit's folder as ``kit.json`` before the first sound is written, so a kit that was interrupted goes
on as it was meant, and a kit that is finished says what it is.
"""

import json
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from runtime.atomic_file import replace_text
from runtime.contract import MidiNote, Vector
from runtime.engine.noise import LARGEST_SEED
from runtime.errors import LatentbridgeError
from runtime.oneshots.naming import PLAN_FILE
from runtime.oneshots.sample_format import Bits
from runtime.oneshots.tags import Hash

_LARGEST_BYTES: Final = 64 * 2**20
Velocity = Annotated[int, Field(ge=1, le=127)]
Seed = Annotated[int, Field(ge=1, le=LARGEST_SEED)]
FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.#+-]{0,95}\.wav$")]


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class PlannedSound(_Document):
    """One file of a kit: what the model is asked to play, and the keys and velocities that will play the file.

    Sounds of one ``group`` are layers and variations of one sound: they get the same gain.
    """

    file: FileName
    name: Annotated[str, Field(max_length=64)]
    class_name: Annotated[str, Field(max_length=64)]
    group: Annotated[int, Field(ge=0)]
    latent: Vector
    note: MidiNote
    """What the model plays."""
    velocity: Velocity
    seed: Seed
    held_seconds: Annotated[float, Field(gt=0, le=20)] = 1.0
    root_note: MidiNote
    """The key at which the file is to sound as it is."""
    keys: tuple[MidiNote, MidiNote] | None
    """Lowest and highest key that play it; None where a kit has more sounds than there are keys."""
    velocities: tuple[Velocity, Velocity] = (1, 127)
    round_robin: Annotated[int, Field(ge=1)] = 1
    round_robins: Annotated[int, Field(ge=1)] = 1
    choke_group: Annotated[int, Field(ge=0, le=16)] = 0
    is_one_shot: bool = True


class KitPlan(_Document):
    """A kit: whose sounds, how they are written, and which there are, in the order of their keys."""

    name: Annotated[str, Field(max_length=64)]
    model: Annotated[str, Field(max_length=64)]
    model_hash: Hash
    seed: int
    """Of everything that chance decided."""
    bits: Bits = "24"
    sample_rate: Annotated[int, Field(ge=8_000, le=384_000)] | None = None
    """In Hz; None is the model's own."""
    options: dict[str, str] = {}
    """What was asked for, to tell whether somebody who goes on asks for the same."""
    sounds: tuple[PlannedSound, ...]

    @property
    def groups(self) -> list[list[PlannedSound]]:
        """Sounds that belong together, in the order of the plan."""
        groups: dict[int, list[PlannedSound]] = {}
        for sound in self.sounds:
            groups.setdefault(sound.group, []).append(sound)
        return list(groups.values())


def write_plan(folder: Path, plan: KitPlan) -> None:
    """Put a plan into its kit's folder, whole or not at all. Raises LatentbridgeError if that is not possible."""
    document = plan.model_dump(mode="json", exclude_defaults=True)
    sounds = ",\n  ".join(json.dumps(sound) for sound in document.pop("sounds"))
    head = json.dumps(document, indent=1).removesuffix("\n}")
    replace_text(folder / PLAN_FILE, f'{head},\n "sounds": [\n  {sounds}\n ]\n}}\n')


def read_plan(folder: Path) -> KitPlan | None:
    """Return the plan in a folder; None if there is none. Raises LatentbridgeError for one that cannot be read."""
    path = folder / PLAN_FILE
    try:
        if not path.exists():
            return None
        if path.stat().st_size > _LARGEST_BYTES:
            raise _damaged(path, "it is too large")
        plan = KitPlan.model_validate_json(path.read_bytes())
    except OSError as error:
        raise _damaged(path, str(error.strerror)) from None
    except ValidationError as error:
        first = error.errors()[0]
        raise _damaged(path, f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    if len({sound.file.casefold() for sound in plan.sounds}) != len(plan.sounds):
        raise _damaged(path, "two sounds have the same file")
    return plan


def _damaged(path: Path, why: str) -> LatentbridgeError:
    return LatentbridgeError(
        f"{path} cannot be read: {why}.",
        "The plan of a kit, as latentbridge wrote it, was expected.",
        "Make the kit anew in another folder.",
    )
