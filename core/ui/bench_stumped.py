"""Analogies that fail, by family, each with what can be said about why."""

from __future__ import annotations

import statistics as numbers
from collections.abc import Sequence

import streamlit as st

from core.evaluation import crossed
from core.geometry import similar
from core.misses import Miss, stumped
from core.questions import families, in_vocabulary
from core.ui import chrome
from core.ui.bench_words import EmbeddedWords, asked
from core.ui.choices import choice
from core.ui.families import family_title
from core.ui.memory import remembered
from core.ui.prose import Prose

SAY = Prose("benchmarks")
Pairs = tuple[tuple[int, int], ...]
_SHOWN = 4
_FIRST = "currency"
_ALIKE = 0.2
_RARE = 10  # times rarer than the median word of the family's


def stump(found: EmbeddedWords, data: str, dim: int) -> None:
    """Choose a family; what goes most wrong in it, and why."""
    names = [family.name for family in families()]
    titles = {name: family_title(name) for name in names}
    chosen = choice(st.selectbox, SAY("stump.family"), titles, key="family", default=_FIRST, width=300)
    pairs = _pairs(data, chosen)
    if len(pairs) < 2:
        st.info(SAY("stump.none", pairs=len(pairs)))
        return
    with st.spinner(SAY("stump.looking")):
        misses, right, total, hopeless = _misses(data, chosen, dim)
    told = [SAY("stump.right", right=right, total=total, pairs=len(pairs), dim=dim)]
    told += [SAY("stump.hopeless", count=hopeless)] if hopeless else []
    st.markdown(" ".join([*told, SAY("stump.worst", count=len(misses)) if misses else SAY("stump.fails-not")]))
    halves = st.columns(2, gap="medium")
    for n, miss in enumerate(misses):
        with halves[n % 2], st.container(border=True):
            _card(found, miss, pairs, dim, n)
    if misses:
        chrome.table([_row(found, miss, pairs) for miss in misses], label=SAY("stump.table"))


def _pairs(data: str, name: str) -> Pairs:
    return _known(data)[name]


@remembered(max_entries=8)
def _known(data: str) -> dict[str, Pairs]:
    """Pairs of every family, by name; words that differ in case only are one, the most frequent."""
    index: dict[str, int] = {}
    for number, word in enumerate(asked(data).words):
        index.setdefault(word.lower(), number)
    return {family.name: in_vocabulary(family, index) for family in families()}


@remembered(max_entries=64)
def _misses(data: str, name: str, dim: int) -> tuple[tuple[Miss, ...], int, int, int]:
    """The worst failures of a family, how many were right, of how many, and how many could not be."""
    vectors, pairs = asked(data).at(dim), _pairs(data, name)
    score = crossed(vectors, pairs)
    return stumped(vectors, pairs, _SHOWN), score.right, score.total, score.hopeless


def _card(found: EmbeddedWords, miss: Miss, pairs: Pairs, dim: int, n: int) -> None:
    a, b, c, expected, given = (found.words[one] for one in (miss.a, miss.b, miss.c, miss.expected, miss.given))
    st.text(SAY("stump.card", a=a, b=b, c=c, expected=expected, given=given))
    near = [one for one, _ in similar(found.at(dim), miss.expected, len(miss.neighbours))]
    st.text("\n".join(f"· {one}" for one in why(found, miss, pairs, near)))
    st.button(SAY("stump.send"), key=f"ask{n}", icon=":material/north:", on_click=_sent, args=(a, b, c))


def _sent(*words: str) -> None:
    """Put these words into the question, and so into the address."""
    for key, one in zip("abc", words, strict=True):
        st.session_state[key] = one
    st.toast(SAY("stump.sent"), icon=":material/north:")


def why(found: EmbeddedWords, miss: Miss, pairs: Pairs, near: Sequence[int]) -> list[str]:
    """Facts about a failure, each of which holds; none of them is proved to be the cause.

    ``near``: the words nearest to the expected one, which tell the sense in which the text uses it.
    """
    told = [_first_fact(found, miss)]
    if miss.rank and miss.parallel < _ALIKE:
        first, second = _step(found, miss.a, miss.b), _step(found, miss.c, miss.expected)
        told.append(SAY("why.differ", first=first, second=second, cosine=miss.parallel))
    told += [_company(found, miss.c, miss.neighbours), _company(found, miss.expected, near)]
    median = numbers.median({one: int(found.unigram[one]) for pair in pairs for one in pair}.values())
    rare = [one for one in (miss.c, miss.expected, miss.a, miss.b) if found.unigram[one] * _RARE < median]
    told += [
        SAY("why.rare", word=found.words[one], times=int(found.unigram[one]), median=float(median)) for one in rare[:1]
    ]  # fmt: skip
    return told


def _company(found: EmbeddedWords, one: int, near: Sequence[int]) -> str:
    """Which words are nearest to one of the question: they tell in which sense the text uses it."""
    return SAY("why.near", word=found.words[one], near=", ".join(found.words[other] for other in near))


def _first_fact(found: EmbeddedWords, miss: Miss) -> str:
    expected, given, c = (found.words[one] for one in (miss.expected, miss.given, miss.c))
    if miss.reason == "excluded":
        return SAY("why.excluded", expected=expected)
    scores = SAY("why.scores", cosine=miss.cosine, given=miss.given_cosine)
    if miss.reason == "runner-up":
        return SAY("why.runner-up", expected=expected, scores=scores)
    place, others = _place(miss.rank), len(found.words) - 3
    came = SAY("why.came", expected=expected, place=place, all=others, scores=scores)
    if miss.reason == "neighbour":
        return f"{SAY('why.neighbour', given=given, c=c)} {came}"
    return came


def _step(found: EmbeddedWords, begin: int, end: int) -> str:
    return f"{found.words[end]} - {found.words[begin]}"


def _place(rank: int) -> str:
    ending = "th" if rank % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return SAY(f"place.{ending}", rank=rank)


def _row(found: EmbeddedWords, miss: Miss, pairs: Sequence[tuple[int, int]]) -> dict[str, object]:
    words = {"a": found.words[miss.a], "b": found.words[miss.b], "c": found.words[miss.c]}
    return words | {
        SAY("column.expected"): found.words[miss.expected],
        SAY("column.given"): found.words[miss.given],
        SAY("column.expected.place"): miss.rank or SAY("stump.in-question"),
        SAY("column.expected.cosine"): round(miss.cosine, 4),
        SAY("column.given.cosine"): round(miss.given_cosine, 4),
        SAY("column.alike"): round(miss.parallel, 3),
        SAY("column.nearest"): " · ".join(found.words[one] for one in miss.neighbours),
        SAY("column.times.c"): int(found.unigram[miss.c]),
        SAY("column.times.expected"): int(found.unigram[miss.expected]),
        SAY("column.pairs"): len(pairs),
    }
