"""The command line `vaultaris`: runs the product on one machine, without containers."""

import json
import os
import pkgutil
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from vaultaris_stack import control, licences
from vaultaris_stack.assembly import Options
from vaultaris_stack.backup import back_up
from vaultaris_stack.backup import restore as restore_backup
from vaultaris_stack.console import terminal_console
from vaultaris_stack.doctor import diagnose
from vaultaris_stack.errors import StackError
from vaultaris_stack.externals import Externals, setting, user_environ
from vaultaris_stack.follow import show_logs
from vaultaris_stack.local import stop_stack
from vaultaris_stack.paths import DEFAULT_NAME, DataDirectory, current_folder
from vaultaris_stack.status import read_status, show_status
from vaultaris_stack.topology import MAX_REPLICAS, read_topology
from vaultaris_stack.up import up_detached, up_here

_INTERRUPTED = 130

app = typer.Typer(
    help="Vaultaris on this machine: PostgreSQL, Valkey, NATS, Envoy and the services as ordinary processes.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.add_typer(licences.app, name="license")

Data = Annotated[Path, typer.Option("--data", help="Folder that holds everything of this stack.")]
Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="Port of the gateway.")]
Replicas = Annotated[int | None, typer.Option("--replicas", min=1, max=MAX_REPLICAS, help="Processes of each service.")]
Part = Annotated[str, typer.Argument(help="A process as `vaultaris status` names it.")]

_DATA = Path(DEFAULT_NAME)
_PORT = 8080


@app.command()
def up(
    *,
    detach: Annotated[bool, typer.Option("--detach", "-d", help="Return once the stack is ready.")] = False,
    port: Port = _PORT,
    data: Data = _DATA,
    replicas: Replicas = None,
    topology: Annotated[Path | None, typer.Option("--topology", hidden=True)] = None,
) -> None:
    """Start the stack; with its log in this terminal until Ctrl-C, or detached."""
    services = read_topology(topology).replicated(replicas)
    options = Options(DataDirectory(data), port, user_environ(current_folder()), services)
    if detach:
        up_detached(options)
    else:
        up_here(options)


@app.command()
def down(*, data: Data = _DATA) -> None:
    """Stop the stack. Its data stays."""
    folder = DataDirectory(data)
    typer.echo("Stopped." if stop_stack(folder) else f"Nothing runs on {folder.root}.")


@app.command()
def status(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    data: Data = _DATA,
) -> None:
    """Show every process. Exit code 1 unless all of them are ready."""
    found = read_status(DataDirectory(data))
    if as_json:
        typer.echo(json.dumps(found.as_json(), indent=2))
    else:
        show_status(Console(highlight=False), found)
    raise typer.Exit(0 if found.ready else 1)


@app.command()
def logs(
    name: Annotated[str | None, typer.Argument(help="A process; all of them without.")] = None,
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, max=10_000, help="How many of the last lines.")] = 20,
    data: Data = _DATA,
) -> None:
    """Show what the processes wrote."""
    console = terminal_console("NO_COLOR" in os.environ)
    show_logs(DataDirectory(data).logs, name, lines, console, follow=follow)


@app.command()
def start(name: Part, *, data: Data = _DATA) -> None:
    """Start a process that was stopped, and wait until it is ready."""
    control.ask(DataDirectory(data), "start", name=name)
    typer.echo(f"{name} is ready.")


@app.command()
def stop(name: Part, *, data: Data = _DATA) -> None:
    """Stop one process. It stays down until it is started."""
    control.ask(DataDirectory(data), "stop", name=name)
    typer.echo(f"{name} is stopped.")


@app.command()
def restart(name: Part, *, data: Data = _DATA) -> None:
    """Stop and start one process. After a change of code restart `zygote`: it loads all services anew."""
    control.ask(DataDirectory(data), "restart", name=name)
    typer.echo(f"{name} is ready.")


@app.command()
def migrate(*, data: Data = _DATA) -> None:
    """Bring the database's schemas up to date: those of the running stack, else where MIGRATION_DATABASE_URL points."""
    environ = user_environ(current_folder())
    owner = Externals.found_in(environ).database_owner
    try:
        control.ask(DataDirectory(data), "migrate")
    except control.NotRunning:
        if owner is None:
            raise
        _migrate_external(owner, setting(environ, "DATABASE_SERVICE_PASSWORD"))
    typer.echo("The schemas are up to date.")


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(metavar="FILE", help="File to write. It will hold all secrets.")],
    *,
    data: Data = _DATA,
) -> None:
    """Write a running stack into one file: database, secrets, events on their way. It goes on serving."""
    back_up(DataDirectory(data), target)
    typer.echo(f"{target} holds everything, secrets too: keep it where you keep those.")


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="What `vaultaris backup` wrote.")],
    *,
    data: Data = _DATA,
) -> None:
    """Make a new data folder out of a backup; `vaultaris up` then starts it."""
    folder = DataDirectory(data)
    manifest = restore_backup(source, folder)
    typer.echo(f"{folder.root} is as it was at {manifest['taken_at']}. `vaultaris up` starts it.")


@app.command()
def doctor(*, port: Port = _PORT, data: Data = _DATA) -> None:
    """Look for what is wrong, and say how to mend it. Exit code 1 when there is something."""
    console = Console(highlight=False)
    findings = list(diagnose(DataDirectory(data), port, user_environ(current_folder())))
    for finding in findings:
        console.print(Text.assemble(("✗ ", "red"), finding.problem), soft_wrap=True)
        console.print(Text.assemble(("  → ", "cyan"), finding.fix), soft_wrap=True)
    if not findings:
        console.print(Text.assemble(("✓ ", "green"), "Nothing is wrong."))
    raise typer.Exit(1 if findings else 0)


def _migrate_external(owner_url: str, service_password: str | None) -> None:
    """Works in this process, as a container does before its services start."""
    if not service_password:
        raise StackError("Set DATABASE_SERVICE_PASSWORD: the password that the services' database roles get.")
    topology = read_topology(None)
    pkgutil.resolve_name(topology.migrate)(owner_url, service_password, topology.with_database)


def main() -> None:
    """Runs a command; a StackError becomes its message and exit code 1."""
    try:
        app(standalone_mode=True)
    except StackError as failure:
        Console(stderr=True, highlight=False).print(Text(str(failure), style="red"), soft_wrap=True)
        sys.exit(1)
    except PermissionError as failure:
        typer.echo(f"{failure.strerror}: {failure.filename}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
