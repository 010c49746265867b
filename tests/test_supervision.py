"""Claims about when a part is called dead, from the counters alone."""

from runtime.supervision import SILENT_LOOKS, STUCK_LOOKS, Failure, Watch

PATIENCE_LOOKS = 10 * STUCK_LOOKS


def looks(watch: Watch, rounds: list[int], taken: list[int]) -> list[Failure | None]:
    return [watch.look(*one) for one in zip(rounds, taken, strict=True)]


def standing(count: int, at: int = 7) -> list[int]:
    return [at] * count


def going(count: int, step: int = 1) -> list[int]:
    return list(range(0, count * step, step))


def test_an_engine_that_goes_round_is_never_called_stuck_however_slowly_or_fast() -> None:
    for step in (1, 10**6):
        watch = Watch(has_sound_card=True)
        found = looks(watch, going(PATIENCE_LOOKS, step), going(PATIENCE_LOOKS))
        assert not any(found)
    # One round in nine looks, as on a machine that has no time.
    rounds = [look // (STUCK_LOOKS - 1) for look in range(PATIENCE_LOOKS)]
    assert not any(looks(Watch(has_sound_card=False), rounds, standing(PATIENCE_LOOKS)))


def test_an_engine_without_an_output_that_takes_anything_is_not_stuck() -> None:
    assert not any(looks(Watch(has_sound_card=False), going(PATIENCE_LOOKS), standing(PATIENCE_LOOKS)))


def test_an_engine_that_stands_still_is_stuck_after_its_looks_and_no_sooner() -> None:
    found = looks(Watch(has_sound_card=True), standing(STUCK_LOOKS + 1), standing(STUCK_LOOKS + 1))
    assert found == [None] * STUCK_LOOKS + [Failure.ENGINE_STUCK]


def test_a_card_is_dead_when_it_takes_nothing_from_an_engine_that_goes_round() -> None:
    found = looks(Watch(has_sound_card=True), going(SILENT_LOOKS + 1), standing(SILENT_LOOKS + 1))
    assert found == [None] * SILENT_LOOKS + [Failure.DEVICE_SILENT]


def test_a_card_that_takes_a_block_now_and_then_is_alive() -> None:
    taken = [look // (SILENT_LOOKS - 1) for look in range(PATIENCE_LOOKS)]
    assert not any(looks(Watch(has_sound_card=True), going(PATIENCE_LOOKS), taken))
