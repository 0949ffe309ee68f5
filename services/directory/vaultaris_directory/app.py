"""The directory service, composed."""

from vaultaris.directory.v1.directory_pb2_grpc import add_DirectoryServiceServicer_to_server
from vaultaris_directory.allow_lists import routes as allow_lists
from vaultaris_directory.allow_lists.events import SUBJECTS as ALLOW_LIST_SUBJECTS
from vaultaris_directory.allow_lists.events import AllowListKeeper
from vaultaris_directory.application_links import group_routes as application_groups
from vaultaris_directory.application_links import permission_routes as application_permissions
from vaultaris_directory.application_links import role_routes as application_roles
from vaultaris_directory.applications import routes as applications
from vaultaris_directory.applications.servicer import ApplicationServicer
from vaultaris_directory.base import IDEMPOTENCY_KEYS, OUTBOX, SCHEMA
from vaultaris_directory.bulk import routes as bulk
from vaultaris_directory.effective.servicer import EffectiveServicer
from vaultaris_directory.effective.source import local_source
from vaultaris_directory.groups import membership_routes as group_memberships
from vaultaris_directory.groups import routes as groups
from vaultaris_directory.hosted import routes as hosted
from vaultaris_directory.integration import routes as integration
from vaultaris_directory.licences import routes as licences
from vaultaris_directory.licences.settler import Settler
from vaultaris_directory.members import routes as members
from vaultaris_directory.passwords import build
from vaultaris_directory.passwords.blocklist import load_common_passwords
from vaultaris_directory.passwords.hashing import Passwords
from vaultaris_directory.passwords.last_sign_ins import LastSignIns
from vaultaris_directory.passwords.servicer import PasswordServicer
from vaultaris_directory.permissions import routes as permissions
from vaultaris_directory.roles import routes as roles
from vaultaris_directory.roles.servicer import RoleServicer
from vaultaris_directory.settings import DirectorySettings
from vaultaris_directory.setup import routes as setup
from vaultaris_directory.setup.tokens import announce_setup_token
from vaultaris_directory.templates import routes as templates
from vaultaris_directory.templates.completing import complete_parts
from vaultaris_directory.tenants import routes as tenants
from vaultaris_directory.tenants.servicer import TenantServicer
from vaultaris_directory.users import membership_routes as user_memberships
from vaultaris_directory.users import routes as users
from vaultaris_directory.users.servicer import UserServicer
from vaultaris_kit.http.body import MEBIBYTE
from vaultaris_kit.logs import get_logger
from vaultaris_kit.service import Runtime, Service

log = get_logger(__name__)


class DirectoryServicer(
    TenantServicer, UserServicer, PasswordServicer, EffectiveServicer, RoleServicer, ApplicationServicer
):
    """The gRPC service, each slice's methods in its own file."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime


async def start(runtime: Runtime) -> None:
    """Provides the password pool, serves gRPC, and asks for the setup when it has not been done."""
    settings = runtime.settings
    assert isinstance(settings, DirectorySettings)
    runtime.provide(
        Passwords(
            workers=settings.password_workers, queue=settings.password_queue, common=load_common_passwords(),
            memory_kib=settings.password_memory_kib, passes=settings.password_passes,
        )
    )  # fmt: skip
    log.info("argon2id", build=build.chosen())
    sign_ins = LastSignIns(runtime.database)
    runtime.provide(sign_ins)
    runtime.background(sign_ins.run())
    runtime.provide(settings.licences())
    settler = Settler(runtime)
    runtime.provide(settler)
    runtime.background(settler.run())
    add_DirectoryServiceServicer_to_server(DirectoryServicer(runtime), runtime.grpc)
    runtime.consume("allow-lists", ALLOW_LIST_SUBJECTS, AllowListKeeper(runtime).take)
    runtime.background(complete_parts(runtime))
    await announce_setup_token(runtime)


SERVICE = Service(
    name=SCHEMA,
    title="Vaultaris directory",
    settings=DirectorySettings,
    routers=[
        setup.router,
        licences.setup_router,
        licences.router,
        tenants.router,
        hosted.router,
        bulk.router,
        users.router,
        user_memberships.router,
        roles.router,
        permissions.router,
        groups.router,
        group_memberships.router,
        allow_lists.router,
        applications.router,
        application_roles.router,
        application_groups.router,
        application_permissions.router,
        members.router,
        templates.router,
        integration.router,
    ],
    large_bodies={"/users/import": 64 * MEBIBYTE, "/templates/import": 8 * MEBIBYTE},
    long_requests=("/users/import", "/users/export", "/templates/import"),
    outbox=OUTBOX,
    idempotency_keys=IDEMPOTENCY_KEYS,
    start=start,
    source=local_source,
)
