"""Chapters 3 to 5: a tenant for a company, its roles and permissions, and its people from a CSV."""

import secrets
import socket
from pathlib import Path

import httpx

from examples.story.calling import Caller, insist
from examples.story.company import Company
from examples.story.people import PERMISSIONS, ROLES, write_people

ADMINISTRATOR = "tenant-admin"
SIGNING_IN = (ADMINISTRATOR, "approver", "clerk")
"""The first person of each of these roles gets a password."""

_SECOND_ADDRESS = "127.0.0.2"


def found(root: Caller, csv: Path) -> Company:
    """The instance's administrator makes the tenant, a client to sign in with, and the person who will run it."""
    root.teller.chapter("A company", "Its tenant is apart from all others. Ada, first in the CSV, will run it.")
    slug = f"nordlicht-{secrets.token_hex(2)}"
    body = {"name": "Nordlicht Trading", "slug": slug}
    tenant = root.ask(201, "POST", "/api/v1/tenants", json=body, show=("id", "name", "slug"))["data"]
    company = Company(tenant["id"], slug, write_people(csv, f"{slug}.example.com"))
    desk = {
        "client_id": company.desk,
        "name": "Desk",
        "is_public": True,
        "redirect_uris": [],
        "allowed_grant_types": ["password", "refresh_token"],
    }
    root.ask(201, "POST", f"{company.path}/clients", json=desk, show=("client", "client_id", "is_public"))
    for role in root.ask_quietly(200, "GET", f"{company.path}/roles")["data"]:
        company.role_ids[role["name"]] = role["id"]
    company.add(root, company.first(ADMINISTRATOR), signs_in=True, told=True)
    return company


def add_roles(ada: Caller, company: Company) -> None:
    """Three roles, twelve permissions, and which role grants which; the first call of each kind is told."""
    ada.teller.chapter("Roles and permissions", "A permission is named resource:action; a role grants some of them.")
    for number, role in enumerate(ROLES):
        made = _create(ada, f"{company.path}/roles", {"name": role}, number == 0)
        company.role_ids[role] = made
    ids = {}
    for number, (resource, action) in enumerate(PERMISSIONS):
        name = f"{resource}:{action}"
        body = {"name": name, "resource": resource, "action": action}
        ids[name] = _create(ada, f"{company.path}/permissions", body, number == 0)
    grants = [(role, name) for role, granted in ROLES.items() for name in sorted(granted)]
    for number, (role, name) in enumerate(grants):
        ask = ada.ask if number == 0 else ada.ask_quietly
        path = f"{company.path}/roles/{company.role_ids[role]}/permissions"
        ask(204, "POST", path, json={"permission_id": ids[name]})
    ada.teller.table(
        ("permission", *ROLES),
        ((name, *("●" if name in granted else "" for granted in ROLES.values())) for name in ids),
    )
    ada.teller.proven(f"{len(ROLES)} roles, {len(ids)} permissions.")


def import_people(ada: Caller, company: Company, csv: Path) -> None:
    """Everybody else in the CSV becomes a user, as fast as the rate limit lets the importer."""
    ada.teller.chapter("People", f"{len(company.people)} of them, in {csv}:")
    for line in csv.read_text(encoding="utf-8").splitlines()[:4]:
        ada.teller.say(f"[dim]{line}[/]")
    with _importer(ada) as http, ada.teller.progress() as progress:
        task = progress.add_task("Users", total=len(company.people), completed=1)
        importer = Caller(ada.teller, http, ada.token)
        signing_in = [company.first(role) for role in SIGNING_IN]
        for number, person in enumerate(company.people[1:]):
            company.add(importer, person, signs_in=person in signing_in, told=number == 0)
            progress.advance(task)
    page = ada.ask(200, "GET", f"{company.path}/users", params={"per_page": 1}, show=("id", "username", "email"))
    insist(page["meta"]["total"] == len(company.people), f"{len(company.people)} users: {page['meta']}")
    ada.teller.proven(f"{page['meta']['total']} users are in the directory.")


def _create(caller: Caller, path: str, body: dict[str, str], told: bool) -> str:
    if told:
        return str(caller.ask(201, "POST", path, json=body, show=("id", *body))["data"]["id"])
    return str(caller.ask_quietly(201, "POST", path, json=body)["data"]["id"])


def _importer(ada: Caller) -> httpx.Client:
    """The importer is another machine in real life. On a local stack it calls from an address of its own, too.

    The rate limit is per address, so importing does not use up what the rest of the story needs.
    """
    url = ada.http.base_url
    local = None
    if url.host == "127.0.0.1":
        with socket.socket() as probe:
            try:
                probe.bind((_SECOND_ADDRESS, 0))
                local = _SECOND_ADDRESS
            except OSError:
                ada.teller.say(f"This machine has no {_SECOND_ADDRESS}: the import shares our address and its limit.")
    if local:
        ada.teller.say(f"The import comes from {local}, as it would from another machine: limits are per address.")
    return httpx.Client(base_url=url, transport=httpx.HTTPTransport(local_address=local), timeout=ada.http.timeout)
