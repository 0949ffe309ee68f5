"""Questions about revocations, gathered while the watch is lost: one call at a time, with everything that waits.

When processors are short, heartbeats come late everywhere at once, and then nobody can afford a call for each request.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, NamedTuple

from vaultaris.auth.v1.auth_pb2 import CheckRevocationsRequest
from vaultaris.auth.v1.auth_pb2_grpc import AuthServiceStub
from vaultaris_kit.principal import Principal
from vaultaris_kit.revocation import keys_of
from vaultaris_kit.rpc.client import Peers, call

MAX_QUESTIONS: Final = 1000


class Question(NamedTuple):
    """Whether one of ``keys`` was revoked at or after ``issued_ms``."""

    keys: tuple[str, ...]
    issued_ms: int


AskMany = Callable[[Sequence[Question]], Awaitable[Sequence[bool]]]
"""Answers questions in their order."""


def ask_auth(peers: Peers) -> AskMany:
    """Auth's own table, over gRPC."""

    async def ask(questions: Sequence[Question]) -> Sequence[bool]:
        request = CheckRevocationsRequest()
        for question in questions:
            request.questions.add(keys=question.keys, issued_ms=question.issued_ms)
        answer = await call(AuthServiceStub(peers.channel("auth")).CheckRevocations, request, timeout=2)
        return answer.revoked

    return ask


class RevocationAsks:
    """Puts together what is asked while a call is under way; equal questions are one.

    Nobody is answered by a call that began before they asked: it may have missed a revocation that they knew of.
    """

    def __init__(self, ask_many: AskMany) -> None:
        self._ask_many = ask_many
        self._waiting: dict[Question, asyncio.Future[bool]] = {}
        self._asking: asyncio.Task[None] | None = None

    async def __call__(self, principal: Principal) -> bool:
        """Whether the credential was revoked. Raises :class:`Unavailable` when nobody can tell."""
        question = Question(tuple(keys_of(principal)), principal.issued_ms)
        future = self._waiting.get(question)
        if future is None:
            future = self._waiting[question] = asyncio.get_running_loop().create_future()
            if self._asking is None or self._asking.done():
                self._asking = asyncio.create_task(self._ask())
        return await asyncio.shield(future)  # whoever gives up must not take the others' answer along

    async def _ask(self) -> None:
        while self._waiting:
            batch = {question: self._waiting.pop(question) for question in list(self._waiting)[:MAX_QUESTIONS]}
            try:
                answers = await self._ask_many(list(batch))
            except Exception as fault:
                for future in batch.values():
                    future.set_exception(fault)
                    future.exception()  # read, should nobody be waiting any more
                continue
            for future, revoked in zip(batch.values(), answers, strict=True):
                future.set_result(revoked)
