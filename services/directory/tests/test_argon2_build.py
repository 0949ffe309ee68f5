"""Which build of Argon2id the directory loads, and that both make the same hashes."""

import subprocess
import sys
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from vaultaris_directory.passwords import build
from vaultaris_directory.passwords.hashing import LANES, MEMORY_KIB, PASSES, new_hasher

_NEW = "processor\t: 0\nflags\t\t: fpu sse2 avx avx2 bmi2\n"
_OLD = "processor\t: 0\nflags\t\t: fpu sse2 avx\nbugs\t\t: avx2_sorts_badly\n"
_VERIFY = (
    "import sys; from vaultaris_directory.passwords import build, hashing;"
    "hasher = hashing.new_hasher(); hasher.verify(sys.argv[1], 'correct horse');"
    "print(build.chosen(), hasher.hash('battery staple'))"
)


@pytest.fixture
def search_path(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Python's, to be changed."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    return sys.path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a build in it."""
    (tmp_path / "fast" / "_argon2_cffi_bindings").mkdir(parents=True)
    return tmp_path / "fast"


class TestChoosing:
    def test_a_processor_with_avx2_gets_the_faster_one(
        self, search_path: list[str], folder: Path, tmp_path: Path
    ) -> None:
        (tmp_path / "cpuinfo").write_text(_NEW)
        build.choose(folder, tmp_path / "cpuinfo")
        assert search_path[0] == str(folder)

    @pytest.mark.parametrize("flags", [_OLD, "", None])
    def test_any_other_gets_the_portable_one(
        self, search_path: list[str], folder: Path, tmp_path: Path, flags: str | None
    ) -> None:
        if flags is not None:
            (tmp_path / "cpuinfo").write_text(flags)
        build.choose(folder, tmp_path / "cpuinfo")
        assert str(folder) not in search_path

    def test_nothing_is_chosen_that_was_not_built(self, search_path: list[str], tmp_path: Path) -> None:
        (tmp_path / "cpuinfo").write_text(_NEW)
        build.choose(tmp_path / "none", tmp_path / "cpuinfo")
        assert str(tmp_path / "none") not in search_path


@pytest.mark.skipif(not build.is_there(), reason="no compiler was there when this was installed, or no AVX2")
class TestBoth:
    def test_agree(self) -> None:
        """A hash that one of them made is verified by the other; in processes that load one each."""
        encoded = new_hasher().hash("correct horse")
        made = {}
        for chosen, program in (("avx2", _VERIFY), ("portable", f"import argon2; {_VERIFY}")):
            done = subprocess.run([sys.executable, "-c", program, encoded], capture_output=True, text=True, check=True)
            name, made[chosen] = done.stdout.split()
            assert name == chosen
        hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
        assert all(hasher.verify(each, "battery staple") for each in made.values())
