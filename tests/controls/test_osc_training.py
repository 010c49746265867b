"""Training as OSC programs ask for it: how it stands, and what cannot be done."""

from runtime.controls.osc_schema import ErrorCode
from tests.controls.osc_rig import PATIENCE_SECONDS, Rig


def test_every_client_hears_how_the_training_stands_when_one_asks(rig: Rig) -> None:
    clients = [rig.client(), rig.client()]
    clients[0].send("/lb/training")
    for client in clients:
        heard = client.until("/lb/train/follow")
        assert ("/lb/training", ["", "", 0.0, ""]) in heard
        assert heard[-1] == ("/lb/train/follow", [0])
    clients[1].send("/lb/train/follow", 1.0)
    for client in clients:
        assert client.until("/lb/train/follow")[-1][1] == [1]


def test_what_cannot_be_trained_is_refused_in_sentences(rig: Rig) -> None:
    client = rig.client()
    client.send("/lb/train", "/no/such/folder", "kit", 5)
    assert "no folder" in rig.problems.get(timeout=PATIENCE_SECONDS)
    client.send("/lb/train/longer", "kit", 5)
    assert "no run" in rig.problems.get(timeout=PATIENCE_SECONDS)
    client.send("/lb/train/stop", 1)
    assert rig.problems.get(timeout=PATIENCE_SECONDS) == "Nothing is being trained."
    client.send("/lb/train/look", "/no/such/folder")
    assert "no folder" in rig.problems.get(timeout=PATIENCE_SECONDS)


def test_an_order_that_lacks_something_is_told_what_belongs_to_it(rig: Rig) -> None:
    client = rig.client()
    client.send("/lb/train", "/sounds", "kit")
    code, text = client.until("/lb/error")[-1][1]
    assert code == ErrorCode.ARGUMENT_COUNT
    assert "folder, name, minutes, [kind], [start]" in text
