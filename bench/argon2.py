"""Argon2id by itself, with the product's parameters: what no password sign-in can outrun.

Two implementations: ours, and that of OpenSSL, which has no vector instructions and is about as fast as the portable
build of `argon2-cffi`: what a server does that takes what it is given.
"""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from bench.figures import Figures
from vaultaris_directory.passwords import build
from vaultaris_directory.passwords.hashing import LANES, MEMORY_KIB, PASSES, new_hasher

_PASSWORD = "a password to verify"


@dataclass(frozen=True)
class Alone:
    """Verifications per second on all cores together, and the CPU seconds that one takes."""

    rate: float
    cost: float


@dataclass(frozen=True)
class Both:
    """What each implementation does."""

    ours: Alone
    openssl: Alone


def verifications(seconds: float) -> Both:
    """Verifies in as many threads as there are cores, each implementation for that long."""
    hasher = new_hasher()
    encoded = hasher.hash(_PASSWORD)
    return Both(
        _counted(lambda: hasher.verify(encoded, _PASSWORD), seconds),
        _counted(_derive, seconds),
    )


def _derive() -> None:
    kdf = Argon2id(salt=bytes(16), length=32, iterations=PASSES, lanes=LANES, memory_cost=MEMORY_KIB)
    kdf.derive(_PASSWORD.encode())


def _counted(verify: Callable[[], object], seconds: float) -> Alone:
    began, used = time.perf_counter(), time.process_time()

    def verify_on() -> int:
        done = 0
        while time.perf_counter() - began < seconds:
            verify()
            done += 1
        return done

    cores = os.cpu_count() or 1
    with ThreadPoolExecutor(cores) as threads:
        total = sum(future.result() for future in [threads.submit(verify_on) for _ in range(cores)])
    return Alone(total / (time.perf_counter() - began), (time.process_time() - used) / total)


def mean(one: Both, other: Both) -> Both:
    """What lies between two looks."""
    return Both(_between(one.ours, other.ours), _between(one.openssl, other.openssl))


def _between(one: Alone, other: Alone) -> Alone:
    return Alone((one.rate + other.rate) / 2, (one.cost + other.cost) / 2)


def beside(figures: Figures, alone: Both) -> Figures:
    """The figures of the sign-in with what Argon2id alone does noted below them."""
    share = alone.ours.cost * 1000 / figures.total_cost
    notes = [f"Argon2id ({build.chosen()} build) is {share:.0%} of the sign-in's CPU"]
    for name, each in (("OpenSSL's Argon2id", alone.openssl), ("this build", alone.ours)):
        notes.append(
            f"{name} alone does {each.rate:.0f}/s on this machine ({each.cost * 1000:.1f} ms of CPU each); "
            f"the sign-in reaches {figures.rate / each.rate:.0%} of that"
        )
    return replace(figures, notes=(*figures.notes, *notes))
