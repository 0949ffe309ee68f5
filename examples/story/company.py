"""The company of the story as it grows: its tenant, its roles, its people, and how they sign in."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from examples.story.calling import Caller
from examples.story.people import Person

USER_MEMBERS = ("id", "username", "email", "status")
_PASSWORD_BYTES = 18


@dataclass
class Company:
    """``role_ids`` and ``user_ids`` are by name. Only the few who sign in get a password."""

    id: str
    slug: str
    people: list[Person] = field(default_factory=list)
    role_ids: dict[str, str] = field(default_factory=dict)
    user_ids: dict[str, str] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"/api/v1/tenants/{self.id}"

    @property
    def desk(self) -> str:
        """The public client through which the company's people sign in."""
        return f"{self.slug}-desk"

    def first(self, role: str) -> Person:
        """The first person of that role in the CSV."""
        return next(person for person in self.people if person.role == role)

    def new_user(self, person: Person, *, signs_in: bool) -> dict[str, Any]:
        """The body that creates their user."""
        body: dict[str, Any] = {
            "username": person.username,
            "email": person.email,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "metadata": {"department": person.department},
        }
        if signs_in:
            self.passwords[person.username] = body["password"] = secrets.token_urlsafe(_PASSWORD_BYTES)
        return body

    def add(self, caller: Caller, person: Person, *, signs_in: bool, told: bool) -> None:
        """Creates the user and gives them the role that the CSV names."""
        ask = caller.ask if told else caller.ask_quietly
        members = {"show": USER_MEMBERS} if told else {}
        user = ask(201, "POST", f"{self.path}/users", json=self.new_user(person, signs_in=signs_in), **members)["data"]
        self.user_ids[person.username] = user["id"]
        if person.role:
            ask(204, "POST", f"{self.path}/users/{user['id']}/roles", json={"role_id": self.role_ids[person.role]})

    def sign_in(self, caller: Caller, person: Person) -> dict[str, Any]:
        """Their tokens, told."""
        form = {
            "grant_type": "password",
            "client_id": self.desk,
            "username": person.username,
            "password": self.passwords[person.username],
        }
        tokens: dict[str, Any] = caller.ask(200, "POST", "/oauth/token", data=form)
        return tokens
