"""Chapters 7 to 9: who may do what, and how soon a change counts."""

import time
from dataclasses import dataclass
from typing import Any

from examples.story.calling import Caller, insist
from examples.story.company import Company
from examples.story.people import ROLES, Person

ASKED = ("orders:read", "orders:approve", "reports:export")


@dataclass(frozen=True)
class Visitor:
    """Somebody of the company who is signed in and uses the orders application."""

    person: Person
    orders: Caller
    tokens: dict[str, Any]


def application_token(caller: Caller, client_id: str, client_secret: str) -> Caller:
    """Calls as the application: the very token request that it makes itself."""
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
    return caller.with_token(caller.ask(200, "POST", "/oauth/token", data=form)["access_token"])


def check(application: Caller, company: Company) -> None:
    """The application asks about somebody of each role, and about somebody without one."""
    application.teller.chapter("Who may do what?", "The application asks with its own token, many questions at a time.")
    rows = []
    for number, role in enumerate((*ROLES, "")):
        person = company.first(role)
        checks = [dict(zip(("resource", "action"), name.split(":"), strict=True)) for name in ASKED]
        body = {"user_id": company.user_ids[person.username], "checks": checks}
        path = f"{company.path}/integration/batch-check-permissions"
        shown = {"show": ("results", "resource", "action", "allowed")}
        ask = application.ask if number == 0 else application.ask_quietly
        results = ask(200, "POST", path, json=body, **(shown if number == 0 else {}))["data"]["results"]
        allowed = [result["allowed"] for result in results]
        insist(allowed == [name in ROLES.get(role, ()) for name in ASKED], f"{person.username} ({role}): {results}")
        rows.append((person.username, role or "none", *("yes" if each else "no" for each in allowed)))
    application.teller.table(("user", "role", *ASKED), rows)
    application.teller.proven("Each answer is as the roles say.")


def visit(caller: Caller, orders: Caller, company: Company) -> tuple[Visitor, Visitor]:
    """An approver and a clerk use the application with their own tokens; nobody else gets in."""
    caller.teller.chapter("At the door", "The orders application runs now. It lets nobody in without asking Vaultaris.")
    orders.ask(401, "POST", "/orders/1001/approve")
    approver, clerk = (_visitor(caller, orders, company, role) for role in ("approver", "clerk"))
    approver.orders.ask(200, "POST", "/orders/1001/approve")
    clerk.orders.ask(403, "POST", "/orders/1001/approve")
    clerk.orders.ask(200, "GET", "/orders")
    caller.teller.proven("No token: 401. A clerk who approves: 403. An approver: 200.")
    return approver, clerk


def take_role_away(ada: Caller, company: Company, approver: Visitor) -> None:
    """The same token, one role less: the next check says no."""
    ada.teller.chapter("A role is taken away", "Ada takes it. The approver's token stays the same.")
    user_id = company.user_ids[approver.person.username]
    ada.ask(204, "DELETE", f"{company.path}/users/{user_id}/roles/{company.role_ids['approver']}")
    approver.orders.ask(403, "POST", "/orders/1002/approve")
    ada.teller.proven("The next check says no: permissions are live, not frozen in the token.")


def revoke_session(ada: Caller, application: Caller, company: Company, clerk: Visitor) -> None:
    """The clerk's session is ended: the token that belongs to it is dead, and can't be refreshed."""
    ada.teller.chapter("A session is revoked", "The clerk's laptop is lost. Ada ends its session.")
    path = f"{company.path}/users/{company.user_ids[clerk.person.username]}/sessions"
    members = ("id", "user_agent", "ip_address", "is_active", "expires_at")
    session = ada.ask(200, "GET", path, show=members)["data"][0]
    ada.ask(204, "DELETE", f"{company.path}/sessions/{session['id']}")
    revoked = time.monotonic()
    clerk.orders.ask(401, "GET", "/orders")
    refused = (time.monotonic() - revoked) * 1000
    validation = {"token": clerk.tokens["access_token"]}
    shown = ("valid", "user_id", "error")
    answer = application.ask(200, "POST", "/api/v1/integration/token/validate", json=validation, show=shown)["data"]
    insist(answer["valid"] is False, f"a dead token is not valid: {answer}")
    form = {
        "grant_type": "refresh_token",
        "refresh_token": clerk.tokens["refresh_token"],
        "client_id": company.desk,
    }
    ada.with_token("").ask(400, "POST", "/oauth/token", data=form)
    ada.teller.proven(f"The token died at once: refused {refused:.0f} ms after the revocation was answered.")


def _visitor(caller: Caller, orders: Caller, company: Company, role: str) -> Visitor:
    person = company.first(role)
    tokens = company.sign_in(caller, person)
    return Visitor(person, orders.with_token(tokens["access_token"]), tokens)
