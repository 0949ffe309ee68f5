"""The sessions service: who is signed in, from where, until when, and how it ends."""

from datetime import timedelta

from vaultaris.sessions.v1.sessions_pb2_grpc import add_SessionsServiceServicer_to_server
from vaultaris_kit.service import Runtime, Service
from vaultaris_sessions.base import OUTBOX
from vaultaris_sessions.sessions.events import GATHER_SECONDS, SUBJECTS, Inbox
from vaultaris_sessions.sessions.expiry import Sweeper
from vaultaris_sessions.sessions.lifetimes import Lifetimes
from vaultaris_sessions.sessions.recent import RecentSignIns
from vaultaris_sessions.sessions.revocation import Announcer
from vaultaris_sessions.sessions.routes import router as sessions_router
from vaultaris_sessions.sessions.servicer import SessionsServicer
from vaultaris_sessions.settings import SessionsSettings
from vaultaris_sessions.validation.operations import Validator
from vaultaris_sessions.validation.routes import router as validation_router


async def start(runtime: Runtime) -> None:
    """Puts the parts together and begins to listen to events."""
    settings = runtime.settings
    assert isinstance(settings, SessionsSettings)
    lifetimes = Lifetimes(
        timedelta(seconds=settings.session_idle_secs), timedelta(seconds=settings.session_absolute_secs)
    )
    announcer, recent = Announcer(runtime.peers, runtime.revocations), RecentSignIns()
    runtime.provide(announcer)
    runtime.provide(Validator(runtime.database, runtime.access, runtime.authenticator, announcer))
    add_SessionsServiceServicer_to_server(
        SessionsServicer(runtime.database, announcer, lifetimes, recent), runtime.grpc
    )
    inbox = Inbox(runtime.database, announcer, lifetimes, recent)
    runtime.consume("inbox", SUBJECTS, inbox.take, pause=GATHER_SECONDS)
    runtime.background(Sweeper(runtime.database, runtime.bus, settings.session_sweep_secs).run())


SERVICE = Service(
    name="sessions",
    title="Sessions",
    settings=SessionsSettings,
    routers=(sessions_router, validation_router),
    outbox=OUTBOX,
    start=start,
)
