"""DecisionService: the same decisions as over REST, for whoever the credential in the metadata stands for."""

import time
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final
from uuid import UUID

from grpc import aio

from vaultaris.decisions.v1.decisions_pb2 import (
    DESCRIPTOR,
    BatchCheckRequest,
    BatchCheckResponse,
    CheckApiKeyRequest,
    CheckRequest,
    CheckResponse,
    DecisionsInvalidated,
    WatchDecisionsInvalidatedRequest,
)
from vaultaris.decisions.v1.decisions_pb2_grpc import DecisionServiceServicer
from vaultaris_kit.consistency import token_of
from vaultaris_kit.dpop.proofs import Target
from vaultaris_kit.errors import Forbidden, Invalid, Unauthorized
from vaultaris_kit.principal import Principal
from vaultaris_kit.rpc.fields import id_in
from vaultaris_kit.rpc.public import credentials_of
from vaultaris_kit.service import Runtime
from vaultaris_policy.checks.freshness import Freshness
from vaultaris_policy.checks.operations import Answer, Checks, traces_of
from vaultaris_policy.checks.schemas import MAX_CHECKS, MAX_EXPLAINED
from vaultaris_policy.decisions.invalidations import Invalidation, Invalidations
from vaultaris_policy.decisions.messages import question_of, response_of
from vaultaris_policy.keys.askers import KeyAskers
from vaultaris_policy.keys.operations import authorize_key, trace_of_key
from vaultaris_policy.subjects.ways import Ways

DECISION_SERVICE: Final = DESCRIPTOR.services_by_name["DecisionService"].full_name
SIGN_OF_LIFE_SECONDS: Final = 15.0

Context = aio.ServicerContext[Any, Any]


class DecisionServicer(DecisionServiceServicer):
    """See ``decisions.proto``."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._checks, self._fresh = runtime.get(Checks), runtime.get(Freshness)
        self._ways = runtime.get(Ways)
        self._keys, self._invalidations = runtime.get(KeyAskers), runtime.get(Invalidations)

    async def Check(self, request: CheckRequest, context: Context) -> CheckResponse:  # noqa: N802 - the name in the proto
        principal, tenant_id = await self._caller("Check", request.tenant_id, context)
        user_id, question = id_in("user_id", request.user_id), question_of(request)
        self._fresh.for_user(request.at_least_as_fresh or None, tenant_id, user_id)
        answers = await self._checks.answer(principal, tenant_id=tenant_id, user_id=user_id, questions=[question])
        (response,) = await self._responses(answers, tenant_id, user_id, explain=request.explain)
        return response

    async def BatchCheck(self, request: BatchCheckRequest, context: Context) -> BatchCheckResponse:  # noqa: N802 - the name in the proto
        principal, tenant_id = await self._caller("BatchCheck", request.tenant_id, context)
        if not 1 <= len(request.questions) <= (MAX_EXPLAINED if request.explain else MAX_CHECKS):
            raise Invalid.field(
                "questions", f"Must hold 1 to {MAX_CHECKS}, or {MAX_EXPLAINED} to be explained.", "length"
            )
        user_id = id_in("user_id", request.user_id)
        questions = [question_of(each, f"questions.{at}.") for at, each in enumerate(request.questions)]
        self._fresh.for_user(request.at_least_as_fresh or None, tenant_id, user_id)
        answers = await self._checks.answer(
            principal, tenant_id=tenant_id, user_id=user_id, questions=questions, batch=True
        )
        results = await self._responses(answers, tenant_id, user_id, explain=request.explain)
        return BatchCheckResponse(results=results, all_allowed=all(answer.allowed for answer in answers))

    async def CheckApiKey(self, request: CheckApiKeyRequest, context: Context) -> CheckResponse:  # noqa: N802 - the name in the proto
        principal = await self._authenticated("CheckApiKey", context)
        if principal.kind != "api_key":
            raise Forbidden("Only an API key may do this.")
        question = question_of(request)
        self._fresh.for_key(request.at_least_as_fresh or None, principal)
        answer = await authorize_key(self._checks, self._keys, principal, question)
        return response_of(answer, await trace_of_key(self._ways, principal, answer) if request.explain else None)

    async def WatchDecisionsInvalidated(  # noqa: N802 - the name in the proto
        self, request: WatchDecisionsInvalidatedRequest, context: Context
    ) -> AsyncIterator[DecisionsInvalidated]:
        """Until the client hangs up, or its credential is no longer good."""
        principal, tenant_id = await self._caller("WatchDecisionsInvalidated", request.tenant_id, context)
        after = id_in("resume_after", request.resume_after) if request.resume_after else None
        cursor = self._invalidations.latest(tenant_id)
        with self._invalidations.watch(tenant_id, after) as watcher:
            while True:
                told = await watcher.take(SIGN_OF_LIFE_SECONDS)
                missed = self._invalidations.missed_by(watcher)
                cursor = told[-1].event_id if told else (self._invalidations.latest(tenant_id) if missed else cursor)
                await self._check_still_good(principal, tenant_id, context)
                yield _message(cursor, told, missed=missed)

    async def _responses(
        self, answers: Sequence[Answer], tenant_id: UUID, user_id: UUID, *, explain: bool
    ) -> list[CheckResponse]:
        traces = await traces_of(answers) if explain else [None] * len(answers)
        await self._ways.add_to(traces, tenant_id, user_id)
        return [response_of(answer, trace) for answer, trace in zip(answers, traces, strict=True)]

    async def _caller(self, method: str, tenant: str, context: Context) -> tuple[Principal, UUID]:
        """The caller and the tenant they ask about. Raises :class:`Unauthorized`, :class:`Forbidden`."""
        principal = await self._authenticated(method, context)
        tenant_id = id_in("tenant_id", tenant) if tenant else principal.tenant_id
        await self._runtime.access.require(principal, "integration:check", tenant_id)
        return principal, tenant_id

    async def _check_still_good(self, principal: Principal, tenant_id: UUID, context: Context) -> None:
        """A stream could outlive its credential, which is looked at again before each message: of one by DPoP the
        token alone, because a proof is good once. Raises :class:`Unauthorized`, :class:`Forbidden`.
        """
        if principal.kind == "api_key":
            await self._authenticated("", context)
        elif principal.expires_at <= time.time():
            raise Unauthorized
        else:
            await self._runtime.revocations.check(principal)
        await self._runtime.access.require(principal, "integration:check", tenant_id)

    async def _authenticated(self, method: str, context: Context) -> Principal:
        """Of a DPoP proof, ``htu`` is the gateway's address with the method's path, ``htm`` is POST."""
        target = Target("POST", f"/{DECISION_SERVICE}/{method}")
        return await self._runtime.authenticator.authenticate(credentials_of(context), target)


def _message(cursor: UUID | None, told: list[Invalidation], *, missed: bool) -> DecisionsInvalidated:
    return DecisionsInvalidated(
        cursor=str(cursor) if cursor else "",
        everything=missed or any(each.user_id is None for each in told),
        user_ids=sorted({str(each.user_id) for each in told if each.user_id is not None}),
        consistency_token=token_of([each.event_id for each in told]) if told else "",
    )
