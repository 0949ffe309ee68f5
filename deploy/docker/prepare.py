"""Makes what the containers of docker-compose.yml need to know: secrets, certificates, addresses with passwords.

Runs before every start, in the product's image. What exists stays; certificates that end within 30 days are
renewed. Every consumer gets a folder of its own and sees no other one's.
"""

import json
import os
import sys
from pathlib import Path
from urllib.parse import quote

from vaultaris_stack.certificates import certificate_path, ensure_certificates, key_path
from vaultaris_stack.paths import DataDirectory
from vaultaris_stack.secrets import Secrets, load_secrets

DATABASE_SERVICES = ("auth", "directory", "policy", "sessions", "plugins", "audit")
_GROUP_MAY_READ = 0o640
_GROUP_MAY_ENTER = 0o750


def main() -> None:
    """``prepare.py DIRECTORY``: the origins go to ``DIRECTORY/origin``, the copies to ``DIRECTORY/<consumer>``."""
    root = Path(sys.argv[1])
    origin = DataDirectory(root / "origin")
    origin.create()
    secrets = load_secrets(origin)
    ensure_certificates(str(origin.certificates), *DATABASE_SERVICES)
    for consumer, files in _consumers(secrets, origin.certificates).items():
        _write(root / consumer, files)
    sys.stdout.write(f"secrets and certificates are ready in {root}\n")


def _consumers(secrets: Secrets, certificates: Path) -> dict[str, dict[str, str]]:
    """The files of every container, by the name of its folder."""
    owner = _database_url("vaultaris", secrets.database_owner_password)
    return {
        "postgres": {
            "admin_password": secrets.database_admin_password,
            "owner_password": secrets.database_owner_password,
        },
        "valkey": {"password": secrets.valkey_password, "valkey.conf": _valkey(secrets.valkey_password)},
        "nats": {"nats.conf": _nats(secrets.nats_password)},
        "migrate": {
            "migration_database_url": owner,
            "database_service_password": secrets.database_service_password,
        },
        "edge": {"redis_url": _redis_url(secrets)},
        **{name: _service(name, secrets, certificates) for name in DATABASE_SERVICES},
    }


def _service(name: str, secrets: Secrets, certificates: Path) -> dict[str, str]:
    return {
        "database_url": _database_url(f"vaultaris_{name}", secrets.database_service_password),
        "redis_url": _redis_url(secrets),
        "nats_url": f"nats://vaultaris:{secrets.nats_password}@nats:4222",
        "jwt_secret": secrets.jwt_secret,
        "encryption_key": secrets.encryption_key,
        "ca.crt": certificate_path(certificates, "ca").read_text(encoding="ascii"),
        "tls.crt": certificate_path(certificates, name).read_text(encoding="ascii"),
        "tls.key": key_path(certificates, name).read_text(encoding="ascii"),
    }


def _database_url(role: str, password: str) -> str:
    return f"postgresql://{role}:{quote(password, safe='')}@postgres:5432/vaultaris"


def _redis_url(secrets: Secrets) -> str:
    return f"redis://:{quote(secrets.valkey_password, safe='')}@valkey:6379/0"


def _valkey(password: str) -> str:
    """Limits and short-lived values only: nothing is written to disk."""
    lines = (f"requirepass {password}", 'save ""', "appendonly no", "maxmemory 192mb", "maxmemory-policy volatile-ttl")
    return "\n".join((*lines, ""))


def _nats(password: str) -> str:
    """JSON, which the server reads as its own format."""
    settings = {
        "server_name": "vaultaris",
        "http": "127.0.0.1:8222",
        "max_payload": 1024 * 1024,
        "jetstream": {"store_dir": "/data", "max_memory_store": 64 * 1024**2, "max_file_store": 4 * 1024**3},
        "authorization": {"users": [{"user": "vaultaris", "password": password}]},
    }
    return json.dumps(settings, indent=2)


def _write(folder: Path, files: dict[str, str]) -> None:
    folder.mkdir(exist_ok=True)
    folder.chmod(_GROUP_MAY_ENTER)
    for name, text in files.items():
        fresh = folder / f".{name}.new"
        fresh.unlink(missing_ok=True)
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            os.fchmod(file.fileno(), _GROUP_MAY_READ)
        fresh.replace(folder / name)


if __name__ == "__main__":
    main()
