"""Which build of Argon2id is used: beside the portable one, `requirements/argon2.sh` makes one for AVX2 (ADR 21)."""

import re
import sys
from pathlib import Path

FOLDER = Path(sys.prefix, "lib", "vaultaris-avx2")
_PROCESSOR = Path("/proc/cpuinfo")
_AVX2 = re.compile(r"^flags\s*:.*\bavx2\b", re.MULTILINE)


def choose(folder: Path = FOLDER, processor: Path = _PROCESSOR) -> None:
    """Has `argon2` load the build in ``folder`` if that is there.

    To be called before `argon2` is imported for the first time.
    """
    if is_there(folder, processor):
        sys.path.insert(0, str(folder))


def is_there(folder: Path = FOLDER, processor: Path = _PROCESSOR) -> bool:
    """Whether there is a build in ``folder`` and the processor can run it."""
    if not (folder / "_argon2_cffi_bindings").is_dir():
        return False
    try:
        return _AVX2.search(processor.read_text(encoding="ascii", errors="replace")) is not None
    except OSError:
        return False


def chosen() -> str:
    """`avx2` or `portable`: what `argon2` has loaded."""
    loaded = sys.modules["_argon2_cffi_bindings"].__file__
    return "avx2" if loaded and Path(loaded).is_relative_to(FOLDER) else "portable"
