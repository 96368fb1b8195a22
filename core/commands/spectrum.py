"""``spectrum``: eigenvalues of M* and their concepts, before any training."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from core.commands.statistics import statistics_options
from core.errors import InputError
from core.operators import target
from core.sources import load_statistics
from core.spectrum import Spectrum, concept, decompose
from core.spectrumfile import save_spectrum
from core.targets import TARGETS
from core.theory import rise_times
from core.training import check_init_scale

Result = dict[str, Any]


def options(command: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add = command.add_argument
    statistics_options(command)
    add("--rank", type=int, default=10, help="so many eigenvalues (10)")
    add("--target", choices=sorted(TARGETS), default="mstar", help="which matrix (mstar)")
    add("--top", type=int, default=8, help="so many words for each pole of a concept (8)")
    add(
        "--init-scale",
        type=float,
        default=1e-6,
        help="s_k(0) of every mode in the rise times ln(lambda_k / s_k(0)^2) / lambda_k (1e-6)",
    )
    add("--out", type=Path, help="write the eigenpairs to this file")


def run(chosen: argparse.Namespace) -> Result:
    """Decompose, write the file if asked to, and name when each concept will be learned."""
    check_init_scale(chosen.init_scale)
    if chosen.top < 1:
        raise InputError(f"top is {chosen.top}, and must be at least 1")
    counts = load_statistics(chosen.stats, chosen.vocab_size)
    spectrum = decompose(target(counts, chosen.target), chosen.rank)
    if chosen.out:
        save_spectrum(chosen.out, spectrum, counts, target=chosen.target)
    with np.errstate(invalid="ignore"):
        times = rise_times(spectrum.values, np.full(spectrum.rank, chosen.init_scale**2))
    return {
        "target": chosen.target,
        "vocab_size": counts.vocab_size,
        "rank": spectrum.rank,
        "eigenvalues": spectrum.values.tolist(),
        "rise_times": [float(one) if np.isfinite(one) else None for one in times],
        "concepts": _concepts(spectrum, counts.words, chosen.top),
    }


def _concepts(spectrum: Spectrum, words: tuple[str, ...], top: int) -> list[Result]:
    found = (concept(spectrum, words, k, top=top) for k in range(1, spectrum.rank + 1))
    return [{"k": one.k, "positive": list(one.positive), "negative": list(one.negative)} for one in found]


def table(result: Result) -> str:
    """The result for people."""
    lines = [f"{result['target']} of {result['vocab_size']:,} words, {result['seconds']:.2f} s", ""]
    lines.append(f"{'k':>3} {'lambda_k':>10} {'tau_k':>10}  words of one pole / the other")
    for value, rise, one in zip(result["eigenvalues"], result["rise_times"], result["concepts"], strict=True):
        when = "never" if rise is None else f"{rise:.4f}"
        poles = f"{' '.join(one['positive'])} / {' '.join(one['negative'])}"
        lines.append(f"{one['k']:>3} {value:>10.2f} {when:>10}  {poles}")
    return "\n".join(lines)
