"""PostgreSQL is restarted under load: requests through the gateway wait for it, and none fails."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from bench.drive import Step
from bench.rolling import Load, reads
from tests.e2e.world import PASSWORD, Company, unique
from tests.eventually import eventually
from vaultaris_kit.settings import Settings
from vaultaris_stack.local import LocalStack

_RATE = 40.0
_ENOUGH = 60
_AWAY_SECONDS = 0.7
_ATTEMPTS = 4
_RETURN_SECONDS: float = Settings.model_fields["database_return_secs"].default
_FOR_THE_MACHINE_SECONDS = 0.7


class TestRestartedDatabase:
    @pytest.mark.timeout(120)
    async def test_fails_no_request(self, stack: LocalStack, company: Company) -> None:
        """Reads and writes of every service go on while it is away, and have all succeeded when it is back.

        That is promised for an absence of ``DATABASE_RETURN_SECS``; a machine so busy that the restart takes longer has
        to try again. A write whose commit was cut before its answer may be told as 503; it is repeated, under its key.
        """
        made: list[str] = []
        load = Load(
            [*await reads(company, f"127.0.0.1:{stack.port}"), _creating(company, made), _signing_in(company)], _RATE
        )
        working = asyncio.create_task(load.run())
        try:
            await _under_way(load)
            _, faults = load.take()
            assert not faults, "before anything was restarted"
            for _ in range(_ATTEMPTS):
                began = time.monotonic()
                await asyncio.to_thread(stack.stop_part, "postgres")
                await asyncio.sleep(_AWAY_SECONDS)  # so that requests come that find nobody
                await asyncio.to_thread(stack.start_part, "postgres")
                away = time.monotonic() - began
                await _under_way(load)
                _, faults = load.take()
                if away < _RETURN_SECONDS - _FOR_THE_MACHINE_SECONDS:
                    break
            else:
                pytest.fail(f"PostgreSQL never restarted within {_RETURN_SECONDS} s")
        finally:
            load.end()
            await working
        assert not faults + load.take()[1]
        assert made
        for name in made:
            assert (await company.admin.get(f"{company.path}/users", search=name))["total"] == 1


def _creating(company: Company, made: list[str]) -> Step:
    async def create() -> str:
        name = unique("restart")
        request: dict[str, Any] = {
            "json": {"username": name, "email": f"{name}@company.test"},
            "headers": {"Idempotency-Key": unique("key")},
        }
        answer = await _repeated(lambda: company.admin.call("POST", f"{company.path}/users", **request))
        made.append(name)
        return "" if answer.status_code == 201 else f"create: {answer.status_code} {answer.text}"

    return create


def _signing_in(company: Company) -> Step:
    form = {
        "grant_type": "password",
        "client_id": company.client_id,
        "username": company.admin_user["username"],
        "password": PASSWORD,
    }

    async def sign_in() -> str:
        answer = await _repeated(lambda: company.admin.token_request(**form))
        return "" if answer.status_code == 200 else f"sign-in: {answer.status_code} {answer.text}"

    return sign_in


async def _repeated(ask: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
    """The answer; the second one if the first can't say whether it was done."""
    answer = await ask()
    return await ask() if answer.status_code == 503 else answer


async def _under_way(load: Load) -> None:
    """Until so many more requests have been answered."""

    async def answered() -> int:
        return len(load.seconds)

    await eventually(answered, lambda count: count >= _ENOUGH, within=30)
