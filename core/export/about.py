"""What goes along with exported files: what they are, how to make the run again, whom to cite."""

from __future__ import annotations

import platform
import shlex
import tomllib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version

from core.export.trained import Trained
from core.export.words import celled, joined
from core.prose import citation
from core.sources import ASSETS, bundled, is_text
from core.training import GENSIM

_PACKAGES = ("numpy", "scipy", "gensim")
_SHOWN = 20
_SAYS = {
    "vectors.txt": "word vectors, text format of word2vec: KeyedVectors.load_word2vec_format('vectors.txt')",
    "vectors.bin": "the same in its binary format: KeyedVectors.load_word2vec_format('vectors.bin', binary=True)",
    "contexts.txt": "vectors of the words as contexts (the second matrix), text format of word2vec",
    "contexts.bin": "the same in its binary format",
    "vectors.tsv": "word vectors for the Embedding Projector, a line for each word",
    "metadata.tsv": "its labels: word, place by frequency, direction along which the word is furthest out",
    "projector_config.json": "its configuration, where files are served beside it; else press Load for the two files",
    "spectrum.csv": "for each mode k: lambda_k of M*, predicted and trained times, target and final singular value",
    "concepts.csv": "the words at both ends of each eigenvector of M*, with their entries in it",
    "history.csv": "loss and singular values of the embeddings at each snapshot",
    "staircase.bib": "the paper and this program, for a bibliography",
    "staircase.html": "the run in a player that needs no network: open it in a browser",
}


def bibtex() -> bytes:
    """The paper and the program."""
    return f"{citation()}\n".encode()


def readme(run: Trained, names: Iterable[str], link: str = "") -> bytes:
    """``README.txt``: which of the files is what, the run's settings, and how it can be made again.

    ``link`` : the address of the run in a dashboard, if there is one.
    """
    parts = [
        [f"Staircase: {celled(run.name)}"],
        _history(run),
        [f"{name:<22} {_SAYS[name]}" for name in names if name in _SAYS],
        _settings(run),
        _again(run, link),
        _rules(run),
        ["Versions", *(f"  {name} {number}" for name, number in _versions())],
    ]
    return ("\n\n".join("\n".join(part) for part in parts if part) + "\n").encode("utf-8", "replace")


def _history(run: Trained) -> list[str]:
    lines = [
        f"{len(run.words):,} words, {run.embeddings.shape[1]} dimensions, {int(run.steps[-1]):,} steps, "
        f"{len(run.steps):,} snapshots, last loss {run.loss[-1]:.6g}."
    ]
    return [*lines, f"The run broke off: {celled(run.message)}."] if run.message else lines


def _settings(run: Trained) -> list[str]:
    spec = run.spec
    about = {
        "text (data)": celled(spec.data),
        "words V": len(run.words),
        "dimension d": spec.dim,
        "model": spec.model + (", two matrices" if spec.two_matrices else ", one matrix"),
        "start sigma": spec.init_scale,
        "step dt lambda_1": spec.step_size,
        "seed": spec.seed,
        "until concept": spec.until or "all",
    }
    if spec.pairwise_weights:
        about["negatives k"] = f"{spec.negatives}, {'for contexts' if spec.draws_for_contexts else 'both ways'}"
    return ["Settings", *(f"  {name:<18} {value}" for name, value in about.items())]


def _again(run: Trained, link: str) -> list[str]:
    lines = ["The same run again (the same settings and seed give the same numbers)"]
    lines += [f"  address: {celled(link)}"] if link else []
    if bundled(run.spec.data) or is_text(run.spec.data):
        lines.append(f"  command: {command(run)}")
    if len(lines) > 1 and run.spec.model in GENSIM:
        lines.append("  (with the same --text, if there was one: a run does not record it)")
    return lines if len(lines) > 1 else []


def command(run: Trained) -> str:
    """What trains this run on a command line, as long as it was trained."""
    spec = run.spec
    given: dict[str, object] = {"dim": spec.dim, "init-scale": spec.init_scale, "step-size": spec.step_size}
    given |= {"seed": spec.seed, "model": spec.model, "negatives": spec.negatives}
    given |= _length(run)
    given |= {"vocab-size": spec.vocab_size} if spec.vocab_size is not None else {}
    flags = [f"--{name}" for name in ("untied", "asymmetric") if getattr(spec, name)]
    options = [part for name, value in given.items() for part in (f"--{name}", str(value))]
    return shlex.join(["python", "-m", "core", "train", spec.data, *options, *flags, "--out", "run.npz"])


def _length(run: Trained) -> dict[str, object]:
    """A run that broke off is told its goal; others as far as they came, which need not be the plan of their recipe."""
    if run.message or not run.steps[-1]:
        return {"until": run.spec.until} if run.spec.until else {}
    if run.spec.explained and not run.spec.untied:
        return {"steps": int(run.steps[-1])}
    return {"time": float(run.times[-1])}  # steps adapt


def _rules(run: Trained) -> list[str]:
    """What was changed in words, as far as it was."""
    pieces = zip(run.words, joined(run.words), strict=True)
    changed = [f"  {celled(word)!r} -> {piece}" for word, piece in pieces if word != piece]
    lines = [
        "Rules",
        "  Vectors stand in the model's own singular basis, longest direction first; distances and angles are its own.",
        "  Times are t * lambda_1: e-foldings of the first concept. Half of a mode's variance counts as learned.",
        "  In tables (.csv), text that a spreadsheet would take for a formula begins with an apostrophe.",
    ]
    if changed:
        lines.append(
            "  In vectors.txt and .bin white space in words became _ (more of them where two words would be one):"
        )
        more = [f"  and {len(changed) - _SHOWN:,} more"] if len(changed) > _SHOWN else []
        lines += changed[:_SHOWN] + more
    return lines


def _versions() -> list[tuple[str, str]]:
    found = [("Staircase", _own_version()), ("Python", platform.python_version())]
    for name in _PACKAGES:
        try:
            found.append((name, version(name)))
        except PackageNotFoundError:
            continue
    return found


def _own_version() -> str:
    try:
        return str(tomllib.loads((ASSETS.parent / "pyproject.toml").read_text("utf-8"))["project"]["version"])
    except (OSError, tomllib.TOMLDecodeError, KeyError):
        return "unknown"
