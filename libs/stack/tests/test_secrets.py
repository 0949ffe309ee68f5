"""Secrets and certificates: made once, private, kept, renewed in time."""

import datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from vaultaris_stack import certificates
from vaultaris_stack.certificates import ensure_certificates
from vaultaris_stack.errors import StackError
from vaultaris_stack.paths import DataDirectory
from vaultaris_stack.secrets import NAMES, load_secrets


@pytest.fixture
def data(tmp_path: Path) -> DataDirectory:
    directory = DataDirectory(tmp_path / "data")
    directory.create()
    return directory


class TestLoadSecrets:
    def test_makes_each_once(self, data: DataDirectory) -> None:
        first = load_secrets(data)
        assert load_secrets(data) == first
        values = [getattr(first, name) for name in NAMES]
        assert len(set(values)) == len(NAMES)
        assert all(len(value) == 32 and value.isascii() and value.isprintable() for value in values)
        assert {path.stat().st_mode & 0o777 for path in data.secrets.iterdir() if path.is_file()} == {0o600}
        assert data.secrets.stat().st_mode & 0o777 == 0o700

    def test_makes_a_lost_one_anew_when_no_data_needs_it(self, data: DataDirectory) -> None:
        first = load_secrets(data)
        data.postgres.mkdir()
        (data.secrets / "nats_password").unlink()
        assert load_secrets(data).nats_password != first.nats_password

    def test_refuses_when_data_cannot_be_read_without_it(self, data: DataDirectory) -> None:
        load_secrets(data)
        data.postgres.mkdir()
        (data.secrets / "encryption_key").unlink()
        with pytest.raises(StackError, match="encryption_key is missing"):
            load_secrets(data)

    def test_refuses_a_garbled_one(self, data: DataDirectory) -> None:
        load_secrets(data)
        (data.secrets / "jwt_secret").write_text("short", encoding="utf-8")
        with pytest.raises(StackError, match="jwt_secret does not hold a secret"):
            load_secrets(data)


def _read(folder: Path, name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / f"{name}.crt").read_bytes())


class TestEnsureCertificates:
    def test_names_service_and_machine(self, tmp_path: Path) -> None:
        ensure_certificates(str(tmp_path), "auth", "directory")
        authority, auth = _read(tmp_path, "ca"), _read(tmp_path, "auth")
        auth.verify_directly_issued_by(authority)
        names = auth.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert names.get_values_for_type(x509.DNSName) == ["auth", "localhost"]
        assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]
        usage = auth.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        assert set(usage) == {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH}
        assert not auth.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        assert isinstance(auth.public_key(), ec.EllipticCurvePublicKey)
        assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}

    def test_leaves_good_ones_alone(self, tmp_path: Path) -> None:
        ensure_certificates(str(tmp_path), "auth")
        before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
        ensure_certificates(str(tmp_path), "auth")
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before

    def test_renews_one_that_ends_soon(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(certificates, "_SERVICE_LIFE", datetime.timedelta(days=29))
            ensure_certificates(str(tmp_path), "auth")
        short, authority = _read(tmp_path, "auth"), _read(tmp_path, "ca")
        ensure_certificates(str(tmp_path), "auth")
        assert _read(tmp_path, "auth").not_valid_after_utc > short.not_valid_after_utc
        assert _read(tmp_path, "ca") == authority

    def test_replaces_a_garbled_one_and_one_of_another_authority(self, tmp_path: Path) -> None:
        ensure_certificates(str(tmp_path), "auth", "policy")
        (tmp_path / "auth.key").write_text("garbled", encoding="utf-8")
        ensure_certificates(str(tmp_path), "auth", "policy")
        (tmp_path / "ca.key").unlink()
        ensure_certificates(str(tmp_path), "auth", "policy")
        for name in ("auth", "policy"):
            _read(tmp_path, name).verify_directly_issued_by(_read(tmp_path, "ca"))
            key = serialization.load_pem_private_key((tmp_path / f"{name}.key").read_bytes(), None)
            assert isinstance(key, ec.EllipticCurvePrivateKey)
            key.public_key().verify(key.sign(b"x", ec.ECDSA(hashes.SHA256())), b"x", ec.ECDSA(hashes.SHA256()))
            assert key.public_key() == _read(tmp_path, name).public_key()
