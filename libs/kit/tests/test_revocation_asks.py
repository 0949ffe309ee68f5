"""Questions about revocations, gathered."""

import asyncio
from collections.abc import Sequence

import pytest

from vaultaris_kit.errors import Unavailable
from vaultaris_kit.ids import MASTER_TENANT_ID, new_id
from vaultaris_kit.principal import Principal
from vaultaris_kit.revocation_asks import Question, RevocationAsks


def somebody() -> Principal:
    return Principal("user", new_id(), MASTER_TENANT_ID, token_id=new_id(), issued_ms=1)


class Auth:
    """Answers when told to."""

    def __init__(self) -> None:
        self.calls: list[Sequence[Question]] = []
        self.revoked: set[str] = set()
        self.called, self.free = asyncio.Event(), asyncio.Event()
        self.away = False

    async def ask(self, questions: Sequence[Question]) -> Sequence[bool]:
        self.calls.append(questions)
        self.called.set()
        answers = [not self.revoked.isdisjoint(question.keys) for question in questions]
        await self.free.wait()
        if self.away:
            raise Unavailable
        return answers


class TestAsks:
    async def test_one_call_for_all_that_wait(self) -> None:
        auth, people = Auth(), [somebody() for _ in range(50)]
        asks = RevocationAsks(auth.ask)
        auth.revoked = {f"token.{people[7].token_id}"}
        waiting = [asyncio.create_task(asks(each)) for each in people * 3]
        await asyncio.sleep(0)
        auth.free.set()
        answers = await asyncio.gather(*waiting)
        assert answers == [each is people[7] for each in people * 3]
        assert [len(call) for call in auth.calls] == [50]

    async def test_nobody_is_answered_by_an_earlier_call(self) -> None:
        auth, person = Auth(), somebody()
        asks = RevocationAsks(auth.ask)
        first = asyncio.create_task(asks(person))
        await auth.called.wait()
        auth.revoked = {f"token.{person.token_id}"}
        second = asyncio.create_task(asks(person))
        await asyncio.sleep(0)
        auth.free.set()
        assert (await first, await second) == (False, True)
        assert len(auth.calls) == 2

    async def test_an_outage_reaches_everybody_and_ends(self) -> None:
        auth = Auth()
        asks = RevocationAsks(auth.ask)
        auth.away = True
        auth.free.set()
        refusals = await asyncio.gather(*(asks(somebody()) for _ in range(3)), return_exceptions=True)
        assert all(isinstance(each, Unavailable) for each in refusals)
        auth.away = False
        assert not await asks(somebody())

    async def test_one_who_gives_up_takes_nobody_along(self) -> None:
        auth, person = Auth(), somebody()
        asks = RevocationAsks(auth.ask)
        impatient, patient = asyncio.create_task(asks(person)), asyncio.create_task(asks(person))
        await asyncio.sleep(0)
        impatient.cancel()
        auth.free.set()
        with pytest.raises(asyncio.CancelledError):
            await impatient
        assert not await patient
