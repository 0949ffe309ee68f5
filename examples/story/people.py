"""The company of the story: three roles, twelve permissions, and two hundred people in a CSV."""

import csv
from dataclasses import asdict, dataclass, fields
from pathlib import Path

PERMISSIONS = (
    ("orders", "read"), ("orders", "create"), ("orders", "approve"), ("orders", "cancel"),
    ("invoices", "read"), ("invoices", "create"), ("invoices", "pay"),
    ("customers", "read"), ("customers", "update"),
    ("reports", "read"), ("reports", "export"), ("ledger", "read"),
)  # fmt: skip
ROLES = {
    "clerk": {"orders:read", "orders:create", "customers:read", "customers:update", "invoices:read"},
    "approver": {"orders:read", "orders:approve", "orders:cancel", "invoices:read", "invoices:create", "invoices:pay"},
    "auditor": {"orders:read", "invoices:read", "reports:read", "reports:export", "ledger:read"},
}

_FIRST_NAMES = (
    "Ada", "Bruno", "Carla", "Dora", "Emil", "Frida", "Georg", "Hanna", "Ivo", "Jana",
    "Karl", "Lena", "Milo", "Nora", "Otto", "Paula", "Ruben", "Sofia", "Timo", "Vera",
)  # fmt: skip
_LAST_NAMES = ("Lind", "Berg", "Moreau", "Novak", "Rossi", "Santos", "Keller", "Ito", "Okafor", "Walsh")
_DEPARTMENTS = {"tenant-admin": "IT", "approver": "Finance", "auditor": "Audit", "clerk": "Sales", "": "Warehouse"}
_FIRST_ROLES = ("tenant-admin", "approver", "clerk", "auditor", "", "approver", *("clerk",) * 6)


@dataclass(frozen=True)
class Person:
    """A line of the CSV. ``role`` is empty for those who only work here."""

    username: str
    email: str
    first_name: str
    last_name: str
    department: str
    role: str


def write_people(path: Path, domain: str) -> list[Person]:
    """Generates the CSV and reads it back: 200 people, the same ones each time but for their mail domain."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Person)])
        writer.writeheader()
        writer.writerows(asdict(person) for person in _people(domain))
    with path.open(newline="", encoding="utf-8") as file:
        return [Person(**row) for row in csv.DictReader(file)]


def _people(domain: str) -> list[Person]:
    names = [(first, last) for last in _LAST_NAMES for first in _FIRST_NAMES]
    roles = (*_FIRST_ROLES, *("",) * (len(names) - len(_FIRST_ROLES)))
    return [
        Person(username, f"{username}@{domain}", first, last, _DEPARTMENTS[role], role)
        for (first, last), role in zip(names, roles, strict=True)
        for username in (f"{first}.{last}".lower(),)
    ]
