"""The machine that the figures belong to."""

import os
import platform
from pathlib import Path

import psutil


def describe() -> str:
    """One line: processor, cores, memory, system, Python, and how busy it already was."""
    memory = psutil.virtual_memory().total / 2**30
    load = psutil.getloadavg()[0]
    parts = (
        f"{os.cpu_count()} x {_processor()}",
        f"{memory:.0f} GiB",
        f"{platform.system()} {platform.release()}",
        f"Python {platform.python_version()}",
        f"load {load:.1f} before the start",
    )
    return ", ".join(parts)


def _processor() -> str:
    """Its model as Linux tells it; elsewhere what Python knows."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())
