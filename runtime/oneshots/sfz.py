"""A kit as an SFZ file, which sfizz, sforzando, Bitwig, LinuxSampler and many others read.

What a key plays at velocity v is the file at the level (v / V)², where V is the velocity at which the file sounds as it
is. That is SFZ's own curve and the engine's, so a kit of one layer needs no line for it; a layer says it by points.
Source: the opcodes of SFZ 1 and 2 as described at sfzformat.com.
"""

from math import log10
from typing import Final

from runtime.oneshots.kit_sound import HIGHEST_VELOCITY, Kit, KitSound

_CURVE_POINTS: Final = 8
"""Points of a layer's velocity curve; a sampler draws straight lines between them."""


def sfz_text(kit: Kit) -> str:
    """Return the text of the SFZ file that plays a kit; it belongs beside the WAV files."""
    head = [f"// {kit.name}, made by latentbridge from the model {kit.model}"]
    return "\n".join(head + [line for sound in kit.sounds for line in ("", *_region(sound))]) + "\n"


def _region(sound: KitSound) -> list[str]:
    lines = ["<region>", f"sample={sound.file}"]
    lines.append(f"lokey={sound.lowest_note} hikey={sound.highest_note} pitch_keycenter={sound.root_note}")
    if round(sound.tune_cents):
        lines.append(f"tune={round(sound.tune_cents)}")
    lines += _velocities(sound)
    if sound.round_robins > 1:
        lines.append(f"seq_length={sound.round_robins} seq_position={sound.round_robin}")
    if sound.choke_group:
        lines.append(f"group={sound.choke_group} off_by={sound.choke_group} off_mode=fast")
    return lines + _while_held(sound)


def _velocities(sound: KitSound) -> list[str]:
    """Return the lines that say which velocities play a sound, and how loud."""
    low, high = sound.lowest_velocity, sound.highest_velocity
    lines = [f"lovel={low} hivel={high}"] if sound.is_layer else []
    if high != HIGHEST_VELOCITY:
        velocities = {low + round((high - low) * n / (_CURVE_POINTS - 1)) for n in range(_CURVE_POINTS)}
        lines.append(" ".join(f"amp_velcurve_{v}={(v / high) ** 2:.6f}" for v in sorted(velocities)))
    if high != sound.velocity:
        lines.append(f"volume={40 * log10(high / sound.velocity):.3f}")
    return lines


def _while_held(sound: KitSound) -> list[str]:
    """Return the lines that say what happens while the key is held and when it is let go."""
    if sound.is_one_shot:
        return ["loop_mode=one_shot"]
    lines = []
    if sound.loop is None:
        lines.append("loop_mode=no_loop")
    else:
        # SFZ counts the last frame of the loop in.
        first, last = sound.loop.first_frame, sound.loop.end_frame - 1
        lines.append(f"loop_mode=loop_continuous loop_start={first} loop_end={last}")
        if sound.loop.crossfade_frames:
            lines.append(f"loop_crossfade={sound.loop.crossfade_frames / sound.sample_rate:.6f}")
    if sound.release_seconds:
        lines.append(f"ampeg_release={sound.release_seconds:g}")
    return lines
