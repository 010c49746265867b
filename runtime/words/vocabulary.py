"""The words: what each says about the named axes, how much "a bit" is, and which names mean the same kind of sound.

Axes are named as the calibration names them. ``attack`` is how slowly a sound begins, ``decay`` how long it lasts,
``low_end`` its weight below 200 Hz. A word may speak of several; the first is what it is about, the others follow it.
"""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

ALONE: Final = MappingProxyType(
    {
        "bright": {"brightness": 1.0},
        "brilliant": {"brightness": 1.0},
        "crisp": {"brightness": 1.0, "attack": -0.5},
        "airy": {"brightness": 0.8, "noisiness": 0.6},
        "tinny": {"brightness": 1.0, "low_end": -0.8},
        "dark": {"brightness": -1.0},
        "dull": {"brightness": -1.0},
        "muffled": {"brightness": -1.0, "attack": 0.3},
        "mellow": {"brightness": -1.0, "attack": 0.3},
        "round": {"brightness": -0.8, "noisiness": -0.4},
        "warm": {"brightness": -0.8, "low_end": 0.6},
        "deep": {"low_end": 1.0, "brightness": -0.4},
        "low": {"low_end": 1.0, "brightness": -0.5},
        "boomy": {"low_end": 1.0, "decay": 0.8},
        "fat": {"low_end": 1.0},
        "thick": {"low_end": 1.0},
        "heavy": {"low_end": 1.0},
        "big": {"low_end": 0.9, "decay": 0.5},
        "huge": {"low_end": 1.5, "decay": 1.0},
        "thin": {"low_end": -1.0},
        "light": {"low_end": -1.0},
        "small": {"low_end": -0.8, "decay": -0.6},
        "long": {"decay": 1.0},
        "sustained": {"decay": 1.0},
        "ringing": {"decay": 1.0, "noisiness": -0.4},
        "short": {"decay": -1.0},
        "dead": {"decay": -1.0},
        "dry": {"decay": -1.0},
        "tight": {"decay": -1.0, "attack": -0.4},
        "punchy": {"attack": -1.0, "low_end": 0.6, "decay": -0.4},
        "snappy": {"attack": -1.0, "decay": -0.6},
        "sharp": {"attack": -1.0, "brightness": 0.5},
        "hard": {"attack": -1.0, "brightness": 0.6},
        "fast": {"attack": -1.0},
        "quick": {"attack": -1.0},
        "percussive": {"attack": -1.0, "decay": -0.4},
        "plucky": {"attack": -1.0, "decay": -0.4},
        "soft": {"attack": 1.0, "brightness": -0.6},
        "gentle": {"attack": 1.0, "brightness": -0.6},
        "slow": {"attack": 1.0},
        "noisy": {"noisiness": 1.0},
        "hissy": {"noisiness": 1.0, "brightness": 0.4},
        "dirty": {"noisiness": 1.0},
        "rough": {"noisiness": 1.0},
        "breathy": {"noisiness": 1.0},
        "clean": {"noisiness": -1.0},
        "pure": {"noisiness": -1.0},
        "tonal": {"noisiness": -1.0},
        "smooth": {"noisiness": -1.0, "attack": 0.3},
        "swooping": {"pitch_drop": 1.0},
        "zappy": {"pitch_drop": 1.0, "attack": -0.3},
        "steady": {"pitch_drop": -1.0},
        "rich": {"harmonic_tilt": 1.0},
        "buzzy": {"harmonic_tilt": 1.0, "brightness": 0.5},
        "hollow": {"hollowness": 1.0},
        "nasal": {"hollowness": -1.0, "brightness": 0.5},
        "metallic": {"inharmonicity": 1.0},
        "bell like": {"inharmonicity": 1.0, "noisiness": -0.4},
        "inharmonic": {"inharmonicity": 1.0},
        "harmonic": {"inharmonicity": -1.0},
    }
)
"""What each says of each axis, in steps of "bright". Comparatives and superlatives are made from these."""

_TIMES: Final = MappingProxyType(
    {"attack": "attack", "onset": "attack", "decay": "decay", "tail": "decay", "release": "decay", "sustain": "decay"}
)
_QUICK, _SLOW = ("short", "fast", "quick", "sharp", "hard"), ("long", "slow", "soft", "gentle")

QUALITIES: Final = MappingProxyType(
    dict(ALONE)
    # "A soft attack" says nothing of brightness, and "a fast decay" nothing of the attack.
    | {f"{word} {thing}": {axis: -1.0} for word in _QUICK for thing, axis in _TIMES.items()}
    | {f"{word} {thing}": {axis: 1.0} for word in _SLOW for thing, axis in _TIMES.items()}
)
"""Adjective, alone or with a thing it speaks of → what it says of each axis."""

THINGS: Final = MappingProxyType(
    {
        "brightness": {"brightness": 1.0},
        "treble": {"brightness": 1.0},
        "highs": {"brightness": 1.0},
        "top": {"brightness": 1.0},
        "air": {"brightness": 0.8, "noisiness": 0.6},
        "attack": {"attack": -1.0},
        "punch": {"attack": -1.0, "low_end": 0.6, "decay": -0.4},
        "snap": {"attack": -1.0, "decay": -0.6},
        "click": {"attack": -1.0, "brightness": 0.4},
        "decay": {"decay": 1.0},
        "tail": {"decay": 1.0},
        "length": {"decay": 1.0},
        "sustain": {"decay": 1.0},
        "ring": {"decay": 1.0, "noisiness": -0.4},
        "noise": {"noisiness": 1.0},
        "hiss": {"noisiness": 1.0, "brightness": 0.4},
        "breath": {"noisiness": 1.0},
        "dirt": {"noisiness": 1.0},
        "bass": {"low_end": 1.0},
        "lows": {"low_end": 1.0},
        "low end": {"low_end": 1.0},
        "weight": {"low_end": 1.0},
        "body": {"low_end": 1.0},
        "boom": {"low_end": 1.0, "decay": 0.8},
        "warmth": {"brightness": -0.8, "low_end": 0.6},
        "pitch drop": {"pitch_drop": 1.0},
        "drop": {"pitch_drop": 1.0},
        "overtones": {"harmonic_tilt": 1.0},
        "harmonics": {"harmonic_tilt": 1.0},
    }
)
"""Things a sound may have more or less of. "More attack" asks for a quicker one."""

_NOT_COMPARED: Final = frozenset(
    {
        *("muffled", "sustained", "ringing", "dead", "percussive", "tonal", "swooping", "steady"),
        *("metallic", "bell like", "inharmonic", "harmonic"),
    }
)
_DOUBLED: Final = frozenset({"big", "fat", "thin"})


PLAIN_FORM, COMPARATIVE, SUPERLATIVE = 0, 1, 2


def compared(adjective: str) -> tuple[str, str] | None:
    """Return comparative and superlative of an adjective, None for one that is compared by more and most."""
    if adjective in _NOT_COMPARED:
        return None
    word, space, thing = adjective.partition(" ")
    stem = word.removesuffix("e")
    if word.endswith("y"):
        stem = word[:-1] + "i"
    elif word in _DOUBLED:
        stem = word + word[-1]
    return f"{stem}er{space}{thing}", f"{stem}est{space}{thing}"


A_BIT, PLAIN, VERY, UTMOST = 0.5, 1.0, 1.8, 2.6
"""How much is asked for, in deviations of a normal distribution: 69, 84, 96 and 99.5 % of the sounds are less so."""

AMOUNTS: Final = MappingProxyType(
    dict.fromkeys(("a bit", "bit", "slightly", "a little", "little", "a touch", "somewhat", "a tad", "mildly"), A_BIT)
    | dict.fromkeys(("quite", "rather", "pretty", "fairly"), PLAIN)
    | dict.fromkeys(("very", "much", "a lot", "lots", "lot", "really", "far", "way", "considerably", "super"), VERY)
    | dict.fromkeys(("extremely", "ultra", "incredibly", "insanely", "totally", "maximally", "as possible"), UTMOST)
)
MORE: Final = frozenset({"more"})
MOST: Final = frozenset({"most"})
LESS: Final = frozenset({"less"})
LEAST: Final = frozenset({"least"})
NEGATIONS: Final = frozenset({"not", "no", "without", "non", "never", "hardly", "isn't", "don't"})
TOO: Final = frozenset({"too"})
FILLERS: Final = frozenset(
    {
        *("a", "an", "the", "and", "with", "but", "of", "some", "or", "in", "to", "so", "as", "for", "by", "than"),
        *("sound", "sounds", "sounding", "one", "ones", "drum", "drums", "hit", "hits", "sample", "tone", "note"),
        *("instrument", "something", "kind", "key", "played", "please", "that", "this", "is", "be", "it", "its", "my"),
        *("make", "give", "get", "find", "let", "me", "us", "i", "you", "want", "need", "like", "would", "should"),
        *("can", "has", "have", "having"),
    }
)
KINDS: Final = (
    ("kick", "bd", "bassdrum", "bass drum", "kick drum", "kickdrum", "kik"),
    ("snare", "sd", "snare drum", "snaredrum", "snr"),
    ("hat", "hihat", "hi hat", "hh", "high hat", "hats", "hi hats", "hihats", "hhat"),
    ("closed hat", "closed hihat", "closed hi hat", "ch", "chh", "hat closed", "hihat closed"),
    ("open hat", "open hihat", "open hi hat", "oh", "ohh", "hat open", "hihat open"),
    ("cymbal", "cym", "crash", "ride", "splash", "china", "crash cymbal", "ride cymbal"),
    ("tom", "tomtom", "tom tom", "floor tom", "rack tom"),
    ("rim", "rimshot", "rim shot", "side stick", "sidestick", "cross stick", "rimclick"),
    ("clap", "handclap", "hand clap", "cp", "claps"),
    (
        *(
            "percussion",
            "perc",
            "percs",
            "conga",
            "bongo",
            "cowbell",
            "shaker",
            "tambourine",
            "woodblock",
            "wood block",
        ),
        *("clave", "claves", "triangle", "maracas", "cabasa", "agogo", "guiro", "timbale", "timpani", "taiko"),
    ),
    ("grand piano", "piano", "acoustic piano", "concert piano"),
    ("electric piano", "ep", "rhodes", "wurlitzer", "e piano", "epiano"),
    ("church organ", "pipe organ"),
    ("drawbar organ", "hammond", "hammond organ", "electric organ"),
    ("alto saxophone", "saxophone", "sax", "alto sax"),
    ("electric guitar", "e guitar"),
    ("nylon guitar", "classical guitar", "spanish guitar"),
    ("steel guitar", "acoustic guitar", "western guitar"),
    ("finger bass", "electric bass", "bass guitar", "e bass"),
    ("acoustic bass", "upright bass", "double bass", "contrabass"),
    ("synth bass", "synthesizer bass"),
    ("french horn", "horn"),
    ("choir", "voices", "voice", "aahs", "vocal"),
    ("strings", "string section", "string ensemble", "orchestra strings"),
    ("pizzicato", "pizz", "plucked strings"),
    ("saw lead", "saw", "sawtooth", "saw wave"),
    ("square lead", "square", "square wave"),
    ("vibraphone", "vibes"),
    ("harpsichord", "cembalo", "clavecin"),
    ("kalimba", "thumb piano", "mbira"),
    ("accordion", "squeezebox"),
    ("cello", "violoncello"),
    ("violin", "fiddle"),
)
"""Names that mean the same kind of sound. A model's class of any of these names is meant by all of them."""

NARROWER: Final = MappingProxyType(
    {
        "closed hat": ("hat", {"decay": -1.0}),
        "open hat": ("hat", {"decay": 1.0}),
    }
)
"""A kind a model may have no class of → the wider kind it belongs to, and what tells it from that."""


def names_of(name: str) -> tuple[str, ...]:
    """Return all names of the kind of sound that ``name`` (in plain words) is one of, the usual one first."""
    return next((names for names in KINDS if name in names), ())


def all_qualities() -> Iterator[tuple[str, str, int]]:
    """Yield each form of each adjective: the form, the adjective, and which form it is."""
    for adjective in QUALITIES:
        yield adjective, adjective, PLAIN_FORM
        forms = compared(adjective)
        if forms:
            yield forms[0], adjective, COMPARATIVE
            yield forms[1], adjective, SUPERLATIVE
    yield "dryer", "dry", COMPARATIVE
