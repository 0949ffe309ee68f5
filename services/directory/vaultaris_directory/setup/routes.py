"""HTTP: first-run setup. Public, because nobody can sign in yet."""

from typing import Annotated

from fastapi import APIRouter, Header, Request

from vaultaris_directory.licences.holder import Licences
from vaultaris_directory.licences.in_force import terms_in
from vaultaris_directory.licences.token import COMMUNITY
from vaultaris_directory.passwords.hashing import Passwords
from vaultaris_directory.passwords.policy import PasswordPolicy
from vaultaris_directory.passwords.setting import NewPassword, hash_new_password
from vaultaris_directory.setup import operations
from vaultaris_directory.setup.passkeys import begin_passkey, complete_passkey
from vaultaris_directory.setup.schemas import (
    ChallengeBody,
    ChallengeOut,
    SetupBody,
    SetupDone,
    SetupState,
    SetupStatus,
    challenge_out,
    setup_done,
)
from vaultaris_directory.setup.tokens import check_setup_token, forget_setup_token
from vaultaris_directory.tenants.operations import provision_in_auth
from vaultaris_kit.database import Database
from vaultaris_kit.http.app import VERSION
from vaultaris_kit.http.body import JsonRoute
from vaultaris_kit.http.dependencies import runtime_of
from vaultaris_kit.http.envelopes import One, one
from vaultaris_kit.ids import MASTER_TENANT_ID
from vaultaris_kit.service import Runtime

router = APIRouter(prefix="/setup", tags=["setup"], route_class=JsonRoute)

SetupTokenHeader = Annotated[
    str | None, Header(alias="X-Setup-Token", max_length=200, description="Printed at the first start.")
]


@router.get("/check", operation_id="setup-check")
async def check_setup(request: Request) -> One[SetupState]:
    done = await _is_configured(runtime_of(request).database)
    return one(SetupState(is_configured=done, requires_setup=not done, admin_exists=done))


@router.get("/status", operation_id="setup-status")
async def read_setup_status(request: Request) -> One[SetupStatus]:
    runtime = runtime_of(request)
    done = await _is_configured(runtime.database)
    return one(
        SetupStatus(
            is_configured=done,
            requires_setup=not done,
            admin_exists=done,
            version=VERSION,
            has_license=await _has_licence(runtime),
            database_ready=True,
            setup_token_required=not done and not runtime.settings.dev,
        )
    )


@router.post("/webauthn-challenge", operation_id="setup-webauthn-challenge")
async def challenge_administrator(
    request: Request, body: ChallengeBody, token: SetupTokenHeader = None
) -> ChallengeOut:
    """Creation options for the first administrator's passkey. The challenge holds for five minutes and for once."""
    runtime = runtime_of(request)
    await _refuse_early(runtime, token)
    return challenge_out(await begin_passkey(runtime.peers, body))


@router.post("", operation_id="setup-run", status_code=201)
async def run_setup(request: Request, body: SetupBody, token: SetupTokenHeader = None) -> One[SetupDone]:
    """Creates the master tenant, its system roles and signing keys, the administrator and the console's client.

    A passkey is enrolled beside the password, which stays compulsory while passkeys alone sign nobody in.
    """
    runtime = runtime_of(request)
    await _refuse_early(runtime, token)
    wanted = NewPassword(body.admin_password, (body.admin_username, body.admin_email), field="admin_password")
    password_hash = await hash_new_password(runtime.get(Passwords), PasswordPolicy(), wanted, mfa_required=False)
    async with runtime.database.tenant(MASTER_TENANT_ID) as session:
        await operations.begin_setup(session)
        admin_id = await complete_passkey(runtime.peers, body.webauthn)
        master, admin = await operations.set_up(
            session, tenant=body.tenant(), admin={**body.admin(), "id": admin_id}, password_hash=password_hash
        )
        await forget_setup_token(session)
        provisioned = await provision_in_auth(runtime.peers, MASTER_TENANT_ID, with_console_client=True)
    return one(setup_done(master, admin, provisioned.console_client_id))


async def _refuse_early(runtime: Runtime, token: str | None) -> None:
    """Before any work: an instance that is set up says so, and a stranger gets no further than the token."""
    async with runtime.database.tenant(MASTER_TENANT_ID) as session:
        await operations.begin_setup(session)
        if not runtime.settings.dev:
            await check_setup_token(session, token)


async def _has_licence(runtime: Runtime) -> bool:
    async with runtime.database.tenant(MASTER_TENANT_ID) as session:
        return (await terms_in(session, runtime.get(Licences), MASTER_TENANT_ID)).licence is not COMMUNITY


async def _is_configured(database: Database) -> bool:
    async with database.tenant(MASTER_TENANT_ID) as session:
        return await operations.is_configured(session)
