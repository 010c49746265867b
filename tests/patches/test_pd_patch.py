"""latentbridge.pd in the real Pd, playing the real instrument."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile

from runtime.contract import Axis, read_decoder_metadata
from runtime.model_files import find_model
from tests.patches.pd_rig import Pd, free_port, running_pd
from tests.patches.stage import Theatre, Witness

PATCHES = Path(__file__).resolve().parents[2] / "max_patches"
AXES = read_decoder_metadata(find_model("drums")).axes
WATCHED = (
    "lb.bytes",
    "lb.link",
    "lb.voices",
    "lb.captured",
    "lb.loaded",
    "lb.outside",
    "lb.show.model",
    "lb.show.error",
    "lb.z",
    "lb.zi",
    "lb.map",
    "lb.variation",
    *(f"lb.axis.{axis.name}" for axis in AXES),
)
Stage = tuple[Pd, Witness, Path]


@pytest.fixture(scope="module")
def stage(theatre: Theatre, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Pd with its link up, and somebody who watches."""
    folder = tmp_path_factory.mktemp("pd")
    with running_pd(PATCHES / "latentbridge.pd", folder, WATCHED) as pd:
        pd.say("lb.server", "127.0.0.1", theatre.port)
        pd.say("lb.reply", free_port())
        pd.until("lb.link", "1")
        watching = Witness(theatre.port)
        yield pd, watching, theatre.captures
        watching.close()
    assert pd.faults == []


def test_pd_says_what_it_is_linked_to(stage: Stage) -> None:
    pd, _, _ = stage
    pd.until("lb.show.model", "drums")


@pytest.mark.parametrize("axis", AXES, ids=lambda axis: axis.name)
def test_a_slider_moves_its_axis_and_is_moved_with_it(stage: Stage, axis: Axis) -> None:
    pd, witness, _ = stage
    # No other test leaves an axis here: what does not change is not told.
    pd.say(f"lb-{axis.name}", axis.minimum + 0.6 * (axis.maximum - axis.minimum))
    witness.is_told(f"/lb/axis/{axis.name}", 0.6)
    pd.forget()
    witness.say(f"/lb/axis/{axis.name}", 0.25)
    pd.until(f"lb.axis.{axis.name}", "0.25")
    # A bang lets the slider say where it stands now.
    pd.say(f"lb-{axis.name}", "bang")
    assert pd.packet(f"/lb/axis/{axis.name}") == pytest.approx([0.25], abs=0.01)


@pytest.mark.parametrize(("name", "value"), [("gain", -12), ("variation", 0.5), ("glide", 250), ("tempo", 90)])
def test_the_other_sliders_say_their_addresses(stage: Stage, name: str, value: float) -> None:
    pd, witness, _ = stage
    pd.say(f"lb-{name}", value)
    witness.until(f"/lb/{name}", lambda told: told == pytest.approx([value], rel=0.01))


def test_each_fader_of_z_moves_its_number_and_all_follow(stage: Stage) -> None:
    pd, witness, _ = stage
    for number in (1, 7, 16):
        pd.say(f"lb-z{number}", 2)
        witness.is_told("/lb/zi", number, 2)
    pd.forget()
    witness.say("/lb/z", *([-1.0] * 16))
    pd.until("lb.z", " ".join(["-1"] * 16))
    witness.say("/lb/z/7", 1)
    pd.until("lb.zi", "7 1")
    for number, value in ((7, 1), (16, -1)):
        pd.say(f"lb-z{number}", "bang")
        assert pd.packet(f"/lb/z/{number}") == pytest.approx([value], abs=0.05)


def test_the_map_is_said_and_heard(stage: Stage) -> None:
    pd, witness, _ = stage
    pd.say("lb-map_x", 0.25)
    pd.say("lb-map_y", 0.75)
    witness.is_told("/lb/map", 0.25, 0.75)
    pd.forget()
    witness.say("/lb/map", 0.5, 0.125)
    pd.until("lb.map", "0.5 0.125")
    float(pd.told("lb.outside"))
    pd.say("lb-map_x", "bang")
    assert pd.packet("/lb/map") == pytest.approx([0.5, 0.125], abs=0.01)


def test_a_morph_goes_from_a_to_b(stage: Stage) -> None:
    pd, witness, _ = stage
    for letter, value in (("A", -1.0), ("B", 1.0)):
        witness.say("/lb/z", *([value] * 16))
        witness.settle()
        pd.say("lb-store", "symbol", letter)
        witness.until("/lb/morph/stored", lambda told, letter=letter: told == [letter])
    pd.say("lb-morph", 0.5)
    witness.is_told("/lb/morph", 0.5, 0)
    witness.say("/lb/random", 0.0)


def test_leaps_are_undone_and_done_again(stage: Stage) -> None:
    pd, witness, _ = stage
    home = [0.5] * 16
    witness.say("/lb/z", *home)
    # Moves less than half a second apart would be undone as one.
    time.sleep(0.6)
    witness.settle()
    pd.say("lb-random", 1, 1, "snare")
    away = witness.until("/lb/z")
    pd.say("lb-undo", "bang")
    witness.until("/lb/z", lambda told: told == home)
    pd.say("lb-redo", "bang")
    witness.until("/lb/z", lambda told: told == away)


def test_words_find_sounds_and_a_preset_that_is_not_there_is_an_error_in_the_patch(stage: Stage) -> None:
    pd, witness, _ = stage
    pd.say("lb-find", "symbol", "snare")
    assert witness.until("/lb/found") == ["snare: class snare", ""]
    pd.say("lb-preset", 99)
    assert "preset" in pd.told("lb.show.error")


def test_a_key_sounds_and_what_sounded_is_kept_and_loaded(stage: Stage) -> None:
    pd, _, captures = stage
    pd.say("lb-kick", "bang")
    pd.until("lb.voices", "1")
    pd.say("lb-capture", "bang")
    path, note, peak_db = pd.told("lb.captured").rsplit(" ", 2)
    assert (Path(path).parent, note) == (captures, "36")
    assert -60 < float(peak_db) <= 0
    assert int(float(pd.told("lb.loaded"))) == soundfile.info(path).frames
    pd.say("lb-alloff", "bang")
