"""How far words lead, where from, and what is said of words that lead nowhere."""

import numpy as np
import pytest

from runtime.contract import DecoderMetadata
from runtime.errors import LatentbridgeError
from runtime.latent.outside import DataRange
from runtime.words.interface import Found, TextToPlace, Unknown
from runtime.words.search import FARTHEST_OUTSIDE, WordSearch
from tests.words.synthetic_instruments import DRUMS, SPARE, instrument

METADATA = instrument()
WORDS: TextToPlace = WordSearch(METADATA)
BRIGHTNESS, DECAY = 0, 2


def of_class(name: str) -> np.ndarray:
    return np.array([p.latent for p in METADATA.map_points if p.label == DRUMS.index(name)])


def test_the_more_is_asked_for_the_further_it_goes() -> None:
    amounts = ("a slightly bright snare", "bright snare", "a very bright snare", "extremely bright snare")
    found = [WORDS.find(text).latent[BRIGHTNESS] for text in amounts]
    assert np.all(np.diff(found) > 0.1)
    steps = [WORDS.find(text).steps["decay"] for text in ("a bit longer", "longer", "much longer")]
    assert steps == sorted(set(steps))


def test_bright_means_brighter_than_most_of_its_own_kind() -> None:
    for kind in ("kick", "hat"):
        found = WORDS.find(f"bright {kind}")
        share = (of_class(kind)[:, BRIGHTNESS] < found.latent[BRIGHTNESS]).mean()
        assert share == pytest.approx(0.84, abs=0.1)
        assert found.axes["brightness"] == pytest.approx(share, abs=0.03)


def test_a_comparison_moves_only_what_it_speaks_of() -> None:
    present = METADATA.map_points[100].latent
    found = WORDS.find("a bit brighter", present)
    moved = np.array(found.latent) - np.array(present)
    assert moved[BRIGHTNESS] == pytest.approx(found.steps["brightness"] * 4, abs=1e-5)
    assert np.abs(np.delete(moved, BRIGHTNESS)).max() < 1e-6


def test_a_quality_without_a_class_chooses_among_the_kind_one_is_at() -> None:
    hat = tuple(of_class("hat")[0])
    assert WORDS.find("bright", hat).class_name == "hat"


def test_a_comparison_of_another_class_goes_there() -> None:
    hat = tuple(of_class("hat")[0])
    assert WORDS.find("a brighter snare", hat).class_name == "snare"
    assert WORDS.find("a brighter snare", hat).steps == {}
    assert WORDS.find("a brighter hat", hat).steps == {"brightness": pytest.approx(0.2)}


def test_no_words_lead_far_outside_the_data() -> None:
    inside = DataRange(METADATA)
    place, held = METADATA.default_latent, False
    for _ in range(10):
        found = WORDS.find("much brighter", place)
        place, held = found.latent, held or found.was_held
        assert inside.outside(place) <= max(FARTHEST_OUTSIDE, inside.outside(METADATA.default_latent)) + 1e-4
    assert held
    assert place[BRIGHTNESS] > METADATA.default_latent[BRIGHTNESS] + 0.5


def test_unknown_words_are_named_with_known_ones_spelled_like_them() -> None:
    found = WORDS.find("brigt frobnicated snare")
    first, second = found.unknown
    assert (first.word, first.near[:2]) == ("brigt", ("bright", "brighter"))
    assert second == Unknown("frobnicated")
    assert found.class_name == "snare"


def test_words_about_an_axis_that_a_model_lacks_are_named() -> None:
    few = WordSearch(instrument(axes=("brightness", "decay")))
    found = few.find("deep punchy bright kick")
    assert found.missing == ("deep", "punchy")
    # What a word says besides still counts, if it is much of what it says: boomy is low, and long.
    boomy = few.find("boomy kick")
    assert (boomy.missing, boomy.understood[0].meaning) == ((), "decay up")


REFUSED = {
    "": "There are no words",
    "frobnicate": "It knows the classes clap, cymbal",
    "of the": "Nothing of",
    "snaer": "Did you mean snare",
    "not a kick": "Nothing of",
    "🥁" * 4000: "Nothing of",
}


@pytest.mark.parametrize(("text", "said"), REFUSED.items())
def test_text_that_says_nothing_is_refused_with_what_would_be_understood(text: str, said: str) -> None:
    with pytest.raises(LatentbridgeError, match=said):
        WORDS.find(text)


def test_only_missing_axes_is_an_error_that_says_so() -> None:
    with pytest.raises(LatentbridgeError, match="has no axis for 'deeper'"):
        WordSearch(instrument(axes=("brightness",))).find("deeper")


def bare(**changes: object) -> Found:
    """What "bright snare" finds in a model that lacks something."""
    whole = METADATA.model_dump()
    return WordSearch(DecoderMetadata.model_validate(whole | changes)).find("bright snare")


def test_a_model_without_a_map_or_without_anything_still_finds() -> None:
    by_prior = bare(map_points=())
    assert by_prior.class_name == "snare"
    middle = next(p.mean for p in METADATA.prior if p.label == DRUMS.index("snare"))
    assert np.linalg.norm(np.array(by_prior.latent) - middle) < 2.5
    assert len(bare(map_points=(), prior=()).latent) == len(METADATA.axes) + SPARE
    no_axes = bare(axes=())
    assert (no_axes.class_name, no_axes.missing) == ("snare", ("bright",))


def test_classes_of_anybodys_folders_are_found_by_what_they_are_called() -> None:
    names = ("808 kicks", "hihat closed", "hihat open", "my weird foley", "SNARES")
    words = WordSearch(instrument(names))
    wanted = {"kick": 0, "bd": 0, "closed hat": 1, "open hi hats": 2, "weird": 3, "snare drum": 4, "808": 0}
    for text, label in wanted.items():
        assert words.find(text).class_name == names[label], text
    assert words.parser.parse("hat").labels == (1, 2)


def test_electric_guitar_is_one_instrument_and_kick_or_snare_are_two() -> None:
    notes = WordSearch(instrument(("electric_guitar", "electric_piano", "nylon_guitar"), pitched=True))
    assert notes.parser.parse("guitar, electric").labels == (0,)
    assert notes.parser.parse("guitar").labels == (0, 2)
    assert WordSearch(METADATA).parser.parse("kick or snare").labels == (3, 6)


def test_the_same_words_find_the_same_place() -> None:
    assert WORDS.find("short dark tom") == WordSearch(METADATA).find("short dark tom")
