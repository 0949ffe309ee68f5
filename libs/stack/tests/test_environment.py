"""What the user's own environment changes, and what it cannot change."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from vaultaris_stack.environment import Environment
from vaultaris_stack.errors import StackError
from vaultaris_stack.externals import Externals, user_environ
from vaultaris_stack.paths import DataDirectory
from vaultaris_stack.ports import Ports
from vaultaris_stack.secrets import load_secrets
from vaultaris_stack.topology import Instance, Topology


class Wiring:
    """Makes environments of the product's own services."""

    def __init__(self, folder: Path) -> None:
        self.data = DataDirectory(folder / "data")
        self.data.create()
        self.topology = Topology()

    def environment(self, user: Mapping[str, str]) -> Environment:
        instances = [instance.name for instance in self.topology.instances()]
        names = [f"{name}.{kind}" for name in instances for kind in ("http", "grpc", "public_grpc", "limiter")]
        numbers = {name: 20_000 + index for index, name in enumerate([*names, "postgres", "valkey", "nats"])}
        return Environment(
            user=user,
            data=self.data,
            topology=self.topology,
            ports=Ports(numbers, {}),
            secrets=load_secrets(self.data),
            externals=Externals.found_in(user),
            gateway_port=8080,
            admin_socket=self.data.run / "envoy-admin.sock",
        )

    def service(self, name: str, **user: str) -> dict[str, str]:
        instance: Instance = next(each for each in self.topology.instances() if each.name == name)
        return self.environment(user).of_service(instance)


@pytest.fixture
def wiring(tmp_path: Path) -> Wiring:
    return Wiring(tmp_path)


class TestOfService:
    def test_users_own_settings_pass_through(self, wiring: Wiring) -> None:
        environ = wiring.service("auth", RATE_LIMIT_MAX_REQUESTS="9", LOG_LEVEL="debug", EXTERNAL_URL="https://id.test")
        assert environ["RATE_LIMIT_MAX_REQUESTS"] == "9"
        assert environ["LOG_LEVEL"] == "debug"
        assert environ["EXTERNAL_URL"] == environ["JWT_ISSUER"] == "https://id.test"

    def test_what_the_stack_decides_stays(self, wiring: Wiring) -> None:
        environ = wiring.service("auth", DEV="false", SERVER_HOST="0.0.0.0", SERVER_PORT="1", GRPC_TLS_CA_FILE="/x")  # noqa: S104 - that it is not taken over
        assert (environ["DEV"], environ["SERVER_HOST"]) == ("true", "127.0.0.1")
        assert environ["SERVER_PORT"] == environ["AUTH_HTTP"].rpartition(":")[2] != "1"
        assert "GRPC_TLS_CA_FILE" not in environ

    def test_users_own_keys_win_by_value_and_by_file(self, wiring: Wiring, tmp_path: Path) -> None:
        key = tmp_path / "key"
        key.write_text("k" * 32 + "\n", encoding="utf-8")
        environ = wiring.service("auth", JWT_SECRET="mine", ENCRYPTION_KEY_FILE=str(key))
        assert environ["JWT_SECRET"] == "mine"
        assert "ENCRYPTION_KEY" not in environ
        assert environ["ENCRYPTION_KEY_FILE"] == str(key)

    def test_external_database_is_used_with_the_services_role(self, wiring: Wiring) -> None:
        url = "postgresql://owner:p%40ss@db.test:6432/main?sslmode=require"
        environ = wiring.service("auth", DATABASE_URL=url, DATABASE_SERVICE_PASSWORD="a/b")
        assert environ["DATABASE_URL"] == "postgresql://vaultaris_auth:a%2Fb@db.test:6432/main?sslmode=require"
        assert "DATABASE_SERVICE_PASSWORD" not in environ

    def test_external_stores_are_taken_as_they_are(self, wiring: Wiring) -> None:
        environ = wiring.service("edge", REDIS_URL="", NATS_URL="nats://a.test,nats://b.test")
        assert (environ["REDIS_URL"], environ["NATS_URL"]) == ("", "nats://a.test,nats://b.test")

    def test_edge_gets_neither_database_nor_keys(self, wiring: Wiring) -> None:
        environ = wiring.service("edge", DATABASE_URL="postgresql://owner:secret@db.test/main")
        kept_from_it = {"DATABASE_URL", "JWT_SECRET", "ENCRYPTION_KEY", "GRPC_PORT", "GRPC_TLS_KEY"}
        assert not kept_from_it & set(environ)
        assert environ["EDGE_LIMITER"] == f"127.0.0.1:{environ['LIMITER_PORT']}"


class TestOfGateway:
    def test_holds_no_secret(self, wiring: Wiring) -> None:
        environ = wiring.environment({"CORS_ALLOWED_ORIGINS": "https://app.test"}).of_gateway()
        secrets = load_secrets(wiring.data)
        assert not set(vars(secrets).values()) & set(environ.values())
        assert environ["SERVER_PORT"] == "8080"
        assert environ["ENVOY_ADMIN_SOCKET"].endswith("envoy-admin.sock")
        assert environ["ENVOY_CONCURRENCY"] == "2"
        assert environ["CORS_ALLOWED_ORIGINS"] == "https://app.test"


class TestOfMigration:
    def test_works_as_the_owner(self, wiring: Wiring) -> None:
        owner = "postgresql://owner:x@db.test/main"
        environ = wiring.environment(
            {"DATABASE_URL": "postgresql://app:y@pool.test/main", "MIGRATION_DATABASE_URL": owner}
        )
        assert environ.of_migration()["MIGRATION_DATABASE_URL"] == owner
        assert environ.of_service(wiring.topology.instances()[0])["DATABASE_URL"].endswith("@pool.test/main")


class TestUserEnviron:
    def test_file_counts_where_the_environment_is_silent(self, tmp_path: Path) -> None:
        (tmp_path / ".env").write_text("LOG_LEVEL=debug\nEMAIL_ENABLED=true\n", encoding="utf-8")
        environ = user_environ(tmp_path, {"LOG_LEVEL": "error"})
        assert environ == {"LOG_LEVEL": "error", "EMAIL_ENABLED": "true"}

    def test_secret_file_that_is_not_there_is_named(self) -> None:
        with pytest.raises(StackError, match="DATABASE_URL_FILE: No such file or directory: /nowhere"):
            Externals.found_in({"DATABASE_URL_FILE": "/nowhere"})
