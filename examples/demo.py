"""Tells what Vaultaris does, with real calls to a running stack: `make up` in one terminal, `make demo` in another.

Every call is printed as a curl line with its answer. The story can be told again and again: each run makes a
company of its own. Exit code 0 means that everything happened as told.
"""

import os
import signal
import sys
import time
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console
from rich.text import Text

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a script, Python looks beside it only

from examples.story import application, decisions, founding, instance
from examples.story.calling import Caller, Untrue
from examples.story.telling import Teller
from examples.story.trail import read_trail, subject

TIMEOUT_SECONDS = 35.0
HEADERS = {"User-Agent": "vaultaris-demo"}
TERMINATED = 128 + signal.SIGTERM
STATE = Path(".vaultaris-demo")


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    url: Annotated[str, typer.Option(help="Where the gateway answers.")] = "http://127.0.0.1:8080",
    state: Annotated[Path, typer.Option(help="Folder for the demo's own notes.")] = STATE,
) -> None:
    """Tell Vaultaris' story on real calls."""
    console = Console(highlight=False)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))  # an exception: so the application is ended, too
    started = time.monotonic()
    try:
        with httpx.Client(base_url=url, timeout=TIMEOUT_SECONDS, headers=HEADERS) as http:
            tell(Caller(Teller(console), http), state)
    except httpx.TransportError as failure:
        console.print(f"[red]✗[/] {url} does not answer ({failure}). Start the stack first: make up", soft_wrap=True)
        raise typer.Exit(1) from None
    except Untrue as fault:
        console.print(Text.assemble("\n", ("✗ Not as told. ", "bold red"), str(fault)), soft_wrap=True)
        raise typer.Exit(1) from None
    console.print(f"\n  [bold green]All of it was true.[/] {time.monotonic() - started:.0f} s\n")


def tell(caller: Caller, state: Path) -> None:
    """The story from setup to the audit trail. Raises Untrue where it isn't."""
    url, csv = str(caller.http.base_url), state / "people.csv"
    login = instance.set_up(caller, instance.KeptLogin(state, url), _given_login())
    root = instance.sign_in(caller, login)
    company = founding.found(root, csv)
    ada = caller.with_token(company.sign_in(caller, company.first(founding.ADMINISTRATOR))["access_token"])
    founding.add_roles(ada, company)
    founding.import_people(ada, company, csv)
    client_id, client_secret = application.register(ada, company)
    asking = decisions.application_token(caller, client_id, client_secret)
    decisions.check(asking, company)
    with (
        application.orders_running(url, company.id, client_id, client_secret) as address,
        httpx.Client(base_url=address, timeout=TIMEOUT_SECONDS) as door,
    ):
        approver, clerk = decisions.visit(caller, Caller(caller.teller, door), company)
        decisions.take_role_away(ada, company, approver)
        decisions.revoke_session(ada, asking, company, clerk)
    people = {user_id: name for name, user_id in company.user_ids.items()}
    read_trail(ada, company, {**people, subject(root.token): login.username, subject(asking.token): "orders"})


def _given_login() -> instance.Login | None:
    username, password = (os.environ.get(name) for name in ("VAULTARIS_ADMIN", "VAULTARIS_ADMIN_PASSWORD"))
    return instance.Login(username, password) if username and password else None


if __name__ == "__main__":
    app()
