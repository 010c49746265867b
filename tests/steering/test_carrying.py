"""An instrument that has learnt on takes its own place: what was moved stays, and another instrument begins anew."""

from collections.abc import Iterator

import pytest

from runtime.contract import DecoderMetadata
from runtime.events import Event, Kind
from tests.controls.osc_rig import HASH, Rig
from tests.tiny_decoder import TinySettings, tiny_metadata

BEFORE = tiny_metadata(TinySettings())
PLACE = (0.5, -0.5, 1.0, 0.25)
KEY = (1.0, 0.0, 0.0, -1.0)


@pytest.fixture
def rig() -> Iterator[Rig]:
    built = Rig(BEFORE)
    yield built
    built.close()


def moved(rig: Rig) -> None:
    """Part 3 goes somewhere and turns an axis; key 40 of part 1 gets a sound of its own."""
    desk = rig.steering.desk
    desk.do(Event(Kind.LATENT, part=3, values=PLACE))
    desk.do(Event(Kind.AXIS, part=3, index=1, value=0.75))
    desk.do(Event(Kind.KEY_LATENT, part=1, note=40, values=KEY))
    for _ in range(3):
        rig.event()


def learnt_on(**changes: object) -> DecoderMetadata:
    """The same instrument with other weights: its default place and the order of its axes are others."""
    changed = {"default_latent": (0.1, 0.2, 0.3, 0.4), "axes": BEFORE.axes[::-1]} | changes
    return BEFORE.model_copy(update=changed)


def test_what_was_moved_stays_and_the_engine_hears_of_it(rig: Rig) -> None:
    moved(rig)
    after = learnt_on()
    rig.steering.set_model(after, HASH[::-1])
    state = rig.steering.desk.state
    assert state.latent(3) == PLACE
    turned = [axis.name for axis in after.axes].index(BEFORE.axes[1].name)
    assert state.axes(3)[turned] == 0.75
    assert state.keys(1)[40] == KEY
    sent = [rig.event() for _ in range(1 + len(BEFORE.axes) + 1)]
    assert sent[0] == Event(Kind.LATENT, part=3, values=PLACE)
    assert Event(Kind.AXIS, part=3, index=turned, value=0.75) in sent
    assert sent[-1] == Event(Kind.KEY_LATENT, part=1, note=40, values=KEY)
    assert rig.events.empty(), "what was never moved goes where the instrument puts it now"


def test_what_was_never_moved_goes_to_the_new_default(rig: Rig) -> None:
    moved(rig)
    rig.steering.set_model(learnt_on(), HASH[::-1])
    assert rig.steering.desk.state.latent(1) == (0.1, 0.2, 0.3, 0.4)
    assert 41 not in rig.steering.desk.state.keys(1)


@pytest.mark.parametrize("change", [{"name": "another"}, {"pitched": not BEFORE.pitched}])
def test_another_instrument_begins_at_its_own_default(rig: Rig, change: dict[str, object]) -> None:
    moved(rig)
    rig.steering.set_model(learnt_on(**change), HASH[::-1])
    assert rig.steering.desk.state.latent(3) == (0.1, 0.2, 0.3, 0.4)
    assert 40 not in rig.steering.desk.state.keys(1)
    assert rig.events.empty()
