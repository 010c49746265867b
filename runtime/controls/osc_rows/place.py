"""Rows about the place in latent space: coordinates, axes, and moves to other places."""

from typing import Final

from runtime.controls.osc_schema import LATENT_LIMIT, PREFIX, Action, Argument, Feedback, Row

ROWS: Final = (
    Row(
        f"{PREFIX}/z",
        Action.LATENT,
        (Argument("place", "f", -LATENT_LIMIT, LATENT_LIMIT, per_dimension=True),),
        (Feedback(f"{PREFIX}/z", "f × latent size"),),
        "The place in latent space, all numbers at once. Training sounds lie at about −3…3.",
    ),
    Row(
        f"{PREFIX}/z/N",
        Action.DIMENSION,
        (Argument("value", "f", -LATENT_LIMIT, LATENT_LIMIT),),
        (Feedback(f"{PREFIX}/zi", "i index, f value"),),
        "One number of the place; N and index count from 1.",
    ),
    Row(
        f"{PREFIX}/axis/NAME",
        Action.AXIS,
        (Argument("position", "f", 0, 1),),
        (Feedback(f"{PREFIX}/axis/NAME", "f position"),),
        "A named axis of the model, from its minimum (0) to its maximum (1).",
    ),
    Row(
        f"{PREFIX}/glide",
        Action.GLIDE,
        (Argument("time", "f", 0, 10_000, "ms"),),
        (Feedback(f"{PREFIX}/glide", "f ms"),),
        "How long place and axes take to where they are sent; 40 ms at the start.",
    ),
    Row(
        f"{PREFIX}/random",
        Action.RANDOM,
        (Argument("amount", "f", 0, 1),),
        (Feedback(f"{PREFIX}/z", "f × latent size"),),
        "Sends the place towards a random one that the model knows: 1 all the way, 0 not at all. The sender is told "
        "the new place too.",
    ),
    Row(
        f"{PREFIX}/preset",
        Action.PRESET,
        (Argument("preset", "s"),),
        (Feedback(f"{PREFIX}/z", "f × latent size"),),
        "Sends the place to one of the model's presets, by its name or by its number from 1; `latentbridge info` lists "
        "them. Axes stay where they were turned. The sender is told the new place too. A MIDI program change does the "
        "same.",
    ),
)
