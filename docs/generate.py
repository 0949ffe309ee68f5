"""Writes docs/configuration.md and docs/rights.md from the code: `python docs/generate.py`.

With `--check` writes nothing, and exits with 1 when a page is not what the code says.
"""

import sys
from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from vaultaris_edge.settings import EdgeSettings
from vaultaris_gateway.settings import GatewaySettings
from vaultaris_kit.rights import INSTANCE_RIGHTS, RESOURCES
from vaultaris_kit.settings import PLACEHOLDER, Settings

FOLDER = Path(__file__).resolve().parent
SERVICES = ("auth", "directory", "policy", "sessions", "plugins", "audit")
BOUNDS = (("ge", "≥"), ("gt", ">"), ("le", "≤"), ("lt", "<"))

CONFIGURATION = """\
# Configuration

Written by `docs/generate.py` from the settings classes; change those.

All configuration is environment variables, the same locally, under Compose and in Kubernetes. A process also
reads a `.env` file in its working directory; the environment comes first. For every `NAME`, `NAME_FILE` may name a
file that holds the value (secrets by file). An empty variable counts as not set. A value outside its bounds stops
the process at its start, with the reason.

Outside `DEV=true` a process refuses to start with a placeholder secret or without mutual TLS between services.
The local stack (`make up`) runs in development mode, generates its secrets and certificates, and chooses all
addresses; what you set in your shell or in `.env` beyond those is handed on to every process.
"""
STACK = """
## Migration and the local stack

| name | default | meaning |
|---|---|---|
| `MIGRATION_DATABASE_URL` | `DATABASE_URL` | The owner's connection, used by `vaultaris migrate` alone. |
| `DATABASE_SERVICE_PASSWORD` | | Password that migration gives the services' database roles. Secret. |
| `DATABASE_URL`, `REDIS_URL`, `NATS_URL` | embedded | Set for `vaultaris up`, they replace the part it would start. |
| `ENVOY_CONCURRENCY` | `2` | Worker threads of the local stack's Envoy. |
"""
RIGHTS = """\
# Rights

Written by `docs/generate.py` from `libs/kit/vaultaris_kit/rights.py`; change that.

Who may call an endpoint of the management API is a right: `resource:action`. A role grants rights by permissions of
that name; `*` stands for any resource or any action. Nobody can grant a right that they don't hold, to a
role, to an OAuth client or to an API key. A client's own token holds those of its scopes that are rights; an API key
has the rights of its owner (a tenant's are `*:*`, a group's those of its roles), narrowed to its scopes.

| system role | holds |
|---|---|
| `tenant-admin` | `*:*` within its tenant; in the master tenant that makes an administrator of the instance |
| `tenant-auditor` | `*:read` |
| `tenant-user` | nothing; what people do for themselves needs no right |

| resource | actions |
|---|---|
"""
INSTANCE = """
Bold: beyond one tenant, so for administrators of the instance alone.
"""


def configuration() -> str:
    """The page of all environment variables."""
    sections = [_section("Every service", Settings, Settings.model_fields)]
    for service in SERVICES:
        if own := _own_settings(service):
            sections.append(_section(f"Service {service}", own, _beyond(own, Settings)))
    sections.append(_section("Gateway (Envoy)", GatewaySettings, GatewaySettings.model_fields))
    sections.append(_section("Edge", EdgeSettings, _beyond(EdgeSettings, Settings, GatewaySettings)))
    return CONFIGURATION + "".join(sections) + STACK


def rights() -> str:
    """The page of the catalogue of rights."""
    rows = (f"| `{resource}` | {_actions(resource, actions)} |\n" for resource, actions in RESOURCES.items())
    return RIGHTS + "".join(rows) + INSTANCE


PAGES = {"configuration.md": configuration, "rights.md": rights}


def main(arguments: list[str]) -> int:
    """Writes the pages, or checks them; the exit code."""
    stale = [name for name, render in PAGES.items() if _current(name) != render()]
    if arguments == ["--check"]:
        for name in stale:
            sys.stderr.write(f"docs/{name} is not what the code says; run: python docs/generate.py\n")
        return 1 if stale else 0
    for name in stale:
        (FOLDER / name).write_text(PAGES[name](), encoding="utf-8")
    return 0


def _current(name: str) -> str:
    path = FOLDER / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _own_settings(service: str) -> type[Settings] | None:
    """The settings class of a service, if it has one."""
    name = f"vaultaris_{service}.settings"
    if find_spec(name) is None:
        return None
    found = vars(import_module(name)).values()
    return next(each for each in found if isinstance(each, type) and each.__module__ == name)


def _beyond(settings: type[BaseModel], *others: type[BaseModel]) -> dict[str, FieldInfo]:
    known = {name for other in others for name in other.model_fields}
    return {name: field for name, field in settings.model_fields.items() if name not in known}


def _section(title: str, settings: type[BaseModel], fields: dict[str, FieldInfo]) -> str:
    if not fields:
        return ""
    rows = "".join(_row(name, field) for name, field in fields.items())
    return (
        f"\n## {title}\n\n{_first_line(settings)}\n\n| name | default | allowed | meaning |\n|---|---|---|---|\n{rows}"
    )


def _first_line(settings: type[BaseModel]) -> str:
    return (settings.__doc__ or "").splitlines()[0]


def _row(name: str, field: FieldInfo) -> str:
    return f"| `{name.upper()}` | {_default(field)} | {_allowed(field)} | {field.description} |\n"


def _default(field: FieldInfo) -> str:
    if field.default_factory is not None:
        return "depends on the machine"
    value: Any = field.default
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        value = ",".join(str(each) for each in value)
    if isinstance(value, bool):
        value = str(value).lower()
    if PLACEHOLDER in str(value):
        return "placeholder"
    return "" if value in (None, "") else f"`{value}`"


def _allowed(field: FieldInfo) -> str:
    if field.annotation is bool:
        return "`true`, `false`"
    if field.annotation is SecretStr:
        return "secret"
    if get_origin(field.annotation) is Literal:
        return ", ".join(f"`{choice}`" for choice in get_args(field.annotation))
    if get_origin(field.annotation) is tuple:
        return "comma list"
    return ", ".join(_bounds(field.metadata))


def _bounds(constraints: Iterable[object]) -> Iterable[str]:
    for constraint in constraints:
        for attribute, sign in BOUNDS:
            if (limit := getattr(constraint, attribute, None)) is not None:
                yield f"{sign} {limit}"


def _actions(resource: str, actions: Iterable[str]) -> str:
    named = (f"**{action}**" if f"{resource}:{action}" in INSTANCE_RIGHTS else action for action in actions)
    return ", ".join(named)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
