"""The auth service: signing keys, OAuth clients, tokens and their revocation, API keys."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from vaultaris.auth.v1.auth_pb2 import VerificationKey
from vaultaris.auth.v1.auth_pb2_grpc import add_AuthServiceServicer_to_server
from vaultaris.configuration.v1.configuration_pb2_grpc import add_ConfigurationServiceServicer_to_server
from vaultaris_auth.api_keys.application_routes import router as application_api_keys
from vaultaris_auth.api_keys.group_routes import router as group_api_keys
from vaultaris_auth.api_keys.presented import own_api_keys
from vaultaris_auth.api_keys.routes import me as presented_api_key
from vaultaris_auth.api_keys.routes import router as api_keys
from vaultaris_auth.application_links.client_routes import alias_router as application_oauth_clients
from vaultaris_auth.application_links.client_routes import router as application_clients
from vaultaris_auth.application_links.owned import OWNED
from vaultaris_auth.application_links.provider_routes import router as application_providers
from vaultaris_auth.backchannel_logout.notifier import LogoutNotifier
from vaultaris_auth.base import IDEMPOTENCY_KEYS, OUTBOX, SCHEMA
from vaultaris_auth.clients.registry import ClientRegistry
from vaultaris_auth.clients.routes import router as clients
from vaultaris_auth.configuration import sections
from vaultaris_auth.consents.own_routes import router as own_consents
from vaultaris_auth.consents.routes import router as consents
from vaultaris_auth.device_authorizations.codes import UserCodes
from vaultaris_auth.discovery.routes import router as discovery
from vaultaris_auth.events import SUBJECTS, EventHandler
from vaultaris_auth.hosted.pages import router as hosted_pages
from vaultaris_auth.hosted.parts import provide_hosted
from vaultaris_auth.hosted.routes import router as hosted
from vaultaris_auth.housekeeping import keep_house
from vaultaris_auth.identity_providers.operations import Rules
from vaultaris_auth.identity_providers.routes import router as identity_providers
from vaultaris_auth.keys.keyring import Keyring
from vaultaris_auth.keys.routes import router as keys
from vaultaris_auth.keys.schedule import Schedule, keep_rotating
from vaultaris_auth.limits import CLIENTS, IDENTITY_PROVIDERS, limit_keeper
from vaultaris_auth.oauth.client_authentication.assertions import Assertions
from vaultaris_auth.oauth.client_authentication.client_keys import ClientKeys
from vaultaris_auth.oauth.routes import pages as oauth_pages
from vaultaris_auth.oauth.routes import router as oauth
from vaultaris_auth.one_time.values import claims_in
from vaultaris_auth.refresh_tokens.succession import Succession
from vaultaris_auth.revocations import repository
from vaultaris_auth.revocations.announcer import Announcer
from vaultaris_auth.servicer import AuthServicer
from vaultaris_auth.settings import AuthSettings
from vaultaris_auth.validation.routes import router as validation
from vaultaris_kit.application_links.elsewhere import OwnedResources
from vaultaris_kit.applications import Applications
from vaultaris_kit.authn import KeySource
from vaultaris_kit.configuration import ConfigurationServicer
from vaultaris_kit.crypto import Sealer
from vaultaris_kit.outbound import Outbound
from vaultaris_kit.replay import Claim
from vaultaris_kit.revocation_asks import AskMany, Question
from vaultaris_kit.service import Runtime, Service


async def start(runtime: Runtime) -> None:
    """Makes the service's parts, and begins to listen, announce and clean up."""
    for part in _parts(runtime):
        runtime.provide(part)
    keyring, announcer = runtime.get(Keyring), runtime.get(Announcer)
    provide_hosted(runtime, keyring.sealer)
    add_AuthServiceServicer_to_server(AuthServicer(runtime), runtime.grpc)
    configuration = ConfigurationServicer(runtime, sections(runtime), (CLIENTS, IDENTITY_PROVIDERS))
    add_ConfigurationServiceServicer_to_server(configuration, runtime.grpc)
    for work in (
        keyring.listen(),
        runtime.get(ClientRegistry).listen(),
        runtime.get(Applications).listen(),
        announcer.run(),
        keep_rotating(runtime.database, keyring, _schedule(runtime)),
        keep_house(runtime.database, keyring.sealer),
        LogoutNotifier(runtime, runtime.get(Outbound)).run(),
    ):
        runtime.background(work)
    keeper = limit_keeper(runtime)
    runtime.provide(keeper)
    keeper.start()
    runtime.consume("guarantee", SUBJECTS, EventHandler(runtime).take)
    OwnedResources(runtime, OWNED).start()


def _schedule(runtime: Runtime) -> Schedule:
    settings = runtime.settings
    assert isinstance(settings, AuthSettings)
    return Schedule(
        timedelta(days=settings.signing_key_rotation_days), timedelta(seconds=settings.signing_key_publish_secs)
    )


def _parts(runtime: Runtime) -> Iterator[object]:
    settings, database = runtime.settings, runtime.database
    secret = settings.encryption_key.get_secret_value().encode()
    sealer, outbound = Sealer(*settings.encryption_keys), Outbound.configured(settings)
    audiences = (settings.issuer, *(f"{settings.external_url}/oauth/{endpoint}" for endpoint in ("token", "par")))
    yield Keyring(database, sealer, runtime.bus)
    yield ClientRegistry(database, runtime.bus)
    yield Announcer(database, runtime.bus, runtime.revocations)
    yield Applications(runtime.peers, runtime.bus)
    yield Rules(outbound.guard, sealer)
    yield outbound
    yield Assertions(audiences, ClientKeys(outbound), sealer, claims_in(database))
    yield Succession(secret)
    yield UserCodes(secret)


def _own_keys(runtime: Runtime) -> KeySource:
    """Auth verifies with its own table; it does not call itself."""

    async def find(kid: str) -> VerificationKey:
        return await runtime.get(Keyring).find(kid)

    return find


def _own_revocations(runtime: Runtime) -> AskMany:
    """What auth asks when its watch on the live set is lost: its own table."""

    async def are_revoked(questions: Sequence[Question]) -> Sequence[bool]:
        async with runtime.database.instance() as session:
            return await repository.covers_each(session, questions)

    return are_revoked


def _own_claims(runtime: Runtime) -> Claim:
    """Auth's own table is what remembers while Valkey is away."""
    return claims_in(runtime.database)


SERVICE = Service(
    name=SCHEMA,
    title="Auth",
    settings=AuthSettings,
    # the hottest paths are tried first
    routers=(
        oauth,
        validation,
        discovery,
        keys,
        clients,
        presented_api_key,
        api_keys,
        group_api_keys,
        application_api_keys,
        identity_providers,
        oauth_pages,
        consents,
        hosted,
        hosted_pages,
        own_consents,
        application_clients,
        application_oauth_clients,
        application_providers,
    ),
    outbox=OUTBOX,
    idempotency_keys=IDEMPOTENCY_KEYS,
    start=start,
    keys=_own_keys,
    check_revoked=_own_revocations,
    api_keys=own_api_keys,
    claim=_own_claims,
    own_queries=("/oauth/", "/hosted/"),
)
