"""The frame that pages share: heading, evidence badges, plain or maths, a table beside each chart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.figures.theme import inked
from core.frames import Frame, which
from core.numbers import points
from core.problem import RunSpec
from core.prose import DEFAULT
from core.reading.text import shown
from core.sources import ASSETS
from core.spectrum import Concept
from core.spreadsheet import harmless
from core.stairs import Step, steps
from core.ui import saving
from core.ui.lab import Lab, concepts
from core.ui.memory import remembered
from core.ui.prose import SITE, Prose, language, language_picker, spelt

SAY = Prose("shared")
# The kinds of evidence: their colours, and what they are called in assets/prose.
EVIDENCE: dict[str, tuple[Any, str]] = {
    "theorem": ("blue", "theorem"),
    "derivation": ("violet", "derivation"),
    "simulation": ("green", "simulation"),
    "paper-reported": ("orange", "paper-reported"),
    "beyond the paper": ("gray", "beyond"),
}
RISE_TIME = (
    r"\tau_k = \frac{dt}{2\ln(1 + dt\,\lambda_k/2)}\ln\frac{\lambda_k}{s_k^2(0)}"
    r"\;\xrightarrow{dt\to 0}\;\frac{1}{\lambda_k}\ln\frac{\lambda_k}{s_k^2(0)}"
)
_DIGITS = 4  # after the point, at most, of numbers in tables that ask for nothing else
_NONE = "–"  # where there is no value
_TABLES = 32  # of runs, whose numbers are kept
_READABLE = 860  # pixels: longer lines are hard to follow
_STYLE = """<style>
[data-testid="stMainBlockContainer"] { padding: 1.3rem 1.6rem 3rem; max-width: 1500px; }
[data-testid="stMain"] h1 { font-size: 1.72rem; font-weight: 700; padding: 0; line-height: 1.25; }
[data-testid="stHeading"] h3 { font-size: 1.18rem; padding: .6rem 0 .1rem; }
[data-testid="stSidebarNav"] li { margin: 0; }
[data-testid="stSidebarNav"] li a { min-height: 1.62rem; padding-block: 0; }
[data-testid="stSidebarNavItems"] > div { margin-top: .4rem; }
[data-testid="stSidebarUserContent"] { padding-top: .6rem; padding-bottom: 1rem; }
.st-key-see p { font-size: 1.05rem; opacity: .88; margin: 0; }
.st-key-mislead p { font-size: .92rem; opacity: .75; margin: 0; }
.st-key-see { margin-top: .1rem; }
.st-key-access { display: none; }
[data-testid="stMain"] a[href^="#term-"] { color: inherit; text-decoration: underline dotted; cursor: help; }
#term-hint { position: fixed; z-index: 1000000; max-width: min(340px, calc(100vw - 16px)); padding: .5rem .7rem;
  border-radius: .5rem; background: #1b2334; color: #f6f7fa; font-size: .9rem; line-height: 1.4;
  box-shadow: 0 4px 18px rgb(0 0 0 / .25); pointer-events: none; }
[data-testid="stMain"] [data-testid="stCaptionContainer"] { color: inherit; opacity: .8; }
/* White on the light blue of the dark theme is too faint to read. */
[data-testid="stBaseButton-primary"]:not(:disabled) p, [data-tag-index] span { color: light-dark(#ffffff, #0f131c); }
.st-key-mislead { margin-top: -.15rem; margin-bottom: .3rem; }
@media (max-width: 768px) {
  [data-testid="stLayoutWrapper"]:has(> div > [data-testid="stLayoutWrapper"] > .st-key-steer) { flex: 1 1 100%; }
  [data-testid="stMainBlockContainer"] { padding: 4.1rem 0.7rem 2rem; }
  [data-testid="stMain"] h1 { font-size: 1.35rem; }
}
@media (min-width: 769px) { [data-testid="stHeader"] { background: transparent; } }
</style>"""


def site() -> None:
    """What stands on every page: the style sheet and the switch between plain words and maths."""
    st.logo(str(ASSETS / "logo.svg"), size="large")
    st.html(_STYLE)
    with st.sidebar:
        st.toggle(SITE("maths"), key="maths", bind="query-params", help=SITE("maths.help"))
        language_picker()


def head(title: str, see: str, mislead: str, more: str = "") -> None:
    """A page's title, one sentence on what to see, another on how it can mislead; ``more`` unfolds."""
    st.title(title, anchor=False)
    with st.container(key="see"):
        st.markdown(see)
    with st.container(key="mislead"):
        st.markdown(SITE("careful", text=mislead), help=more or None)


def panel(title: str, *evidence: str) -> None:
    """The heading of a panel, with the kinds of evidence it speaks by."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.subheader(title, anchor=False, width="content")
        badges(*evidence)


def badges(*evidence: str) -> None:
    """By which kind of evidence a panel speaks."""
    for name in evidence:
        colour, called = EVIDENCE[name]
        st.badge(SITE(f"evidence.{called}"), color=colour, help=SITE(f"evidence.{called}.help"))


def maths(equation: str, words: str = "") -> None:
    """An equation, for those who asked for maths."""
    if st.session_state.get("maths"):
        if words:
            st.markdown(words)
        st.latex(equation)


def article(text: str) -> None:
    """A long text. Blocks between lines ``<!-- maths -->`` and ``<!-- plain -->`` are for those who asked for maths."""
    if not st.session_state.get("maths"):
        text = re.sub(r"<!-- maths -->.*?<!-- plain -->", "", text, flags=re.DOTALL)
    with st.container(width=_READABLE):
        st.markdown(re.sub(r"<!-- \w+ -->", "", text))


def glossary() -> None:
    """What the words on the page mean, for whoever asks."""
    with st.container(key="glossary"), st.expander(SITE("glossary"), icon=":material/help:"):
        article("\n".join(f"- {meaning}" for meaning in Prose("glossary").all().values()))


def chart(figure: go.Figure, *, key: str, alt: str) -> None:
    """A still figure with a description for those who do not see it, and a line that saves it."""
    figure.layout.separators = points(language())
    inked(figure, dark=dark())
    with st.container(gap=None):
        st.plotly_chart(figure, key=key, alt=alt, config={"displaylogo": False, "displayModeBar": False})
        saving.menu(key=key, alt=alt)


def table(rows: Sequence[dict[str, Any]], *, label: str, expanded: bool = False, height: int | None = None) -> None:
    """The numbers of a chart. Words in it are shown as they are, never as markup."""
    with st.expander(label, expanded=expanded, icon=":material/table:"):
        grid(rows, height=height or "auto")


def grid(rows: Sequence[dict[str, Any]], *, forms: Mapping[str, str] | None = None, **options: Any) -> None:
    """The rows as every table must show them: visitors download tables as CSV, and words may be spelt as formulas.

    Numbers with decimals are written as the visit's language has them, by the format that ``forms`` has for their
    column, else with up to four decimals; they still sort as numbers. ``options`` are those of ``st.dataframe``.
    """
    frame: Any = pd.DataFrame([{harmless(name): harmless(value) for name, value in row.items()} for row in rows])
    if forms or language() != DEFAULT:  # ten times the work: not where browsers write the numbers as well
        asked = dict(forms or {})
        written = {name: partial(_written, form=asked.get(name)) for name in frame.select_dtypes("floating")}
        frame = frame.style.format(written, na_rep=_NONE)
    st.dataframe(frame, hide_index=True, placeholder=_NONE, **options)


def _written(value: float, form: str | None) -> str:
    if form:
        return spelt(value, f"z{form}")  # no minus before 0
    return spelt(value, f"z.{_DIGITS}f").rstrip("0").rstrip(".,")


def step_table(known: Lab, frames: Sequence[Frame]) -> None:
    """Every step, predicted and trained, with times as t * lambda_1 and the two poles of each concept."""
    table(_step_rows(known.spec, which(frames), language(), known, frames), label=SAY("steps"))


@remembered(max_entries=_TABLES)
def _step_rows(
    spec: RunSpec, which: tuple[int, int], language: str, _known: Lab, _frames: Sequence[Frame]
) -> list[dict[str, Any]]:
    words = concepts(spec, 4)
    return [_step_row(one, _known, words[one.k - 1]) for one in steps(_known.prediction, _frames, _known.concepts)]


def _step_row(one: Step, known: Lab, found: Concept) -> dict[str, Any]:
    numbers = asdict(one)
    clocks = {"flow_time": known.clock, "descent_time": known.clock, "trained_time": known.rate}
    scaled = {
        name: None if numbers[name] is None else round(numbers[name] * clock, 2) for name, clock in clocks.items()
    }
    return {
        SAY("steps.concept"): one.k,
        SAY("steps.pole"): " ".join(found.positive),
        SAY("steps.other"): " ".join(found.negative),
        "λ": round(one.value, 2),
        SAY("steps.flow"): scaled["flow_time"],
        SAY("steps.descent"): scaled["descent_time"],
        SAY("steps.learned"): scaled["trained_time"],
        SAY("steps.target"): round(one.target, 3),
        SAY("steps.now"): None if one.trained is None else round(one.trained, 3),
        SAY("steps.loss"): round(one.plateau, 4),
    }


def literal_error(message: str) -> None:
    """An error whose text may hold a visitor's words: shown letter by letter, as one line, cut where it is long."""
    with st.container(border=True):
        st.markdown(f":red[**{SITE('choose-again')}**]")
        st.text(shown(message))


def address() -> str:
    """The address of this page as it is."""
    base = st.context.url or ""
    chosen = urlencode(st.query_params.to_dict())
    return f"{base}?{chosen}" if chosen else base


def dark() -> bool:
    """Whether the viewer sees the dark theme."""
    return st.context.theme.type == "dark"
