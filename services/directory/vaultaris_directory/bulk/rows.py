"""From a stream of bytes to rows, holding no more than one of them."""

import csv
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from vaultaris_directory.bulk.cells import value_of
from vaultaris_directory.bulk.formats import Format
from vaultaris_directory.bulk.schemas import COLUMNS, READ_ONLY_COLUMNS
from vaultaris_kit.errors import Detail, Invalid, VaultarisError
from vaultaris_kit.http.body import parse_json

MAX_ROW_BYTES = 128 * 1024
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Row:
    """One row. ``number`` counts rows from 1, ``line`` is where it begins in the file. Either ``fields`` or a fault."""

    number: int
    line: int
    fields: dict[str, Any]
    fault: Detail | None = None


async def read_rows(chunks: AsyncIterator[bytes], kind: Format) -> AsyncIterator[Row]:
    """The rows of a body; blank lines are none. Raises :class:`Invalid` for a CSV header that can't be understood."""
    async for row in (_csv_rows if kind == "csv" else _json_rows)(_lines(chunks)):
        yield row


async def _lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes | None]:
    """Lines without their ends; None stands for one that is too long."""
    rest, skipping = b"", False
    async for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield None if skipping or len(line) > MAX_ROW_BYTES else line.removesuffix(b"\r")
            skipping = False
        if len(rest) > MAX_ROW_BYTES:
            rest, skipping = b"", True
    if rest or skipping:
        yield None if skipping else rest.removesuffix(b"\r")


async def _json_rows(lines: AsyncIterator[bytes | None]) -> AsyncIterator[Row]:
    at = number = 0
    async for line in lines:
        at += 1
        if line is None or line.removeprefix(_BOM).strip():
            number += 1
            yield _json_row(number, at, line)


def _json_row(number: int, at: int, line: bytes | None) -> Row:
    if line is None:
        return _too_long(number, at)
    try:
        value = parse_json(line.removeprefix(_BOM))
    except VaultarisError as fault:
        return Row(number, at, {}, Detail(field="row", message=fault.message, code=fault.code))
    if not isinstance(value, dict):
        return Row(number, at, {}, Detail(field="row", message="Must be a JSON object.", code="not_an_object"))
    return Row(number, at, value)


async def _csv_rows(lines: AsyncIterator[bytes | None]) -> AsyncIterator[Row]:
    header: list[str] | None = None
    number = 0
    async for at, record in _csv_records(lines):
        if record is not None and not record.strip():
            continue
        if header is None:
            header = _header(record)
            continue
        number += 1
        yield _csv_row(number, at, header, record)
    if header is None:
        raise Invalid.field("header", "A CSV file begins with the names of its columns.", "missing")


async def _csv_records(lines: AsyncIterator[bytes | None]) -> AsyncIterator[tuple[int, bytes | None]]:
    """Records with the line that each begins on: a quoted cell may hold line ends. None for one that is too long."""
    at, open_record = 0, _OpenRecord()
    async for line in lines:
        at += 1
        open_record.begun = open_record.begun or at
        if line is None or not open_record.add(line):
            yield open_record.begun, None
        elif open_record.is_whole:
            yield open_record.begun, b"\n".join(open_record.lines)
        else:
            continue
        open_record = _OpenRecord()
    if open_record.begun:
        yield open_record.begun, b"\n".join(open_record.lines)


@dataclass
class _OpenRecord:
    """The lines of a record so far. Each is looked at once, however many there are."""

    begun: int = 0
    lines: list[bytes] = field(default_factory=list)
    _size: int = 0
    _quotes: int = 0

    def add(self, line: bytes) -> bool:
        """Takes one more line; says whether the record is still short enough."""
        self.lines.append(line)
        self._size += len(line) + 1
        self._quotes += line.count(b'"')
        return self._size <= MAX_ROW_BYTES

    @property
    def is_whole(self) -> bool:
        """Whether no quoted cell is open."""
        return self._quotes % 2 == 0


def _header(record: bytes | None) -> list[str]:
    try:
        names = [name.strip() for name in _cells((record or b"").removeprefix(_BOM))]
    except (ValueError, csv.Error) as fault:
        raise Invalid.field("header", "The names of the columns can't be read.") from fault
    unknown = [name for name in names if name not in COLUMNS and name not in READ_ONLY_COLUMNS]
    missing = [name for name in ("username", "email") if name not in names]
    twice = {name for name in names if names.count(name) > 1}
    for fault_names, code in ((unknown, "unknown_column"), (missing, "missing_column"), (twice, "column_twice")):
        if fault_names:
            told = ", ".join(sorted(name[:50] for name in fault_names)[:10])
            raise Invalid.field("header", f"{code.replace('_', ' ').capitalize()}: {told}.", code)
    return names


def _csv_row(number: int, at: int, header: list[str], record: bytes | None) -> Row:
    if record is None:
        return _too_long(number, at)
    try:
        cells = _cells(record)
    except (ValueError, csv.Error):
        return Row(number, at, {}, Detail(field="row", message="Is no well-formed CSV in UTF-8.", code="malformed"))
    if len(cells) != len(header):
        told = f"Has {len(cells)} cells, the header has {len(header)}."
        return Row(number, at, {}, Detail(field="row", message=told, code="cells"))
    fields: dict[str, Any] = {}
    for name, cell in zip(header, cells, strict=True):
        try:
            fields[name] = value_of(name, cell)
        except VaultarisError:
            message = "Must be well-formed JSON, without NUL and not nested too deeply."
            return Row(number, at, {}, Detail(field=name, message=message, code="malformed"))
    return Row(number, at, fields)


def _cells(record: bytes) -> list[str]:
    """Raises ValueError (UTF-8, NUL), csv.Error."""
    text = record.decode()
    if "\x00" in text:
        raise ValueError("NUL")
    return next(csv.reader([text], strict=True))


def _too_long(number: int, at: int) -> Row:
    told = f"A row must not exceed {MAX_ROW_BYTES} bytes."
    return Row(number, at, {}, Detail(field="row", message=told, code="too_long"))
