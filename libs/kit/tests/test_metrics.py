"""Counters of the hot paths, as the collector reads them."""

from prometheus_client import generate_latest

from vaultaris_kit.metrics import REGISTRY, Tallies


def _told(name: str) -> list[str]:
    return [line for line in generate_latest(REGISTRY).decode().splitlines() if line.startswith(name)]


class TestTallies:
    def test_one_series_for_each_set_of_labels(self) -> None:
        doors = Tallies("doors_opened_total", "Doors.", ["side", "storey"])
        for side, storey in (("left", 1), ("left", 1), ("right", 2)):
            doors.of(side, storey).count += 1
        assert _told("doors_opened_total") == [
            'doors_opened_total{side="left",storey="1"} 2.0',
            'doors_opened_total{side="right",storey="2"} 1.0',
        ]

    def test_a_tally_is_the_same_object_every_time(self) -> None:
        windows = Tallies("windows_opened_total", "Windows.", ["side"])
        assert windows.of("left") is windows.of("left") is not windows.of("right")
