"""Every number a training run can change, with units: one frozen dataclass per part, and one that holds them all.

The settings travel with the model (metadata ``training_settings``) and with every checkpoint; ``settings_hash`` says at
a glance whether two models were made alike.
"""

import dataclasses
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_type_hints

T = TypeVar("T")


@dataclass(frozen=True)
class SampleSettings:
    """How audio files become clips."""

    sample_rate: int = 48_000
    longest_seconds: float = 4.0
    """Clips are cut here, with a short fade; zero padding fills shorter ones where a batch needs it."""


@dataclass(frozen=True)
class FeatureSettings:
    """The complex STFT of whole clips that is cached on disk."""

    window_frames: int = 2048
    hop_frames: int = 512
    largest_cache_gigabytes: float = 8.0
    """The sounds that were used longest ago are dropped from the cache beyond this."""


@dataclass(frozen=True)
class AugmentationSettings:
    """How far a clip may be changed before the model sees it. Probabilities are per clip."""

    gain_range_db: float = 6.0
    """Peak of an augmented clip: 0 down to minus this, in dB."""
    untouched_share: float = 0.6
    """Share of clips that only change in level and polarity, so that the model meets the real sounds as well."""
    polarity_share: float = 0.0
    """Share of clips that are turned upside down. None, since the loss asks for the first cycles with their phase, and
    both polarities of every sound would only fill latent space."""
    speed_octaves: float = 0.4
    """Speed and pitch together: up to so many octaves up or down."""
    decay_octaves: float = 0.7
    """The rate of decay: up to this factor, in powers of two, faster or slower."""
    equaliser_db: float = 6.0
    """Gain of each of six bands: up to so much up or down."""
    saturation_db: float = 9.0
    """Drive into a soft clipper: up to so much above the level at which it begins to be heard."""
    tilt_db_per_octave: float = 0.0
    """Slope of the spectrum about 800 Hz: up to so much brighter or darker."""
    breath_db: float = 0.0
    """Noise that follows the level of the sound: up to so much above −50 dB of it."""
    attack_seconds: float = 0.0
    """A rise at the beginning: up to so long."""


@dataclass(frozen=True)
class ModelSettings:
    """Size and shape of encoder and decoder; two models with equal settings can exchange weights."""

    sample_rate: int = 48_000
    hop_frames: int = 256
    latent_size: int = 16
    longest_seconds: float = 4.0
    """The longest sound the encoder hears and the decoder plays."""
    trunk_channels: int = 192
    trunk_blocks: int = 4
    trunk_kernel_hops: int = 4
    trunk_expansion: int = 3
    trunk_layer_scale: float = 0.3
    condition_channels: int = 256
    """Width of the network that turns latent and note time into the scales and shifts of the trunk."""
    oscillators: int = 512
    oscillator_lowest_hz: float = 20.0
    oscillator_highest_hz: float = 18_000.0
    oscillator_stretch: float = 3.0
    """How much wider the oscillators stand at the highest than at the lowest frequency."""
    noise_bands: int = 32
    noise_windows_per_hop: int = 2
    transient_hops: int = 4
    """Hops over which the directly written attack fades out."""
    family: str = "spectral-noise"
    """Which decoder: ``spectral-noise`` for drums, ``harmonic`` for notes. What follows is used by the latter alone."""
    harmonics: int = 96
    harmonic_points_per_hop: int = 4
    """How often in a hop the amplitudes of harmonics are written."""
    envelope_bands: int = 24
    """Bands of the part of the harmonics' levels that depends on frequency rather than number."""
    attack_hops: int = 19
    """Hops over which the written attack of a note fades out: 100 ms."""
    encoder_bands: int = 80
    encoder_channels: int = 160
    encoder_attack_frames: int = 16_384
    """How much of a sound's beginning the encoder hears in fine steps."""
    encoder_dropout: float = 0.1

    @property
    def encoder_frames(self) -> int:
        """Length of the audio the encoder takes, in frames."""
        return round(self.longest_seconds * self.sample_rate)


NOTES_MODEL = ModelSettings(family="harmonic", condition_channels=192)
"""The decoder of notes: a narrower condition network pays for harmonics; benchmarks/decoder_cost.py has the cost."""

NOTES_AUGMENTATION = AugmentationSettings(
    untouched_share=0.5,
    speed_octaves=0.0,
    decay_octaves=0.0,
    equaliser_db=4.0,
    saturation_db=0.0,
    tilt_db_per_octave=5.0,
    breath_db=34.0,
    attack_seconds=0.3,
)
"""Notes change in tone, breath and attack, so that knobs lead somewhere; pitch and decay are measured, and stay."""


@dataclass(frozen=True)
class LossSettings:
    """Weights of the terms of the training loss."""

    sample_rate: int = 48_000
    window_frames: tuple[int, ...] = (2048, 1024, 512, 256, 128)
    """Windows of the spectral terms; each steps by half of itself."""
    mel_bands: int = 80
    log_magnitude_weight: float = 0.5
    log_mel_weight: float = 1.0
    level_floor: float = 1e-4
    """Spectral level below which differences no longer count, as a share of the sound's loudest band: −80 dB."""
    convergence_floor: float = 0.01
    """Mean spectral level below which a sound no longer asks for the same relative precision as a loud one."""
    envelope_frames: tuple[int, ...] = (64, 256, 1024)
    """Stretches over which the level is compared."""
    envelope_weight: float = 0.3
    envelope_floor: float = 1e-3
    loudest_frames: tuple[int, ...] = (64, 2048)
    """Stretches of which the loudest is compared in level, so that sounds come out as loud as they are."""
    loudest_weight: float = 0.3
    beginning_frames: int = 4096
    """Stretch after the onset that is compared in its finest envelope."""
    beginning_smooth_frames: int = 72
    """Over how much the rectified waveform is smoothed there: 1.5 ms."""
    beginning_weight: float = 0.5
    beta: float = 0.0005
    """Weight of the KL term once it is warm."""
    kl_warm_up: float = 0.1
    """Fraction of the run over which the KL weight rises from 0 to ``beta``."""
    partials_weight: float = 0.5
    """Notes only: of the levels of harmonics against those of the recording's partials."""
    inharmonicity_weight: float = 0.05
    """Notes only: of the logarithm of the stretch of harmonics against what was measured."""
    modulation_weight: float = 0.1
    """Notes only: of what the decoder says of vibrato and beating, against what was measured."""
    free_bits_nats: float = 0.25
    """Information per latent dimension that costs nothing (Kingma et al. 2016, arXiv:1606.04934, appendix C.8)."""


@dataclass(frozen=True)
class OptimiserSettings:
    """Muon and AdamW with warm-up and a cosine over the time that the run has; they share the learning rate."""

    learning_rate: float = 1.2e-3
    warm_start_learning_rate: float = 6e-4
    """Instead of ``learning_rate`` where a run begins with the weights of a finished model."""
    final_learning_rate: float = 1.2e-5
    beta_1: float = 0.9
    beta_2: float = 0.99
    muon_momentum: float = 0.9
    weight_decay: float = 1e-2
    warm_up: float = 0.02
    """Fraction of the run over which the learning rate rises from 0."""
    clip_norm: float = 1.0
    batch_clips: int = 6
    crop_hops: int = 32
    later_crops: int = 1
    """Crops of every clip that begin anywhere in its sounding part, besides the one that begins at the onset."""
    other_note_share: float = 0.25
    """Notes only: share of clips for which the encoder hears another note of the same instrument."""
    frozen_share: float = 0.25
    """Notes only: share of the later crops of held notes in which note time stands still, as when a key is held."""
    average_decay: float = 0.999
    """Decay per step of the running average of the weights, which is what is exported."""


NOTES_OPTIMISER = OptimiserSettings(crop_hops=16)
"""Notes learn more from many steps with short crops than from fewer with long ones."""


@dataclass(frozen=True)
class AdversarialSettings:
    """The adversarial part of a run, which only ``--adversarial`` asks for: trainer/adversarial.py."""

    used: bool = False
    begins: float = 0.6
    """Fraction of the run after which it begins: judges have little to teach while sounds are plainly wrong."""
    ramp: float = 0.1
    """Fraction of the run over which ``pull`` then rises from 0, while the judges learn their trade."""
    pull: float = 0.5
    """How hard the judges pull at the sound of each crop, as a share of the pull of the loss."""
    feature_weight: float = 2.0
    """Weight of feature matching against that of the scores."""
    window_frames: tuple[int, ...] = (2048, 1024, 512, 256)
    channels: int = 16
    """Width of the judges' networks."""
    compression: float = 0.3
    """Power to which the judges hear magnitudes raised."""
    level_floor: float = 1e-3
    """Magnitude below which they hear no difference, where the crop's level is 1."""
    quietest_level: float = 1e-3
    """Crops are judged at level 1 unless they are quieter than this."""
    learning_rate: float = 1e-3
    """Of the judges at the height of the run; it follows the course of the model's."""
    beta_1: float = 0.5
    beta_2: float = 0.9


@dataclass(frozen=True)
class RunSettings:
    """How a run spends its time."""

    most_steps: int | None = None
    """Ends the run after so many steps, whatever time is left: two runs of equal steps and seed are equal."""
    workers: int | None = None
    """Threads that share the clips of a step on the CPU; None takes what the machine has. Another number rounds
    differently."""
    checkpoint_seconds: float = 60.0
    plain_line_seconds: float = 10.0
    """Time between lines of progress when the output is not a terminal."""
    scalar_steps: int = 20
    """Steps between points of the loss curves in TensorBoard."""
    picture_seconds: float = 120.0
    """Time between spectrograms and sounds in TensorBoard."""
    hearing_seconds: float = 20.0
    """Time until what has been learnt is first played to whoever watches a run, and the least between two times."""
    hearing_share: float = 0.08
    """Share of the training that this may take."""
    held_out_share: float = 0.1
    """Share of the sounds that are never trained on, so that the report can tell learning from memory."""
    least_sounds_to_hold_out: int = 100
    """With fewer sounds than this every sound is trained on."""
    sounds_to_tell_the_kind: int = 80
    """How many sounds are listened to before it is said whether a folder is one of drums or of notes."""
    split_seed: int = 0
    """Decides which sounds are held out; not the run's seed, so that runs can be compared."""
    evaluated_sounds: int = 100
    """The most training and the most held-out sounds that are decoded at the end for the figures."""


@dataclass(frozen=True)
class AxisSettings:
    """How much is listened to for the named axes; the end of a short training listens to less."""

    pairs: int = 1536
    """Pairs of places from which the gradients are found."""
    pair_deviations: float = 1.2
    """Length of the step between the two in each direction: about as far as a knob goes from end to end."""
    trial_starts: int = 48
    trial_positions: int = 7
    starts: int = 200
    """Starting points on which the axes are measured."""
    positions: int = 9
    drum_seconds: float = 1.0
    note_seconds: float = 0.9
    ridge: float = 0.1
    """How much of the others' movement is accepted for a shorter way, where gradients are nearly the same."""
    widest_deviations: float = 3.0
    narrowest_deviations: float = 2.0
    """Knobs reach at least this far to either side; beyond, as far as they keep their word within the data: half-way
    to the widest or all the way."""

    def within(self, sounds: int) -> "AxisSettings":
        """Return settings with which about so many sounds are heard, of seven axes of which a few fail at first.

        Pairs, trial and measurement all become smaller by the same factor; none becomes larger.
        """
        tried = 1.5 * self.trial_starts * (self.trial_positions + 2)
        needed = 2 * self.pairs + 7 * (tried + self.starts * self.positions)
        share = min(1.0, sounds / needed)
        names = ("pairs", "trial_starts", "starts")
        return dataclasses.replace(self, **{name: int(share * getattr(self, name)) for name in names})


@dataclass(frozen=True)
class CalibrationSettings:
    """What is written into a finished model for the musician; changing it needs no new training."""

    axes: int = 8
    """Principal directions, for a model that has no named axes."""
    named_axes: AxisSettings = field(default_factory=AxisSettings)
    low_percentile: float = 2.0
    """An axis begins where this share of the training sounds lies below it, in per cent."""
    high_percentile: float = 98.0
    note_variations: int = 3
    """How many variations of each note are heard besides itself, of a model that was trained with such."""
    varied_share: float = 0.1
    """How often a random note is drawn from among the variations."""
    least_class_sounds: int = 12
    """A class with fewer sounds than this has no component of the prior of its own."""
    most_class_components: int = 8
    least_component_sounds: int = 10
    """The prior has a component for every so many sounds of a class, up to ``most_class_components``."""
    most_map_points: int = 1000
    """How many sounds are shown on the map; each is decoded for it."""
    level_sounds: int = 384
    """How many sounds are decoded to find the model's level, and to choose those that the keys play."""
    level_seconds: float = 0.5
    target_level_db: float = -18.0
    """RMS of the loudest 50 ms of the median sound, in dB below full scale, after the model's gain."""
    highest_peak_db: float = -3.0
    """No more than 5 % of the sounds peak above this after the model's gain, in dB below full scale."""


@dataclass(frozen=True)
class Settings:
    """Everything a run is made from, besides the folder and the seed."""

    samples: SampleSettings = field(default_factory=SampleSettings)
    features: FeatureSettings = field(default_factory=FeatureSettings)
    augmentation: AugmentationSettings = field(default_factory=AugmentationSettings)
    model: ModelSettings = field(default_factory=ModelSettings)
    loss: LossSettings = field(default_factory=LossSettings)
    optimiser: OptimiserSettings = field(default_factory=OptimiserSettings)
    adversarial: AdversarialSettings = field(default_factory=AdversarialSettings)
    run: RunSettings = field(default_factory=RunSettings)
    calibration: CalibrationSettings = field(default_factory=CalibrationSettings)


def as_document(settings: Any) -> dict[str, Any]:
    """Return settings as plain numbers, texts, lists and dictionaries, ready for JSON."""
    document: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(settings)))
    return document


def from_document(kind: type[T], document: dict[str, Any]) -> T:
    """Rebuild a settings dataclass from ``as_document``; fields it does not name keep their defaults.

    Raises TypeError if the document names a field that ``kind`` does not have.
    """
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    for name, value in document.items():
        if name in hints and dataclasses.is_dataclass(hints[name]):
            value = from_document(hints[name], value)  # type: ignore[arg-type]
        values[name] = tuple(value) if isinstance(value, list) else value
    return kind(**values)


def settings_hash(settings: Any) -> str:
    """Return 16 hexadecimal digits that differ when any number of the settings differs."""
    return hashlib.sha256(json.dumps(as_document(settings), sort_keys=True).encode()).hexdigest()[:16]
