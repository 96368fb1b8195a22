"""The instruments of the Compare page: any two to four runs on one clock."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from core.errors import InputError
from core.problem import RunSpec
from core.runfile import run_id
from core.ui import beside, chrome, controls, parameters, sitemap
from core.ui.choices import choice
from core.ui.gallery import EXAMPLES
from core.ui.lab import Lab, lab, statistics
from core.ui.panels import Axis, panels_view
from core.ui.prose import Prose, spelt
from core.ui.runs import MAX_RUNS, Sight, shared, sight, store, stored
from core.ui.view import pole_words

SAY = Prose("compare")
_LEAST, _MOST = 2, 4
_MODES = 8
_AXES = (1, 2, 3)
_DASHES = ("solid", "dash", "dot", "dashdot")
_OVERLAY = "one chart"


@dataclass(frozen=True)
class Choice:
    """A run to choose: an example, or one of the store."""

    name: str
    spec: RunSpec
    when: str


def choices() -> dict[str, Choice]:
    """By the run's id: the built-in examples, and the finished runs of this server, newest first."""
    found = {
        run_id(spec, statistics(spec.data, spec.vocab_size)): Choice(_called(name), spec, SAY("example"))
        for name, spec in EXAMPLES.items()
    }
    for entry in store().entries():
        when = SAY("when", moment=datetime.fromtimestamp(entry.created))
        if entry.id not in found:
            found[entry.id] = Choice(entry.name, entry.spec, when)
    return found


def _called(example: str) -> str:
    """What a built-in example is called in the language of this visit."""
    return SAY(f"example.{re.sub(r'[^a-z0-9]+', '-', example.lower())}")


def pick(known: dict[str, Choice]) -> list[str]:
    """Choose two to four runs; their ids are in the address."""
    asked = [one for one in st.query_params.get("runs", "").split(",") if one]
    gone = st.session_state.setdefault("gone", [one for one in asked if one not in known])
    if gone:
        chrome.literal_error(SAY("gone", runs=", ".join(one[:40] for one in gone[:4]), most=MAX_RUNS))
    if "picked" not in st.session_state:
        valid = [one for one in asked if one in known]
        st.session_state["picked"] = (valid or list(known)[:_LEAST])[:_MOST]
    picked = st.multiselect(
        SAY("runs"),
        list(known),
        key="picked",
        format_func=lambda one: f"{known[one].name} ({known[one].when})",
        max_selections=_MOST,
        on_change=lambda: st.session_state.update(gone=[]),
        help=SAY("runs.help"),
    )
    parameters.write("runs", ",".join(picked))
    return picked


def overlay_wanted() -> bool:
    """One chart for all runs, or one each."""
    ways = {_OVERLAY: SAY("show.one-chart"), "side by side": SAY("show.side-by-side")}
    return choice(st.segmented_control, SAY("show"), ways, key="show", required=True) == _OVERLAY


def show(known: dict[str, Choice], picked: Sequence[str], *, overlay: bool) -> None:
    """The runs that were picked, on one clock."""
    if len(picked) < _LEAST:
        st.info(SAY("runs.choose", least=_LEAST, most=_MOST), icon=":material/add:")
        return
    specs = [known[one].spec for one in picked]
    names = [known[one].name for one in picked]

    def draw() -> None:
        _draw([(name, lab(spec), _seen(spec)) for name, spec in zip(names, specs, strict=True)], overlay=overlay)

    beside.polled(lambda: any(_seen(spec).moving for spec in specs), draw)


def _seen(spec: RunSpec) -> Sight:
    """A run of the store, else one that is trained for everybody."""
    known = lab(spec)
    done = stored(known)
    if done is None and not known.sharable and spec not in EXAMPLES.values():
        raise InputError(SAY("too-long"))
    return sight(done) if done else shared(spec)


def _draw(runs: list[tuple[str, Lab, Sight]], *, overlay: bool) -> None:
    words = min((known.words for _, known, _ in runs), key=len)
    comparable = all(known.words[: len(words)] == words for _, known, _ in runs)
    top = max(beside.height(known, now) for _, known, now in runs)
    end = max(known.plan.steps * known.plan.dt * known.rate for _, known, _ in runs)
    panels = [
        beside.run_panel(
            known,
            now,
            id=f"run{n}",
            title=name,
            modes=_MODES,
            dash=_DASHES[n] if overlay else "solid",
            top=top,
            cloud=beside.cloud(known, now, _axes(known), words=len(words), title=SAY("cloud"))
            if comparable and now.frames
            else None,
        )  # fmt: skip
        for n, (name, known, now) in enumerate(runs)
    ]
    panels_view(
        panels,
        key="compared",
        identity=f"{[str(known.spec) for _, known, _ in runs]} {overlay}",
        axis=Axis(SAY("axis"), (0.0, end)),
        words=words if comparable else (),
        poles=[word for word in pole_words(runs[0][1], _axes(runs[0][1])) if word < len(words)] if comparable else (),
        overlay=overlay,
        live=any(now.moving for *_, now in runs),
        end=end,
        alt=SAY("alt"),
    )
    if not comparable:
        st.caption(SAY("other-words"))
    beside.problems(runs)
    chrome.table([_row(*one) for one in runs], label=SAY("numbers"), expanded=True)


def _axes(known: Lab) -> tuple[int, int, int]:
    """The first three concepts; a run of fewer shows its last one again."""
    first, second, third = (min(axis, known.concepts) for axis in _AXES)
    return first, second, third


def _row(name: str, known: Lab, now: Sight) -> dict[str, object]:
    sharp = beside.mean_sharpness(known, now)
    last = now.frames[-1] if now.frames else None
    return {
        SAY("numbers.run"): name,
        SAY("numbers.state"): beside.state(now),
        SAY("numbers.loss"): None if last is None else round(last.loss, 4),
        SAY("numbers.learned"): None
        if last is None
        else SAY("numbers.learned.of", learned=last.learned, dim=known.spec.dim),
        SAY("numbers.rank"): None if last is None else round(last.effective_rank, 1),
        SAY("numbers.found"): None if last is None else spelt(last.alignment[: min(5, known.concepts)][-1], ".0%"),
        SAY("numbers.sharpness"): None if sharp is None else round(sharp, 2),
        SAY("numbers.steps"): now.step,
    }


def links(known: dict[str, Choice], picked: Sequence[str]) -> None:
    """Where each run can be watched alone and trained again."""
    with st.container(horizontal=True):
        for one in picked:
            run = known[one]
            sitemap.link(
                "train", SAY("open", name=_plain(run.name)), ":material/open_in_new:",
                controls.address(run.spec) | {"trained": "yes"},
            )  # fmt: skip
    for message in store().messages[:3]:
        st.caption(message)


def _plain(name: str) -> str:
    """A run's name in a label, which takes Markdown: only letters, digits and harmless signs are left."""
    return "".join(sign if sign.isalnum() or sign in " .,'·=" else " " for sign in name)
