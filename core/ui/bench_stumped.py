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
from core.ui.bench_curves import family_title
from core.ui.bench_words import EmbeddedWords, asked
from core.ui.memory import remembered

Pairs = tuple[tuple[int, int], ...]
_SHOWN = 4
_FIRST = "currency"
_ALIKE = 0.2
_RARE = 10  # times rarer than the median word of the family's


def stump(found: EmbeddedWords, data: str, dim: int) -> None:
    """Choose a family; what goes most wrong in it, and why."""
    names = [family.name for family in families()]
    chosen = st.selectbox(
        "family", names, index=names.index(_FIRST), format_func=family_title, key="family", bind="query-params",
        width=300,
    )  # fmt: skip
    pairs = _pairs(data, chosen)
    if len(pairs) < 2:
        st.info(f"{len(pairs)} pairs of this family are in the vocabulary, and a question takes two.")
        return
    misses, right, total, hopeless = _misses(data, chosen, dim)
    st.markdown(
        f"**{right:,} of {total:,}** questions of this family are right ({len(pairs)} pairs, d = {dim}). "
        + (f"{hopeless:,} cannot be won: the expected word is in the question itself. " if hopeless else "")
        + (f"The {len(misses)} that go most wrong, each expected word once:" if misses else "Nothing fails.")
    )
    halves = st.columns(2, gap="medium")
    for n, miss in enumerate(misses):
        with halves[n % 2], st.container(border=True):
            _card(found, miss, pairs, dim, n)
    if misses:
        chrome.table([_row(found, miss, pairs) for miss in misses], label="The numbers of these failures")


def _pairs(data: str, name: str) -> Pairs:
    return _known(data)[name]


@remembered(max_entries=8)
def _known(data: str) -> dict[str, Pairs]:
    """Pairs of every family, by name; words that differ in case only are one, the most frequent."""
    index: dict[str, int] = {}
    for number, word in enumerate(asked(data).words):
        index.setdefault(word.lower(), number)
    return {family.name: in_vocabulary(family, index) for family in families()}


@remembered(max_entries=64, show_spinner="Looking for failures …")
def _misses(data: str, name: str, dim: int) -> tuple[tuple[Miss, ...], int, int, int]:
    """The worst failures of a family, how many were right, of how many, and how many could not be."""
    vectors, pairs = asked(data).at(dim), _pairs(data, name)
    score = crossed(vectors, pairs)
    return stumped(vectors, pairs, _SHOWN), score.right, score.total, score.hopeless


def _card(found: EmbeddedWords, miss: Miss, pairs: Pairs, dim: int, n: int) -> None:
    a, b, c, expected, given = (found.words[one] for one in (miss.a, miss.b, miss.c, miss.expected, miss.given))
    st.text(f"{a} : {b} :: {c} : ?\nExpected {expected}, answered {given}.")
    near = [one for one, _ in similar(found.at(dim), miss.expected, len(miss.neighbours))]
    st.text("\n".join(f"· {one}" for one in why(found, miss, pairs, near)))
    st.button("Ask it above", key=f"ask{n}", icon=":material/north:", on_click=_sent, args=(a, b, c))


def _sent(*words: str) -> None:
    """Put these words into the question, and so into the address."""
    for key, one in zip("abc", words, strict=True):
        st.session_state[key] = one
    st.toast("Asked: the answer and its parallelogram are above.", icon=":material/north:")


def why(found: EmbeddedWords, miss: Miss, pairs: Pairs, near: Sequence[int]) -> list[str]:
    """Facts about a failure, each of which holds; none of them is proved to be the cause.

    ``near``: the words nearest to the expected one, which tell the sense in which the text uses it.
    """
    told = [_first_fact(found, miss)]
    if miss.rank and miss.parallel < _ALIKE:
        told.append(
            f"The two pairs hardly differ in the same way: {_step(found, miss.a, miss.b)} and "
            f"{_step(found, miss.c, miss.expected)} have cosine {miss.parallel:.2f}."
        )
    told += [_company(found, miss.c, miss.neighbours), _company(found, miss.expected, near)]
    median = numbers.median({one: int(found.unigram[one]) for pair in pairs for one in pair}.values())
    rare = [one for one in (miss.c, miss.expected, miss.a, miss.b) if found.unigram[one] * _RARE < median]
    told += [
        f"{found.words[one]} comes {found.unigram[one]:,} times in the text; the median word of this family "
        f"{median:,.0f} times." for one in rare[:1]
    ]  # fmt: skip
    return told


def _company(found: EmbeddedWords, one: int, near: Sequence[int]) -> str:
    """Which words are nearest to one of the question: they tell in which sense the text uses it."""
    return f"Nearest to {found.words[one]}: {', '.join(found.words[other] for other in near)}."


def _first_fact(found: EmbeddedWords, miss: Miss) -> str:
    expected, given, c = (found.words[one] for one in (miss.expected, miss.given, miss.c))
    if miss.reason == "excluded":
        return f"The expected word, {expected}, is in the question, and question words may not answer: a lost one."
    scores = f"cosine {miss.cosine:.3f} against {miss.given_cosine:.3f}"
    if miss.reason == "runner-up":
        return f"Nearly: the expected word, {expected}, came second, {scores}."
    came = f"The expected word, {expected}, came {_place(miss.rank)} of {len(found.words) - 3:,}, {scores}."
    if miss.reason == "neighbour":
        return f"The answer, {given}, is the nearest word to {c} anyway: the arithmetic changed nothing. {came}"
    return came


def _step(found: EmbeddedWords, begin: int, end: int) -> str:
    return f"{found.words[end]} - {found.words[begin]}"


def _place(rank: int) -> str:
    ending = "th" if rank % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank:,}{ending}"


def _row(found: EmbeddedWords, miss: Miss, pairs: Sequence[tuple[int, int]]) -> dict[str, object]:
    words = {
        name: found.words[getattr(miss, name)] for name in ("a", "b", "c", "expected", "given")
    }  # fmt: skip
    return words | {
        "place of the expected word": miss.rank or "in the question",
        "its cosine": round(miss.cosine, 4),
        "cosine of the answer": round(miss.given_cosine, 4),
        "pairs alike (cosine)": round(miss.parallel, 3),
        "nearest to c": " · ".join(found.words[one] for one in miss.neighbours),
        "times c": int(found.unigram[miss.c]),
        "times expected": int(found.unigram[miss.expected]),
        "pairs in the family": len(pairs),
    }
