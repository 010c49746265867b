"""A sample of somebody's → its place in an instrument, how close the instrument comes, and whether it belongs there."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from runtime import refinement
from runtime.contract import ContractError, DecoderMetadata, read_decoder_metadata, read_encoder_metadata
from runtime.encoded import Encoded
from runtime.encoder import HeardSample, hear_sample, run_encoder
from runtime.engine.decoder import Decoder
from runtime.latent.outside import DataRange
from runtime.model_admission import admit_decoder, admit_encoder
from runtime.model_files import encoder_of
from runtime.sample_target import SampleTarget

STRANGEST: Final = 3.05
"""A sound that comes out so many times as far off as unseen sounds of the known kinds usually do is of another kind."""
OUTSIDE_TIMES: Final = 5.0
"""How many times that one unit outside the data counts for: a place just outside is strange if it sounds wrong too."""


def encode_sample(model_path: Path, sample: Path, refine: bool = False) -> Encoded:
    """Find the place of a sound file in a model; for many, keep a :class:`SampleEncoder`, which raises the same."""
    return SampleEncoder(model_path).encode(sample, refine)


class SampleEncoder:
    """Encoder and decoder of one model, loaded.

    Raises LatentbridgeError if the model has no encoder, or one of them is not what it should be.
    """

    def __init__(self, model_path: Path) -> None:
        self.metadata: Final = read_decoder_metadata(model_path)
        self._encoder_path = encoder_of(model_path, self.metadata)
        self.encoder_metadata: Final = read_encoder_metadata(admit_encoder(self._encoder_path))
        ours, theirs = self.metadata, self.encoder_metadata
        if theirs.latent_size != ours.latent_size or theirs.sample_rate != ours.sample_rate:
            raise ContractError(
                f"{self._encoder_path} gives {theirs.latent_size} numbers at {theirs.sample_rate} Hz "
                f"and {model_path} takes {ours.latent_size} at {ours.sample_rate} Hz.",
                "Both are parts of one model.",
                "Copy both files again, from the same place.",
            )
        self.decoder: Final = Decoder.load(admit_decoder(model_path), refinement.POPULATION)
        self._data = DataRange(self.metadata)

    def encode(
        self,
        sample: Path,
        refine: bool = False,
        *,
        rounds: int = refinement.ROUNDS,
        seed: int = 0,
        on_round: Callable[[int, float], None] = lambda done, best_db: None,
    ) -> Encoded:
        """Find the place of a sound file: the encoder's answer, or refined a place that is at least as close.

        ``on_round`` is called after each of ``rounds`` of the search with the rounds done and the least distance so
        far, in dB. Raises LatentbridgeError if the sound cannot be read or the encoder does not run.
        """
        heard = hear_sample(self.encoder_metadata, sample)
        return self.encode_heard(heard, refine, rounds=rounds, seed=seed, on_round=on_round)

    def encode_heard(
        self,
        heard: HeardSample,
        refine: bool = False,
        *,
        rounds: int = refinement.ROUNDS,
        seed: int = 0,
        on_round: Callable[[int, float], None] = lambda done, best_db: None,
    ) -> Encoded:
        """Do as :meth:`encode` with a sound that has been read."""
        latent = run_encoder(self._encoder_path, self.encoder_metadata, heard.audio)
        target = SampleTarget(self.decoder, heard.audio)
        first = closeness = target.wholes(latent[None])[0]
        doubts = self._doubts(self._data.outside(latent.tolist()), first.log_mel_db, target)
        if refine:
            found = refinement.refine(self.metadata, latent, target, rounds=rounds, seed=seed, on_round=on_round)
            latent, closeness, first = found.latent, found.closeness, found.first
        place = tuple(latent.tolist())
        return Encoded(
            latent=place,
            distance_db=closeness.log_mel_db,
            first_db=first.log_mel_db,
            learned_db=_trained_db(self.metadata, "training"),
            unseen_db=_trained_db(self.metadata, "held out"),
            outside=self._data.outside(place),
            doubts=doubts,
            note=target.note,
            was_cut=heard.was_cut,
            heard_seconds=heard.longest_seconds,
        )

    def _doubts(self, outside: float, distance_db: float, target: SampleTarget) -> tuple[str, ...]:
        """Why a sound does not seem to be of a kind that the model knows."""
        doubts = []
        usual_db = _trained_db(self.metadata, "held out") or _trained_db(self.metadata, "training")
        times = 0.0 if usual_db is None else distance_db / usual_db
        excess = max(outside - 1.0, 0.0)
        if times + OUTSIDE_TIMES * excess > STRANGEST:
            if excess > 0:
                doubts.append("nothing that it learned lies near their place")
            if times > 1:
                doubts.append("they come out as something else")
        if target.pitch is not None and target.note is None:
            doubts.append("they have no clear pitch")
        return tuple(doubts)


def _trained_db(metadata: DecoderMetadata, half: str) -> float | None:
    """The median log-mel distance that training wrote down about half of its sounds; None if it wrote none."""
    found: Any = metadata.training_settings
    for name in ("figures", half, "log_mel_db"):
        found = found.get(name) if isinstance(found, dict) else None
    return float(found) if isinstance(found, int | float) and 0 < found < 1000 else None
