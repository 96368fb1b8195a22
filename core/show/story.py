"""The Story as one document: slides, their words and numbers, and the run they are about."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from numpy.typing import NDArray

from core.frames import LEARNED, Frame
from core.known import Known, largest_miss
from core.numbers import number, power
from core.problem import Problem, RunSpec
from core.prose import DEFAULT
from core.show import facts
from core.show.document import document
from core.show.run import recording, spoken
from core.show.words import Prose

SLIDES = (
    "cover", "company", "table", "prediction", "training", "dimensions", "early", "good", "bends", "end",
)  # fmt: skip
TOUR = {"cover": 12, "table": 18, "training": 25, "dimensions": 20, "good": 15}
"""What the tour plays, with seconds: 90 in all. It comes to rest on the last slide."""
SAY = Prose("show")


def story_html(
    spec: RunSpec,
    problem: Problem,
    frames: Sequence[Frame],
    *,
    language: str = DEFAULT,
    known: Known | None = None,
) -> bytes:
    """The Story as one self-contained HTML document: to read, as a 90-second tour, and to present.

    It loads nothing, so that it works from ``file://`` with no network. ``frames`` : all frames of the finished run
    of ``spec`` on ``problem``, whose counts must hold pairs. ``known`` : its prediction, where there is one already.
    ``?mode=tour``, ``present`` or ``read`` in the address say how it opens; the number of the slide follows ``#``.

    Raises
    ------
    InputError
        There is no record of benchmarks, or the document would be larger than 6 MB.
    """
    return documents(spec, problem, frames, languages=(language,), known=known)[language]


def documents(
    spec: RunSpec, problem: Problem, frames: Sequence[Frame], *, languages: Sequence[str], known: Known | None = None
) -> dict[str, bytes]:
    """``story_html`` in several languages, whose numbers are computed once."""
    known = known or Known.of(spec, problem)
    found, arrays = _facts(known, frames)
    run, clouds = recording(known, frames)
    made = {}
    for language in languages:
        header = {
            "kind": "story",
            "language": language,
            "run": run,
            "facts": found,
            "slides": [{"name": name, "seconds": TOUR.get(name, 0)} for name in SLIDES],
            "say": spoken(language) | _slides(known, found, frames, language),
        }
        made[language] = document(
            header,
            clouds | arrays,
            title=SAY("document.title", language),
            language=language,
            noscript=SAY("document.noscript", language),
        )
    return made


def _facts(known: Known, frames: Sequence[Frame]) -> tuple[dict[str, Any], dict[str, NDArray]]:
    table, entries = facts.table(known)
    early, two = facts.early(known, frames)
    melting, losses = facts.melting(known)
    found = {
        "company": facts.company(known),
        "table": table,
        "moments": facts.moments(known, frames),
        "early": early,
        "melting": melting,
        "analogy": facts.analogy(),
        "verdict": facts.verdict(),
        "tokens": known.problem.counts.source.tokens,
    }
    return found, {"table": entries, "early": two, "melting": losses}


def _slides(known: Known, found: dict[str, Any], frames: Sequence[Frame], language: str) -> dict[str, dict[str, str]]:
    """The passages of every slide, with the numbers that are known now; what moves is filled in by the page."""
    say, told = partial(SAY.under, language=language), partial(number, language=language)
    verdict, analogy, early = found["verdict"], found["analogy"], found["early"]
    a, b, c = analogy["question"]
    shared = {
        "a": a, "b": b, "c": c, "answer": analogy["answers"][0]["word"],
        "tokens": told(found["tokens"] / 1e6, ".1f"), "questions": told(verdict["questions"], ",d"),
    }  # fmt: skip
    first = float(known.prediction.descent_times[0]) * known.clock
    ours = verdict["ours"]
    gap = abs(ours[0] - ours[1]) * 100
    return {
        "cover": say("cover", tokens=shared["tokens"], round=told(found["tokens"] / 1e6, ".0f")),
        "company": say("company"),
        "table": say("table", size=found["table"]["size"]),
        "prediction": say("prediction", first=told(first, ".0f")),
        "training": say(
            "training", sigma=power(known.spec.init_scale), learned=told(LEARNED, ".0%"),
            miss=told(largest_miss(known, frames), ".1%"),
        ),
        "dimensions": say("dimensions", dim=known.spec.dim),
        "early": say(
            "early", rank=early["rank"], same=told(early["same"], ".1%"), time=told(early["time"], ".0f"),
            axes=early["axes"],
        ),
        "good": say(
            "good", **shared | {"tokens": told(verdict["tokens"] / 1e6, ".1f")}, words=told(analogy["words"], ",d"),
            dim=analogy["dim"],
        ),
        "bends": say("bends", ordered=found["melting"]["ordered"]),
        "end": say(
            "end", tokens=told(verdict["tokens"] / 1e6, ".1f"), vocab=told(verdict["vocab"], ",d"),
            questions=shared["questions"], when=verdict["when"], gap=told(gap, ".1f"),
        ),
    }  # fmt: skip
