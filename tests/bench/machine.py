"""What figures were measured on, in one line."""

from __future__ import annotations

import os
import platform
from datetime import date
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_info

GIB = 2**30


def machine() -> str:
    """Processor, cores, memory, system; Python, numpy and its linear algebra; the day, and how busy it was before."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB
    return (
        f"{processor()}, {cores} cores, {memory:.1f} GiB, {platform.system()}; Python {platform.python_version()}, "
        f"numpy {np.__version__}, {linear_algebra()}; {date.today()}, load before {os.getloadavg()[0]:.1f}"
    )


def processor() -> str:
    """The model as the system calls it; else the architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return next(filter(None, models), "") or platform.processor() or platform.machine()


def linear_algebra() -> str:
    """Library, version, kernel and threads of numpy's products."""
    found = [one for one in threadpool_info() if one["user_api"] == "blas"]
    told = [
        f"{one['internal_api']} {one['version']} ({one.get('architecture', '?')}, {one['num_threads']} threads)"
        for one in found
    ]
    return ", ".join(dict.fromkeys(told)) or "BLAS unknown"
