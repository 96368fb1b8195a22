"""Processes that benchmarks start or watch: how much memory they hold. POSIX; ``status`` reads Linux's /proc."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_TOLD = 500  # characters of what a process said last


def run(command: list[str], folder: Path, *, stdin: Path = Path(os.devnull), out: Path = Path(os.devnull)) -> int:
    """Run to the end, from one file to another; returns the peak memory in bytes. A process that fails ends this one.

    The peak is at least what this process holds at the start of the other: measure before taking memory.
    """
    with tempfile.TemporaryFile() as errors, stdin.open("rb") as source, out.open("wb") as target:
        process = subprocess.Popen(command, cwd=folder, stdin=source, stdout=target, stderr=errors)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        told = errors.read().decode(errors="replace")[-_TOLD:].strip()
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}: {told}")
    return used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def status(process: subprocess.Popen) -> dict[str, int]:
    """Threads, and resident memory in megabytes."""
    text = Path(f"/proc/{process.pid}/status").read_text()
    found = {name: int(re.search(rf"{name}:\s+(\d+)", text)[1]) for name in ("Threads", "VmRSS")}
    return {"threads": found["Threads"], "MB": found["VmRSS"] // 1024}


def processor_seconds(process: subprocess.Popen) -> float:
    """Seconds that all its threads have computed for, in the program and in the system."""
    user, system = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
