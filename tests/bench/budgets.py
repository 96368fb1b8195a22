"""The budgets of the design, held against what the benchmarks measure: python tests/bench/budgets.py [--markdown].

Runs the benchmarks one after the other, each in a process of its own, and tells for each budget what was measured and
whether it is met, below the machine it was measured on. ``--stats`` names counts of at least 10,000 words, ``--text`` a
text of some 100 MB, and STAIRCASE_GLOVE the folder of GloVe's built tools. What cannot be measured here says why, and
a benchmark that fails does not end the others.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))

from machine import machine
from reporting import Results
from serving import chromium
from verdicts import Budget, Missing, Outcome, Row, at, judged, number, table

HERE = Path(__file__).resolve().parent
PAPER_WORDS = 10_000


@dataclass(frozen=True)
class Bench:
    """A script. passed : which of our options it takes. lacks : why it cannot run here; empty if it can."""

    file: str
    passed: tuple[str, ...] = ()
    lacks: Callable[[argparse.Namespace], str] = lambda _: ""


def at_paper_scale(name: str) -> Callable[[Results], float]:
    """The same, if it is about the paper's vocabulary."""

    def figure(results: Results) -> float:
        if results["words"] < PAPER_WORDS:
            raise Missing(
                f"measured at V = {results['words']:,} only: {number(results[name])}; --stats names larger counts"
            )
        return results[name]

    return figure


def worst_mode(name: str, choose: Callable[..., float], scale: float = 1.0) -> Callable[[Results], float]:
    """Of the player, which is measured in two modes."""
    return lambda results: scale * choose(row[name] for row in results["results"])


def no_browser(_: argparse.Namespace) -> str:
    if not find_spec("playwright"):
        return "no playwright (tests/requirements.txt)"
    return "" if chromium() else "no Chromium"


def no_rival(options: argparse.Namespace) -> str:
    if not options.text:
        return "no text; --text names one"
    return "" if os.environ.get("STAIRCASE_GLOVE") else "no GloVe; STAIRCASE_GLOVE names the folder of its tools"


def no_proc(_: argparse.Namespace) -> str:
    return "" if Path("/proc/self/status").exists() else "no /proc: Linux only"


BENCHES = {
    "core": Bench("bench_core.py"),
    "paper": Bench("bench_paper.py", ("stats",)),
    "spectrum": Bench("bench_spectrum.py", ("stats",)),
    "evaluation": Bench("bench_evaluation.py"),
    "counting": Bench("bench_counting.py", ("text",), no_rival),
    "live": Bench("bench_live.py", (), no_browser),
    "player": Bench("bench_player.py", (), no_browser),
    "viewers": Bench("bench_viewers.py", (), no_proc),
}
_PAPER = "V = 10,000, d = 200, through the tenth plateau"
_EIGENPAIRS = "top 200 eigenpairs of M*, V = 10,000"
_VIEWERS = "50 viewers on one process, a page that is ready"
BUDGETS = (
    Budget("a QWEM step / its two bare matrix products", "core", at("a QWEM step / its two bare products"), 1.25),
    Budget(
        "default run, V = 2,000, d = 50, to its rank-d floor + 5 %",
        "core",
        at("default run to its floor + 5 % (s)"),
        5,
        " s",
    ),
    Budget("exact flow, d = 50, at 500 times", "core", at("exact flow at 500 times (s)", 1_000), 50, " ms"),
    Budget(
        f"{_PAPER}, as Train live runs it: the whole process",
        "paper",
        at("on the page's eigenpairs, the whole process (s)"),
        60,
        " s",
    ),
    Budget(
        f"{_PAPER}, as Train live runs it: peak memory",
        "paper",
        at("on the page's eigenpairs, peak memory (GiB)"),
        2,
        " GiB",
    ),
    Budget(f"{_PAPER}: training", "paper", at_paper_scale("training (s)"), 60, " s"),
    Budget(f"{_PAPER}: the whole process", "paper", at_paper_scale("the whole process (s)"), 60, " s"),
    Budget(f"{_PAPER}: peak memory", "paper", at_paper_scale("peak memory (GiB)"), 2, " GiB"),
    Budget(f"{_EIGENPAIRS}: eigsh / ours", "spectrum", at_paper_scale("eigsh / ours"), 4, " x", False),
    Budget(f"{_EIGENPAIRS}: worst relative residual", "spectrum", at_paper_scale("worst residual, ours"), 1e-4),
    Budget("7,000 analogies at V = 10,000, d = 200", "evaluation", at("all analogies (s)"), 3, " s"),
    Budget(
        "text to counts in a file, V = 10,000, L = 16: GloVe / ours", "counting", at("GloVe / count"), 3, " x", False
    ),
    Budget("start of the server", "live", at("start of the server (s)"), 3, " s"),
    Budget("first picture, cold", "live", at("first picture (s)"), 2.5, " s"),
    Budget("reload", "live", at("reload (s)"), 1.2, " s"),
    Budget("live view: updates a second", "live", at("live updates a second"), 4, most=False),
    Budget("live view: blank frames", "live", at("blank frames"), 0),
    Budget("player, 5,000 words x 100 frames", "player", worst_mode("fps_p50", min), 50, " fps", False),
    Budget("player: payload", "player", worst_mode("payload_bytes", max, 1e-6), 4, " MB"),
    Budget(f"{_VIEWERS}: p95 of a rerun", "viewers", at("a rerun, p95 (ms)"), 100, " ms"),
    Budget(f"{_VIEWERS}: memory", "viewers", at("memory after (MB)"), 600, " MB"),
)


def held(outcomes: Mapping[str, Outcome]) -> list[Row]:
    """All budgets of the benchmarks that were asked for, in the order of the table."""
    return [judged(budget, outcomes[budget.bench]) for budget in BUDGETS if budget.bench in outcomes]


def outcome(bench: Bench, options: argparse.Namespace) -> Outcome:
    """Run a benchmark to its end."""
    if not (HERE / bench.file).exists():
        return Outcome(missing=f"no {bench.file}")
    if reason := bench.lacks(options):
        return Outcome(missing=reason)
    given = {name: getattr(options, name) for name in bench.passed if getattr(options, name)}
    knobs = [text for name, value in given.items() for text in (f"--{name}", str(Path(value).resolve()))]
    done = subprocess.run([sys.executable, str(HERE / bench.file), *knobs, "--json"], capture_output=True, text=True)
    if done.returncode:
        return Outcome(missing=f"{bench.file} failed: {last_line(done.stderr)}")
    try:
        return Outcome(json.loads(last_line(done.stdout)))
    except ValueError:
        return Outcome(missing=f"{bench.file} printed no JSON")


def last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it said nothing"])[-1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", nargs="+", choices=list(BENCHES), default=list(BENCHES), metavar="NAME", help=", ".join(BENCHES)
    )
    parser.add_argument("--stats", help="counts of at least 10,000 words, a file made by count")
    parser.add_argument("--text", help="a text to count, some 100 MB")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--markdown", action="store_true", help="print a table in Markdown")
    form.add_argument("--json", action="store_true", help="print JSON, with all that the benchmarks told")
    options = parser.parse_args()
    about, outcomes = machine(), {}
    for name in dict.fromkeys(options.only):
        started = time.perf_counter()
        outcomes[name] = outcome(BENCHES[name], options)
        print(f"{name}: {outcomes[name].missing or 'measured'}, {time.perf_counter() - started:.0f} s", file=sys.stderr)
    rows = held(outcomes)
    if options.json:
        told = {name: asdict(one) for name, one in outcomes.items()}
        print(json.dumps({"machine": about, "budgets": [asdict(row) for row in rows], "benchmarks": told}))
        return
    print(about, "", *table(rows, markdown=options.markdown), sep="\n")


if __name__ == "__main__":
    main()
