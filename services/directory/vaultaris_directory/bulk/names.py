"""Which of very many names have come already: some twenty bytes for each, where a set takes seventy and more."""

from array import array
from typing import Final

_TABLES: Final = 256
"""Small ones, so that growing one never holds the loop up."""

_SMALLEST: Final = 8
_WORD: Final = 2**64 - 1


class Names:
    """Remembers 64 bits of a hash that is keyed anew in each process, so that nobody can aim at a clash."""

    def __init__(self) -> None:
        self._tables = [_empty(_SMALLEST) for _ in range(_TABLES)]
        self._counts = [0] * _TABLES

    def __contains__(self, name: str) -> bool:
        key = _key(name)
        table = self._tables[key % _TABLES]
        return table[_slot(table, key)] == key

    def add(self, name: str) -> None:
        """Remembers a name; again is no error."""
        key = _key(name)
        number = key % _TABLES
        table = self._tables[number]
        slot = _slot(table, key)
        if table[slot] == key:
            return
        table[slot] = key
        self._counts[number] += 1
        if 2 * self._counts[number] > len(table):
            self._tables[number] = _doubled(table)


def _key(name: str) -> int:
    return hash(name) & _WORD or 1


def _slot(table: "array[int]", key: int) -> int:
    """Where the key is, or else belongs: tables are never full, and zero stands for a free place."""
    at = key // _TABLES % len(table)
    while table[at] not in (0, key):
        at = (at + 1) % len(table)
    return at


def _doubled(table: "array[int]") -> "array[int]":
    larger = _empty(2 * len(table))
    for key in table:
        if key:
            larger[_slot(larger, key)] = key
    return larger


def _empty(slots: int) -> "array[int]":
    return array("Q", bytes(8 * slots))
