"""ENCRYPTION_KEY is changed: the old one opens what it sealed until everything stands under the new one."""

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import text

from services.auth.tests.auth_fakes import FakeDirectory
from services.auth.tests.auth_harness import MakeClient
from vaultaris_auth import resealing
from vaultaris_auth.clients.models import SECRET_PURPOSE
from vaultaris_auth.resealing import COLUMNS, reseal_all
from vaultaris_kit.crypto import Sealer
from vaultaris_kit.database import Database

NEW_KEY = b"another-key-of-32-bytes-exactly!"


async def _sealed_secret(database: Database, client_id: str) -> bytes:
    async with database.instance() as session:
        found = await session.execute(
            text("SELECT secret_sealed FROM auth.oauth_clients WHERE client_id = :id"), {"id": client_id}
        )
        sealed: bytes = found.scalar_one()
    return sealed


async def _put_sealed(database: Database, client_id: str, sealed: bytes) -> None:
    async with database.instance() as session:
        await session.execute(
            text("UPDATE auth.oauth_clients SET secret_sealed = :sealed WHERE client_id = :id"),
            {"id": client_id, "sealed": sealed},
        )


class TestResealing:
    async def test_moves_everything_to_the_new_key(
        self, database: Database, make_client: MakeClient, environ: dict[str, str]
    ) -> None:
        old_key = environ["ENCRYPTION_KEY"].encode()
        client = await make_client(token_endpoint_auth_method="client_secret_jwt")
        changed = Sealer(NEW_KEY, old_key)
        before = await _sealed_secret(database, client.client_id)
        assert changed.open(before, SECRET_PURPOSE).decode() == client.secret
        try:
            assert await reseal_all(database, changed) >= 1
            sealed = await _sealed_secret(database, client.client_id)
            assert Sealer(NEW_KEY).open(sealed, SECRET_PURPOSE).decode() == client.secret
            with pytest.raises((KeyError, InvalidTag)):
                Sealer(old_key).open(sealed, SECRET_PURPOSE)
            assert await reseal_all(database, changed) == 0
        finally:
            await reseal_all(database, Sealer(old_key, NEW_KEY))

    async def test_what_nobody_can_open_holds_nothing_up(
        self, database: Database, make_client: MakeClient, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(resealing, "_BATCH", 2)
        old_key = environ["ENCRYPTION_KEY"].encode()
        lost, *others = [await make_client(token_endpoint_auth_method="client_secret_jwt") for _ in range(4)]
        kept = await _sealed_secret(database, lost.client_id)
        await _put_sealed(
            database, lost.client_id, Sealer(b"a-key-that-nobody-has-any-longer").seal(b"x", SECRET_PURPOSE)
        )
        try:
            await reseal_all(database, Sealer(NEW_KEY, old_key))
            for client in others:
                sealed = await _sealed_secret(database, client.client_id)
                assert Sealer(NEW_KEY).open(sealed, SECRET_PURPOSE).decode() == client.secret
        finally:
            await _put_sealed(database, lost.client_id, kept)
            await reseal_all(database, Sealer(old_key, NEW_KEY))

    async def test_knows_every_sealed_column(self, database: Database, directory: FakeDirectory) -> None:
        async with database.tenant(directory.home) as session:
            found = await session.execute(
                text(
                    "SELECT table_name, column_name FROM information_schema.columns"
                    " WHERE table_schema = 'auth' AND column_name LIKE '%sealed%'"
                )
            )
            assert set(found.tuples()) == {(column.table, column.column) for column in COLUMNS}
