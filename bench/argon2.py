"""Argon2id by itself, with the product's parameters: what no password sign-in can outrun."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from argon2 import PasswordHasher

from bench.figures import Figures
from vaultaris_directory.passwords.hashing import LANES, MEMORY_KIB, PASSES


@dataclass(frozen=True)
class Alone:
    """Verifications per second on all cores together, and the CPU seconds that one takes."""

    rate: float
    cost: float


def verifications(seconds: float) -> Alone:
    """Verifies in as many threads as there are cores, for that long."""
    hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
    encoded = hasher.hash("a password to verify")
    began, used = time.perf_counter(), time.process_time()

    def verify_on() -> int:
        done = 0
        while time.perf_counter() - began < seconds:
            hasher.verify(encoded, "a password to verify")
            done += 1
        return done

    cores = os.cpu_count() or 1
    with ThreadPoolExecutor(cores) as threads:
        total = sum(future.result() for future in [threads.submit(verify_on) for _ in range(cores)])
    return Alone(total / (time.perf_counter() - began), (time.process_time() - used) / total)


def mean(one: Alone, other: Alone) -> Alone:
    """What lies between two looks."""
    return Alone((one.rate + other.rate) / 2, (one.cost + other.cost) / 2)


def beside(figures: Figures, alone: Alone) -> Figures:
    """The figures of the sign-in with what Argon2id alone does noted below them."""
    share = alone.cost * 1000 / figures.total_cost
    note = (
        f"Argon2id alone does {alone.rate:.0f}/s on this machine ({alone.cost * 1000:.1f} ms of CPU each); "
        f"the sign-in reaches {figures.rate / alone.rate:.0%} of that, and Argon2id is {share:.0%} of its CPU"
    )
    return replace(figures, notes=(*figures.notes, note))
