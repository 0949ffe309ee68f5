"""Rows that have passed everything that can be said of them alone."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from vaultaris_directory.bulk.names import Names
from vaultaris_directory.bulk.places import Place
from vaultaris_directory.bulk.rows import Row
from vaultaris_directory.bulk.schemas import MAX_TOLD_ERRORS, ImportedUser, ImportFault, ImportReport
from vaultaris_directory.users.logins import login_key
from vaultaris_kit.errors import Detail, plain_message

_BREATH = 25
"""Rows that are looked at before others get their turn: the loop serves everybody else too."""


@dataclass(slots=True)
class Candidate:
    """A row on its way in."""

    row: Row
    user: ImportedUser
    username_key: str
    email_key: str
    password_hash: str | None = None
    roles: Sequence[Place] = ()
    groups: Sequence[Place] = ()


@dataclass
class Tally:
    """What has become of the rows so far, and the names that they brought."""

    report: ImportReport
    _seen: Names = field(default_factory=Names)

    def fail(self, row: Row, *faults: Detail) -> None:
        """Counts a row that is not taken, and tells why as long as there is room."""
        self.report.failed += 1
        for fault in faults:
            if len(self.report.errors) < MAX_TOLD_ERRORS:
                self.report.errors.append(ImportFault(row=row.number, line=row.line, **fault))
            else:
                self.report.errors_omitted += 1

    async def sift(self, rows: Sequence[Row]) -> list[Candidate]:
        """The rows that are well-formed and bring names that no earlier row has brought."""
        fit: list[Candidate] = []
        for index, row in enumerate(rows):
            if index % _BREATH == 0:
                await asyncio.sleep(0)
            if row.fault is not None:
                self.fail(row, row.fault)
            elif (candidate := self._candidate(row)) is not None:
                fit.append(candidate)
        return fit

    def _candidate(self, row: Row) -> Candidate | None:
        try:
            user = ImportedUser.model_validate(row.fields)
        except ValidationError as fault:
            self.fail(row, *_details(fault))
            return None
        candidate = Candidate(row, user, login_key(user.username), login_key(user.email))
        if user.password and user.password_hash:
            told = "A row has a password or a hash, not both."
            self.fail(row, Detail(field="password_hash", message=told, code="invalid"))
            return None
        return candidate if self._is_first(candidate) else None

    def _is_first(self, candidate: Candidate) -> bool:
        keys = {"username": candidate.username_key, "email": candidate.email_key}
        again = next((name for name, key in keys.items() if key in self._seen), None)
        if again is None:
            for key in keys.values():
                self._seen.add(key)
            return True
        told = f"An earlier row has this {again}."
        self.fail(candidate.row, Detail(field=again, message=told, code="duplicate"))
        return False


def _details(fault: ValidationError) -> Iterator[Detail]:
    for error in fault.errors(include_url=False, include_context=False, include_input=False):
        yield Detail(field=_field(error["loc"]), message=plain_message(error["msg"]), code=error["type"])


def _field(location: tuple[Any, ...]) -> str:
    return ".".join(str(part) for part in location) or "row"
