"""The audit service: a tamper-evident trail of everything that happened, fed by events alone."""

from vaultaris.audit.v1.audit_pb2_grpc import add_AuditServiceServicer_to_server
from vaultaris_audit.base import OUTBOX
from vaultaris_audit.chain.routes import router as chain_router
from vaultaris_audit.entries.routes import router as entries_router
from vaultaris_audit.entries.servicer import AuditServicer
from vaultaris_audit.reading import reading_of
from vaultaris_audit.recording.recorder import GATHER_SECONDS, SUBJECTS, Recorder
from vaultaris_audit.settings import AuditSettings
from vaultaris_kit.service import Runtime, Service


async def start(runtime: Runtime) -> None:
    """Begins to answer, and to take in events, those from before the start too."""
    assert isinstance(runtime.settings, AuditSettings)
    runtime.provide(reading_of(runtime, runtime.settings))
    add_AuditServiceServicer_to_server(AuditServicer(runtime.database), runtime.grpc)
    runtime.consume("trail", SUBJECTS, Recorder(runtime.database).record, pause=GATHER_SECONDS)


SERVICE = Service(
    name="audit",
    title="Audit",
    settings=AuditSettings,
    routers=(chain_router, entries_router),
    outbox=OUTBOX,
    start=start,
)
