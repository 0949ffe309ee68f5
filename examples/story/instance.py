"""Chapters 1 and 2: the instance is set up, unless it is already, and its administrator signs in."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

import typer

from examples.story.calling import Caller, Untrue

CONSOLE_CLIENT = "vaultaris-console"
_PRIVATE = 0o600
_PASSWORD_BYTES = 18
_BY_ENVIRONMENT = "VAULTARIS_ADMIN and VAULTARIS_ADMIN_PASSWORD"


@dataclass(frozen=True)
class Login:
    """What the instance's administrator signs in with."""

    username: str
    password: str


class KeptLogin:
    """The demo's own note of the login that it chose for the instance at ``url``; readable by its owner alone."""

    def __init__(self, folder: Path, url: str) -> None:
        self.path = folder / f"{urlsplit(url).netloc.replace(':', '-')}.json"

    def read(self) -> Login | None:
        try:
            return Login(**json.loads(self.path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None

    def choose(self) -> Login:
        """A new login, written down before it is used."""
        login = Login("admin", secrets.token_urlsafe(_PASSWORD_BYTES))
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.unlink(missing_ok=True)
        with open(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE), "w", encoding="utf-8") as file:
            json.dump(asdict(login), file)
        return login


def set_up(caller: Caller, kept: KeptLogin, given: Login | None) -> Login:
    """Sets the instance up if that is still to be done. The administrator's login: given, kept, chosen or asked for."""
    caller.teller.chapter("Set up", "A fresh instance has nobody in it. Setup makes the first administrator, once.")
    state = caller.ask(200, "GET", "/setup/check")["data"]
    if not state["requires_setup"]:
        caller.teller.say("It is set up already: on with the story.")
        return given or kept.read() or _asked(kept)
    login = given or kept.choose()
    if not given:
        caller.teller.say(f"The demo chooses a password and keeps it in {kept.path} (mode 0600).")
    body = {"admin_username": login.username, "admin_email": "admin@example.com", "admin_password": login.password}
    caller.ask(201, "POST", "/setup", json=body, show=("id", "name", "slug", "admin_user", "client", "client_id"))
    caller.teller.proven("The instance has its administrator.")
    return login


def sign_in(caller: Caller, login: Login) -> Caller:
    """The instance's administrator, signed in."""
    caller.teller.chapter("Sign in", "Setup also made the client [b]vaultaris-console[/], for people at a terminal.")
    form = {
        "grant_type": "password",
        "client_id": CONSOLE_CLIENT,
        "username": login.username,
        "password": login.password,
    }
    try:
        tokens = caller.ask(200, "POST", "/oauth/token", data=form)
    except Untrue as refusal:
        raise Untrue(f"{refusal}\nIf the administrator is another one, name them: {_BY_ENVIRONMENT}.") from None
    return caller.with_token(tokens["access_token"])


def _asked(kept: KeptLogin) -> Login:
    if not os.isatty(0):
        raise Untrue(f"Somebody else set this instance up, and {kept.path} holds no login. Give it: {_BY_ENVIRONMENT}.")
    return Login(typer.prompt("  Administrator"), typer.prompt("  Password", hide_input=True))
