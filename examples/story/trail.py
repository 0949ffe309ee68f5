"""The last chapter: who did what, as the audit trail tells it."""

import base64
import json
import time
from collections.abc import Mapping
from typing import Any

from examples.story.calling import Caller, insist
from examples.story.company import Company

WITHIN_SECONDS = 20.0
SHOWN = 14
_MEMBERS = ("created_at", "actor_type", "actor_id", "action", "resource_type", "resource_id")


def read_trail(ada: Caller, company: Company, names: Mapping[str, str]) -> None:
    """Everything above is on record, with its actor; ``names`` are people and clients by id."""
    ada.teller.chapter("Who did what", "Each change wrote its own event in the same transaction. Newest first:")
    _await_entries(ada, company)
    page = ada.ask(200, "GET", f"{company.path}/audit", params={"per_page": SHOWN}, show=_MEMBERS)
    ada.teller.table(("when", "who", "did", "to"), (_row(entry, names) for entry in page["data"]))
    removed = _entries(ada, company, "user.role_removed")["data"]
    insist([entry["actor_id"] for entry in removed] == [subject(ada.token)], f"Ada took one role away: {removed}")
    verdict = ada.ask(200, "GET", f"{company.path}/audit/verify")["data"]
    insist(verdict["valid"] is True, f"the chain of entries is whole: {verdict}")
    ada.teller.proven(f"{page['meta']['total']} entries, and no link of their chain is broken.")


def subject(token: str) -> str:
    """Whose token it is. For display only: the signature isn't looked at."""
    payload = token.split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["sub"])


def _await_entries(ada: Caller, company: Company) -> None:
    """Events take a moment to arrive."""
    expected = {"user.created": len(company.people), "user.role_removed": 1, "session.revoked": 1}
    deadline = time.monotonic() + WITHIN_SECONDS
    for action, count in expected.items():
        while (found := _entries(ada, company, action)["meta"]["total"]) != count:
            insist(time.monotonic() < deadline, f"{count} of {action} on record within {WITHIN_SECONDS} s: {found}")
            time.sleep(0.5)


def _entries(ada: Caller, company: Company, action: str) -> Any:
    return ada.ask_quietly(200, "GET", f"{company.path}/audit", params={"action": action, "per_page": 1})


def _row(entry: dict[str, Any], names: Mapping[str, str]) -> tuple[str, str, str, str]:
    actor, target = (entry[name] or "" for name in ("actor_id", "resource_id"))
    who = names.get(actor, entry["actor_type"])
    return (
        entry["created_at"][11:19],
        who,
        entry["action"],
        names.get(target, f"{entry['resource_type']} {target[-8:]}"),
    )
