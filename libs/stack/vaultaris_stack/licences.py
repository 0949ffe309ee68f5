"""`vaultaris license`: making licences with one's own key, and looking into them."""

import pkgutil
import re
import stat
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

from vaultaris_stack.errors import StackError
from vaultaris_stack.paths import write_private

_MINTING = "vaultaris_directory.licences.minting"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_TIER_LIMIT = re.compile(r"(community|pro|enterprise):([a-z_]+)=(\d+)")
_LIMIT = re.compile(r"([a-z_]+)=(\d+)")

app = typer.Typer(help="Make licences with your own key, and look into them.", no_args_is_help=True)

KeyFile = Annotated[Path, typer.Option("--key", help="File with the private key; only its owner may read it.")]
Limits = Annotated[list[str] | None, typer.Option("--limit", help="RESOURCE=N, as often as needed: users=100.")]


@app.command()
def keygen(
    *, key: Annotated[Path, typer.Option("--key", help="File to write the private key to.")] = Path("license.key")
) -> None:
    """Make a key. Its private half goes into a file that only you may read; the public half is printed."""
    if key.exists():
        raise StackError(f"{key} exists; a key that licences were issued with is never overwritten.")
    private, public = _call("generate_key")
    write_private(key, private)
    typer.echo(f"LICENSE_PUBLIC_KEY={public}")
    typer.echo(f"The private key is in {key}. Keep it off the machines that run Vaultaris.", err=True)


@app.command()
def issue(
    to: Annotated[str, typer.Option("--to", help="Whom the licence is issued to.")],
    *,
    key: KeyFile = Path("license.key"),
    tier: Annotated[str, typer.Option("--tier", help="community, pro or enterprise.")] = "pro",
    days: Annotated[int | None, typer.Option("--days", min=1, max=36_500, help="Without: never expires.")] = None,
    grace_days: Annotated[int, typer.Option("--grace-days", min=0, max=365)] = 14,
    tenant: Annotated[
        UUID | None, typer.Option("--tenant", help="The tenant it is for; without: the instance.")
    ] = None,
    limit: Limits = None,
    expired_limit: Annotated[list[str] | None, typer.Option("--expired-limit", help="The same, after grace.")] = None,
    hosting: Annotated[bool, typer.Option("--hosting", help="Lets the tenant host others.")] = False,
    max_hosted: Annotated[int | None, typer.Option("--max-hosted", min=0, help="Without: no cap.")] = None,
    allow_tier: Annotated[list[str] | None, typer.Option("--allow-tier", help="A tier to hand out.")] = None,
    tier_limit: Annotated[list[str] | None, typer.Option("--tier-limit", help="TIER:RESOURCE=N: pro:users=50.")] = None,
) -> None:
    """Issue a licence; it is printed, and nothing else is."""
    claims: dict[str, Any] = {
        "sub": to, "tier": tier, "grace_days": grace_days,
        "limits": _limits(limit), "expired_limits": _limits(expired_limit),
        "features": {
            "hosting": {
                "enabled": hosting, "max_hosted_tenants": max_hosted, "allowed_tiers": allow_tier or [],
                "tiers": _tiers(tier_limit),
            }
        },
    }  # fmt: skip
    if tenant is not None:
        claims["tenant_id"] = str(tenant)
    if days is not None:
        claims["exp"] = int((datetime.now(UTC) + timedelta(days=days)).timestamp())
    typer.echo(_call("issue_licence", _private(key), claims))


@app.command()
def inspect(
    license_file: Annotated[Path, typer.Argument(help="File that holds a licence; - for standard input.")],
    *,
    public_key: Annotated[
        str, typer.Option("--public-key", envvar="LICENSE_PUBLIC_KEY", help="Verifies it; PEM or base64url.")
    ] = "",
) -> None:
    """Show what a licence says. Exit code 1 unless it is good now."""
    text = sys.stdin.read() if str(license_file) == "-" else _read(license_file)
    licence, status = _call("inspect_licence", text.strip(), public_key, datetime.now(UTC))
    hosting = licence.features.hosting
    table = Table(box=None, show_header=False)
    for name, value in (
        ("status", status), ("id", licence.jti), ("issued to", licence.sub), ("tier", licence.tier),
        ("tenant", licence.tenant_id), ("issued", licence.issued_at), ("expires", licence.expires_at or "never"),
        ("grace", f"{licence.grace_days} days"), ("limits", _shown(licence.limits)),
        ("after grace", _shown({**licence.limits, **licence.expired_limits})),
        ("hosting", _shown_hosting(hosting)),
        *((f"  {tier}", _shown(terms.limits)) for tier, terms in hosting.tiers.items()),
    ):  # fmt: skip
        table.add_row(name, str(value))
    Console(highlight=False, markup=False).print(table, soft_wrap=True)
    raise typer.Exit(0 if status in ("active", "grace") else 1)


def _call(function: str, *arguments: Any) -> Any:
    """Runs a function of the directory, which alone knows licences; loaded only now, for the other commands' sake."""
    try:
        return pkgutil.resolve_name(f"{_MINTING}:{function}")(*arguments)
    except ValueError as fault:
        raise StackError(str(fault)) from fault


def _private(path: Path) -> str:
    text = _read(path)
    if path.stat().st_mode & _OTHERS:
        raise StackError(f"Others may read {path}; run: chmod 600 {path}")
    return text


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise StackError(f"{path} can't be read.") from fault


def _limits(given: list[str] | None) -> dict[str, int]:
    found = {text: _LIMIT.fullmatch(text) for text in given or []}
    if bad := [text for text, match in found.items() if match is None]:
        raise StackError(f"{bad[0]} is no limit; write it like users=100.")
    return {match[1]: int(match[2]) for match in found.values() if match}


def _tiers(given: list[str] | None) -> dict[str, dict[str, dict[str, int]]]:
    tiers: dict[str, dict[str, dict[str, int]]] = {}
    for text in given or []:
        match = _TIER_LIMIT.fullmatch(text)
        if match is None:
            raise StackError(f"{text} is no tier's limit; write it like pro:users=50.")
        tiers.setdefault(match[1], {"limits": {}})["limits"][match[2]] = int(match[3])
    return tiers


def _shown(limits: dict[str, int | None]) -> str:
    return ", ".join(f"{name} {limit}" for name, limit in sorted(limits.items()) if limit is not None) or "no caps"


def _shown_hosting(hosting: Any) -> str:
    if not hosting.enabled:
        return "off"
    cap = "any number" if hosting.max_hosted_tenants is None else str(hosting.max_hosted_tenants)
    return f"{cap}; tiers: {', '.join(hosting.allowed_tiers) or 'community'}"
