"""Every released version's database comes to the newest schema with all it held; new migrations only expand."""

import asyncio
import json
import os
import subprocess
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from packaging.version import Version
from sqlalchemy.engine import URL, make_url

from tests.releases.contracting import contracting_steps
from vaultaris_kit.migrations import SERVICES, migrate_all
from vaultaris_stack.local import LocalStack
from vaultaris_stack.parts.programs import postgres_programs
from vaultaris_stack.paths import DataDirectory
from vaultaris_stack.secrets import load_secrets

ROOT = Path(__file__).resolve().parents[1]
_COUNT = "SELECT count(*) FROM {}"
RELEASES = sorted((ROOT / "tests/releases").glob("*.json"), key=lambda path: Version(path.stem))


def _migrations(service: str) -> list[Path]:
    return sorted((ROOT / f"services/{service}/vaultaris_{service}/migrations").glob("[0-9]*.py"))


def _after(release: Path, service: str) -> list[Path]:
    head = json.loads(release.read_text())[service]
    return [path for path in _migrations(service) if path.stem.partition("_")[0] > head]


class TestMigrations:
    @pytest.mark.parametrize("service", SERVICES)
    def test_those_after_the_newest_release_only_expand(self, service: str) -> None:
        found = {path.name: steps for path in _after(RELEASES[-1], service) if (steps := contracting_steps(path))}
        assert found == {}, "old processes still need that: see docs/operations/upgrades.md"

    @pytest.mark.parametrize(
        ("step", "why"),
        [
            ('op.drop_column("t", "c")', "drop_column"),
            ('op.rename_table("t", "u")', "rename_table"),
            ('op.alter_column("t", "c", nullable=False)', "a value demanded"),
            ('op.alter_column("t", "c", new_column_name="d")', "a column renamed"),
            ('op.alter_column("t", "c", type_=sa.Text)', "a column's type changed"),
            ('op.add_column("t", sa.Column("c", sa.Text, nullable=False))', "a column that must have a value"),
            ('op.execute("ALTER TABLE t DROP COLUMN c")', "DROP COLUMN"),
            ('op.execute("ALTER TABLE t ALTER c SET NOT NULL")', "SET NOT NULL"),
        ],
    )
    def test_what_contracts_is_found(self, tmp_path: Path, step: str, why: str) -> None:
        migration = tmp_path / "0002_x.py"
        migration.write_text(f'"""It used to DROP TABLE."""\ndef upgrade():\n    {step}\n')
        (found,) = contracting_steps(migration)
        assert why in found
        migration.write_text(f'"""Gone."""\nCONTRACTS = "0.2.0"\ndef upgrade():\n    {step}\n')
        assert contracting_steps(migration) == []

    def test_what_expands_is_not(self, tmp_path: Path) -> None:
        migration = tmp_path / "0002_x.py"
        lines = (
            'op.add_column("t", sa.Column("c", sa.Text))',
            'op.add_column("t", sa.Column("d", sa.Boolean, nullable=False, server_default=sa.false()))',
            'op.create_table("u", sa.Column("id", sa.Uuid, nullable=False))',
            'op.drop_index("ix", "t")',
        )
        migration.write_text('"""More."""\ndef upgrade():\n' + "".join(f"    {line}\n" for line in lines))
        assert contracting_steps(migration) == []


class TestUpgrade:
    @pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.stem)
    async def test_keeps_every_row(self, stack: LocalStack, release: Path) -> None:
        environ = stack.environ_of("migrate")
        owner = make_url(environ["MIGRATION_DATABASE_URL"]).set(database=f"release_{uuid4().hex}")
        superuser = owner.set(
            username="postgres", password=load_secrets(DataDirectory(stack.data)).database_admin_password
        )
        await _restore(superuser, str(owner.username), _sql_of(release))
        before = await _counts(superuser)
        assert before["directory.users"] > 0
        assert before["audit.audit_entries"] > 0
        await asyncio.to_thread(
            migrate_all, owner.render_as_string(hide_password=False), environ["DATABASE_SERVICE_PASSWORD"]
        )
        after = await _counts(superuser)
        assert {table: after[table] for table in before if table in after} == {
            table: count for table, count in before.items() if table in after
        }
        assert await _versions(superuser) == {name: _migrations(name)[-1].stem.partition("_")[0] for name in SERVICES}


def _sql_of(release: Path) -> bytes:
    return release.with_suffix(".sql").read_bytes()


async def _restore(superuser: URL, owner: str, sql: bytes) -> None:
    admin = await asyncpg.connect(superuser.set(database="postgres").render_as_string(hide_password=False))
    await admin.execute(f"CREATE DATABASE {superuser.database} OWNER {owner}")
    await admin.close()
    psql = [str(postgres_programs() / "psql"), "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1"]
    place = [f"--host={superuser.host}", f"--port={superuser.port}", "--username=postgres", str(superuser.database)]
    done = await asyncio.to_thread(
        subprocess.run, [*psql, *place], input=sql, capture_output=True, check=False,
        env=os.environ | {"PGPASSWORD": str(superuser.password)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()


async def _counts(superuser: URL) -> dict[str, int]:
    """Rows of every table of the services."""
    connection = await asyncpg.connect(superuser.render_as_string(hide_password=False))
    try:
        tables = await connection.fetch(
            "SELECT schemaname || '.' || tablename AS name FROM pg_tables WHERE schemaname = ANY($1)", list(SERVICES)
        )
        return {row["name"]: await connection.fetchval(_COUNT.format(row["name"])) for row in tables}
    finally:
        await connection.close()


async def _versions(superuser: URL) -> dict[str, str]:
    connection = await asyncpg.connect(superuser.render_as_string(hide_password=False))
    try:
        return {name: await connection.fetchval(f"TABLE {name}.schema_version") for name in SERVICES}
    finally:
        await connection.close()
