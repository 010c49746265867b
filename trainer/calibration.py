"""What a musician meets of a finished model: its default sound, knobs, drum keys, map, prior and level.

Calibration looks at the exported files and at the training sounds only. It never touches a weight and can be redone.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Protocol, TypeVar

import cyclopts
import numpy as np
import numpy.typing as npt
from cyclopts import Parameter
from scipy.spatial.distance import cdist
from sklearn.cluster import KMeans
from sklearn.covariance import LedoitWolf

from runtime.contract import Axis, DecoderMetadata, PriorComponent, read_decoder_metadata, write_metadata
from runtime.errors import LatentbridgeError
from runtime.latent.outside import DataRange
from runtime.model_files import encoder_of, find_model
from runtime.model_info import axis_lines
from trainer.axis_measurement import Progress, counted, say
from trainer.beginning import settings_of, training_split
from trainer.drum_keys import DrumSound, choose_sounds, family_of_file
from trainer.exported import ExportedModel, Floats
from trainer.fingerprints import FingerprintClip, take_fingerprints
from trainer.latent_map import map_points
from trainer.named_axes import Known, named_axes
from trainer.pitched_clips import Playing, as_the_model_plays
from trainer.samples import load_folder
from trainer.settings import CalibrationSettings, Settings
from trainer.sustain import sustain_seconds
from trainer.variations import has_variations, variations

Array = npt.NDArray[np.floating[Any]]
_Some = TypeVar("_Some")
_LEAST_RADIUS = 0.1


class CalibrationClip(FingerprintClip, Protocol):
    """A training sound, with its onset at frame 0 and peak 1."""

    @property
    def path(self) -> Path:
        """Its file."""
        ...


@dataclass(frozen=True)
class Posterior:
    """Where the training sounds lie in latent space: means and variances [sounds, latent_size], labels [sounds].

    Of each sound there are ``copies``: itself and its variations.
    """

    means: Array
    variances: Array
    labels: npt.NDArray[np.int64]
    copies: int = 1

    def with_variations(self, varied: Sequence[tuple[Array, Array]]) -> "Posterior":
        """Return what is known of the sounds together with means and variances of variations of all of them."""
        means, variances = ([own, *others] for own, *others in zip((self.means, self.variances), *varied, strict=True))
        copies = 1 + len(varied)
        return Posterior(np.concatenate(means), np.concatenate(variances), np.tile(self.labels, copies), copies)

    def covariance(self) -> Array:
        """Covariance of the aggregate posterior [latent_size, latent_size]: that of the means plus the variances."""
        between = np.cov(self.means.T, bias=True) if len(self.means) > 1 else 0.0
        covariance: Array = between + np.diag(self.variances.mean(0))
        return covariance


def calibrate(
    model: ExportedModel,
    clips: Sequence[CalibrationClip],
    classes: Sequence[str],
    settings: CalibrationSettings,
    progress: Progress = lambda sounds: None,
) -> DecoderMetadata:
    """Return the model's metadata with everything that calibration finds out; no file is written.

    Args:
        model: the exported decoder and encoder.
        clips: the sounds it was trained on, at least one.
        classes: class names that the clips' labels index.
        settings: see CalibrationSettings.
        progress: is told of each sound that was heard for the named axes.
    """
    means, variances = model.encode([np.asarray(clip.audio, np.float32) for clip in clips])
    posterior = Posterior(
        means.astype(float), variances.astype(float), np.array([clip.label for clip in clips], np.int64)
    )
    varied = _varied(model, clips, settings)
    everything = posterior.with_variations(varied)
    medoid = medoid_index(posterior)
    recorded = fit_prior(posterior, len(classes), settings)
    wider = fit_prior(everything, len(classes), settings) if varied else recorded
    prior = mixed(recorded, wider, settings.varied_share) if varied else recorded
    sample_rate = model.metadata.sample_rate
    longest_seconds = longest_note_seconds(clips, sample_rate, model.metadata.longest_note_seconds)
    heard = evenly_spaced(len(clips), settings.level_sounds)
    judged = [clips[i] for i in heard]
    decoded = model.decode(means[heard], min(longest_seconds, settings.level_seconds), Playing.of(judged))
    keys = {} if model.metadata.pitched else key_map(means[heard], judged, classes, sample_rate, decoded)
    holds = model.metadata.sustain_seconds is not None
    shown = evenly_spaced(len(clips), settings.most_map_points)
    shown_sounds = model.decode(means[shown], min(longest_seconds, settings.level_seconds))
    pitches = np.tile(Playing.of(clips).pitch, 1 + len(varied))
    known = Known(everything.means, everything.variances, pitches)
    named = named_axes(model, prior, known, settings.named_axes, progress, wider)
    return DecoderMetadata.model_validate(
        model.metadata.model_dump()
        | ({"sustain_seconds": round(sustain_seconds(clips, sample_rate), 3)} if holds else {})
        | {
            "classes": tuple(classes),
            "default_latent": _vector(posterior.means[medoid]),
            "axes": named.axes or principal_axes(posterior, posterior.means[medoid], settings),
            "map_points": map_points(means[shown], posterior.labels[shown], shown_sounds, sample_rate),
            "prior": prior,
            "outside_radius": outside_radius(model.metadata, prior, everything),
            "key_map": keys,
            "presets": class_presets(posterior, classes) if model.metadata.pitched else {},
            "longest_note_seconds": longest_seconds,
            "gain_db": matching_gain_db(decoded, sample_rate, settings),
            "fingerprints": take_fingerprints(clips, model.metadata.pitched, sample_rate),
        }
    )


def _varied(
    model: ExportedModel, clips: Sequence[CalibrationClip], settings: CalibrationSettings
) -> list[tuple[Array, Array]]:
    """Where variations of notes lie, such as the model was trained with: means and variances of each set of them.

    The data of an instrument of notes are its few recordings and what was made of them: without the latter each
    instrument would be a point, and all that a knob can reach would count as outside.
    """
    trained_with = settings_of(model.metadata)
    if not model.metadata.pitched or trained_with is None or not has_variations(trained_with.augmentation):
        return []
    sets = []
    for number in range(settings.note_variations):
        waveforms = variations(clips, trained_with.augmentation, model.metadata.sample_rate, seed=number)
        means, variances = model.encode(waveforms)
        sets.append((means.astype(float), variances.astype(float)))
    return sets


def _vector(values: Array) -> tuple[float, ...]:
    return tuple(round(float(value), 5) for value in values)


def evenly_spaced(count: int, most: int) -> list[int]:
    """Return at most ``most`` indices below ``count``, spread over all of them; none of none."""
    return sorted({int(i) for i in np.linspace(0, count - 1, min(count, most))})


def some_of(many: Sequence[_Some], most: int) -> list[_Some]:
    """Return at most ``most`` of many, spread over all of them, in their order."""
    return [many[i] for i in evenly_spaced(len(many), most)]


def medoid_index(posterior: Posterior, most_compared: int = 1000) -> int:
    """Return the index of the most central real sound: least summed distance to the others, dimensions scaled."""
    scaled = posterior.means / np.sqrt(np.diag(posterior.covariance()))
    others = scaled[evenly_spaced(len(scaled), most_compared)]
    return int(cdist(scaled, others).sum(1).argmin())


def class_presets(posterior: Posterior, classes: Sequence[str]) -> dict[str, tuple[float, ...]]:
    """Return the most central real sound of each class by the class's name: of notes, one place for each instrument."""
    presets = {}
    for label, name in enumerate(classes):
        members = posterior.labels == label
        if members.any():
            own = Posterior(posterior.means[members], posterior.variances[members], posterior.labels[members])
            presets[name] = _vector(own.means[medoid_index(own)])
    return presets


def principal_axes(posterior: Posterior, origin: Array, settings: CalibrationSettings) -> tuple[Axis, ...]:
    """Return the main directions of the aggregate posterior as axis_1, axis_2, …, the widest first.

    Position 0 is ``origin``, [latent_size]; the range is what the data cover, from one percentile to the other.
    """
    variances, directions = np.linalg.eigh(posterior.covariance())
    axes = []
    for number, k in enumerate(np.argsort(variances)[::-1][: settings.axes], start=1):
        # The sign of an eigenvector is arbitrary: its largest number is made positive, so that retraining keeps it.
        direction = directions[:, k] * np.sign(directions[np.abs(directions[:, k]).argmax(), k])
        positions = (posterior.means - origin) @ direction
        low, high = np.percentile(positions, [settings.low_percentile, settings.high_percentile])
        # One sound alone, or equal sounds, still get a knob: one posterior deviation to either side.
        least = np.sqrt(direction**2 @ posterior.variances.mean(0))
        axes.append(
            Axis(
                name=f"axis_{number}",
                direction=_vector(direction),
                minimum=round(float(min(low, -least)), 5),
                maximum=round(float(max(high, least)), 5),
            )
        )
    return tuple(axes)


def fit_prior(posterior: Posterior, classes: int, settings: CalibrationSettings) -> tuple[PriorComponent, ...]:
    """Fit a Gaussian mixture to the aggregate posterior: some components per class, which share their shape.

    One Gaussian per class would be wide enough to reach into the others: a class is a bent and patchy region. Its
    components are the clusters of its sounds (k-means), and their common covariance is that of the sounds around their
    clusters' middles, shrunk after Ledoit and Wolf (J. Multivariate Analysis 88, 2004), plus the posteriors' own.
    Sounds of classes too small to tell their shape, and sounds without a class, are taken together.
    """
    everything = np.arange(len(posterior.labels))
    parts = [(label, everything[posterior.labels == label]) for label in range(classes)]
    named = [(label, members) for label, members in parts if len(members) >= settings.least_class_sounds]
    rest = everything[~np.isin(posterior.labels, [label for label, _ in named])]
    components = [part for label, members in named for part in _components(posterior, members, label, settings)]
    return tuple(components + (_components(posterior, rest, -1, settings) if len(rest) else []))


def mixed(
    recorded: Sequence[PriorComponent], wider: Sequence[PriorComponent], share: float
) -> tuple[PriorComponent, ...]:
    """Return one mixture of two: draws are of the wider one as often as ``share``, 0…1, says.

    What lies within either counts as data; but a random clarinet is to be one mostly as it was recorded.
    """
    usual = [part.model_copy(update={"weight": part.weight * (1 - share)}) for part in recorded]
    return (*usual, *(part.model_copy(update={"weight": part.weight * share}) for part in wider))


def outside_radius(metadata: DecoderMetadata, prior: tuple[PriorComponent, ...], posterior: Posterior) -> float | None:
    """Return the deviations from the nearest component within which 95 % of the sounds lie; None if they lie in one."""
    data = DataRange(metadata.model_copy(update={"prior": prior}))
    radius = float(np.percentile([data.deviations(mean).min() for mean in posterior.means], 95))
    return round(radius, 4) if radius > _LEAST_RADIUS else None


def _components(
    posterior: Posterior, members: npt.NDArray[np.int64], label: int, settings: CalibrationSettings
) -> list[PriorComponent]:
    """Components of one class, whose sounds are ``members`` of the posterior; their weights add up to its share."""
    means = posterior.means[members]
    sounds = len(members) // posterior.copies
    count = max(1, min(settings.most_class_components, sounds // settings.least_component_sounds))
    owner = KMeans(count, n_init=4, random_state=0).fit_predict(means) if count > 1 else np.zeros(len(members), int)
    clusters = [owner == k for k in range(count) if (owner == k).any()]
    around = np.concatenate([means[cluster] - means[cluster].mean(0) for cluster in clusters])
    between = LedoitWolf(assume_centered=True).fit(around).covariance_ if len(members) > 1 else 0.0
    covariance = between + np.diag(posterior.variances[members].mean(0))
    scale = tuple(_vector(row) for row in np.linalg.cholesky(covariance))
    return [
        PriorComponent(
            weight=float(cluster.sum()) / len(posterior.means),
            mean=_vector(means[cluster].mean(0)),
            scale=scale,
            label=label,
        )
        for cluster in clusters
    ]


def key_map(
    means: Array, clips: Sequence[CalibrationClip], classes: Sequence[str], sample_rate: int, decoded: Floats
) -> dict[int, tuple[float, ...]]:
    """Return the latent of a real sound of the matching class for every General MIDI drum key, 35–81.

    Where there is a choice, a key takes the sound that the model plays most like the original.

    Args:
        means: latents of the clips [sounds, latent_size].
        clips: the sounds.
        classes: folder names that the labels index.
        sample_rate: in Hz.
        decoded: what the model makes of the clips, from the onset on [sounds, channels, frames].
    """
    families = [family_of_file(classes[c.label] if c.label >= 0 else "", c.path.stem) for c in clips]
    places = means / np.maximum(means.std(0), 1e-6)
    sounds = []
    for clip, family, place, made in zip(clips, families, places, decoded, strict=True):
        waveform = np.asarray(clip.audio, np.float32).mean(0)
        sounds.append(
            DrumSound(
                family=family,
                brightness=brightness_hz(waveform, sample_rate),
                seconds=audible_seconds(waveform, sample_rate),
                distance=spectral_distance(waveform, made.mean(0)),
                place=tuple(place.tolist()),
            )
        )
    return {key: _vector(means[i]) for key, i in sorted(choose_sounds(sounds).items())}


def spectral_distance(original: Floats, decoded: Floats, window: int = 1024) -> float:
    """Return the spectral convergence of two waveforms [frames]: 0 for equals, 1 for silence instead of the original.

    Arık et al. 2019, arXiv:1808.06719, equation 1, over the shorter of the two.
    """
    frames = min(len(original), len(decoded))
    real, made = (
        np.abs(
            np.fft.rfft(np.lib.stride_tricks.sliding_window_view(padded, window)[:: window // 2] * np.hanning(window))
        )
        for padded in (np.pad(waveform[:frames], window) for waveform in (original, decoded))
    )
    return float(np.linalg.norm(real - made) / max(np.linalg.norm(real), 1e-9))


def brightness_hz(waveform: Floats, sample_rate: int) -> float:
    """Return the spectral centroid of a waveform [frames], by magnitude, in Hz."""
    magnitude = np.abs(np.fft.rfft(waveform * np.linspace(1, 0, len(waveform))))
    return float(magnitude @ np.fft.rfftfreq(len(waveform), 1 / sample_rate) / max(magnitude.sum(), 1e-12))


def audible_seconds(waveform: Floats, sample_rate: int, floor_db: float = -40.0) -> float:
    """Return the time until a waveform [frames] stays below ``floor_db`` under its peak, in seconds."""
    above = np.flatnonzero(np.abs(waveform) > np.abs(waveform).max(initial=0.0) * 10 ** (floor_db / 20))
    return float(above[-1] + 1) / sample_rate if len(above) else 0.0


def longest_note_seconds(clips: Sequence[CalibrationClip], sample_rate: int, limit_seconds: float) -> float:
    """Return how long a note may last: the longest training sound, and never more than the model was made for."""
    longest = max(clip.audio.shape[1] for clip in clips) / sample_rate
    return float(min(limit_seconds, max(longest, 0.05)))


def matching_gain_db(decoded: Floats, sample_rate: int, settings: CalibrationSettings) -> float:
    """Return the gain that brings models to one level without clipping, in dB.

    The loudest 50 ms of the median sound reach ``target_level_db`` RMS, unless the peaks of the loud sounds would then
    pass ``highest_peak_db``.

    Args:
        decoded: [sounds, channels, frames] as the decoder gives them at full velocity.
        sample_rate: in Hz.
        settings: levels in dB below full scale.
    """
    window = round(0.05 * sample_rate)
    frames = decoded.shape[-1] // window * window
    power = (decoded[..., :frames] ** 2).reshape(*decoded.shape[:2], -1, window).mean((1, 3)).max(1)
    peaks = np.abs(decoded).max((1, 2))
    level_db = 10 * np.log10(max(float(np.median(power)), 1e-10))
    peak_db = 20 * np.log10(max(float(np.percentile(peaks, 95)), 1e-5))
    gain_db = min(settings.target_level_db - level_db, settings.highest_peak_db - peak_db)
    return round(float(np.clip(gain_db, -30.0, 30.0)), 2)


def main(
    model: Annotated[str, Parameter(help="Path of a model, or the name of a shipped one; its encoder lies beside it.")],
    folder: Annotated[Path, Parameter(help="The sounds it was trained on.")],
    /,
) -> None:
    """Find the named axes, map, keys, prior and level of an instrument anew.

    What training held back is left out here as well. Only what the file says of itself changes: graph and weights keep
    their bytes, and the file is replaced in one step when all is done.
    """
    path = find_model(model)
    metadata = read_decoder_metadata(path)
    settings = settings_of(metadata) or Settings()
    exported = ExportedModel(path, encoder_of(path, metadata))
    say(f"reading {folder}")
    samples = load_folder(folder, settings.samples, channels=metadata.channels)
    samples = as_the_model_plays(samples, metadata.pitched, metadata.sample_rate)
    clips = training_split(samples, settings.run).training
    say(f"calibrating {metadata.name} on {len(clips)} of {len(samples.clips)} sounds: some minutes")
    calibrated = calibrate(exported, clips, samples.classes, CalibrationSettings(), counted(say))
    write_metadata(path, calibrated)
    for line in axis_lines(calibrated):
        print(line)
    print(f"written: {path}")


if __name__ == "__main__":
    try:
        cyclopts.run(main)
    except LatentbridgeError as error:
        sys.exit(str(error))
