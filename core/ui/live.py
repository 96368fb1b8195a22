"""A visitor's own run: started, watched and steered from the page, gone when the tab is closed."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.errors import InputError
from core.frames import Frame, next_concept
from core.problem import RunSpec
from core.runfile import Finished, run_id
from core.runs import Run, State
from core.training import GENSIM, MODELS
from core.ui import beside, chrome, sitemap
from core.ui.gallery import AT_ONCE, EXAMPLES
from core.ui.lab import Lab, counts_only, lab, paper_scale, paper_spectrum, statistics
from core.ui.memory import is_own
from core.ui.prose import SITE
from core.ui.runs import Sight, finished, identity, queued_run, shared, sight, stored, watch
from core.ui.view import run_view

_POLL_SECONDS = 0.2
_UNSTABLE = 2.0
_MAIN_LABEL = {State.RUNNING: "Pause", State.PAUSED: "Resume"}


@st.cache_resource(scope="session", max_entries=1, show_spinner=False, on_release=lambda run: run.stop())
def _private_run(spec: RunSpec, number: int) -> Run[Frame]:
    """The visitor's run number so-and-so, not yet started. A newer one, or leaving, stops it."""
    return queued_run(lab(spec), st.session_state.get("name") or "")


def controls(known: Lab, pace: float, *, page: str = "train") -> None:
    """The buttons that steer the visitor's run of this recipe."""
    _leave_other_recipes(known.spec, page)
    _poll(_buttons, known, pace)


def about(known: Lab) -> None:
    """When the run ends, what a model other than the theory's changes, and what a partly known M* leaves out."""
    spec = known.spec
    if 0 < spec.until < spec.dim:
        st.caption(SITE("stops", until=spec.until, dim=spec.dim))
    if paper_scale(spec.data, spec.vocab_size):
        known_pairs = paper_spectrum().spectrum
        faintest = known_pairs.values[-1] / known_pairs.values[0]
        st.markdown(
            f"{spec.vocab_size:,} words, as in the paper. Of so large a table M\\* its {known_pairs.rank} strongest "
            f"concepts are bundled and stand for it; the faintest is {faintest:.0%} as strong as the first. That "
            "is enough for QWEM. Other models need the pairs themselves: choose fewer words."
        )
    if spec.explained and not spec.untied:
        return
    parts = [f"**{spec.model}**: {MODELS[spec.model].meaning}"]
    if spec.model in GENSIM:
        drawn = "pairs are drawn from the statistics, P_ij, as two-word sentences"
        parts.append(drawn if counts_only(spec.data) else "the text itself, sentence by sentence, in random order")
    if spec.two_matrices:
        parts.append("words and contexts have a matrix each, which can also fit what M\\* has below zero")
    told = (
        "Dotted lines are the theory of QWEM, which this model leaves; time is counted in e-foldings of its own first "
    )
    st.markdown("; ".join(parts) + ". " + ("" if spec.explained else told + "concept."))


def comparison(known: Lab) -> None:
    """The way to compare this run with the model of the theory. Runs on an own text are not kept, so not to be had."""
    if is_own(known.spec):
        return
    other = next(iter(EXAMPLES.values()))
    theirs = run_id(other, statistics(other.data, other.vocab_size))
    both = ",".join(dict.fromkeys((identity(known), theirs)))
    sitemap.link("compare", "Compare with other runs", ":material/compare_arrows:", {"runs": both})


def view(known: Lab) -> None:
    """The visitor's run of this recipe if there is one, else what is known already; and the numbers."""
    _poll(_current, known)


def follow(known: Lab, part: Callable[[Lab, Sight], None]) -> None:
    """Draw another part of the page from the same run, as often as the run itself is drawn."""

    def drawn(known: Lab) -> None:
        part(known, seen(known))

    drawn.__qualname__ = part.__qualname__
    _poll(drawn, known)


def _poll(part: Callable[..., None], known: Lab, *rest: float) -> None:
    """Draw a part of the page, and again a few times a second while the run to be seen is moving."""

    def draw() -> None:
        part(known, *rest)

    draw.__qualname__ = part.__qualname__
    beside.polled(lambda: seen(known).moving, draw, every=_POLL_SECONDS)


def seen(known: Lab) -> Sight:
    """The visitor's run of this recipe, else the one that everybody shares, if it is asked for, else its start."""
    run = _own_run(known.spec)
    if run is not None and run.state is not State.READY:  # a lost connection leaves a new one in its place
        return watch(run, known, visitors_run(known))
    asked = st.query_params.get("trained") == "yes"
    if known.spec in AT_ONCE or (asked and known.sharable):
        return shared(known.spec)
    done = stored(known) if asked else None
    return sight(done) if done else Sight((known.start,), State.READY.value)


def visitors_run(known: Lab) -> Finished | None:
    """The visitor's own run of this recipe, if it has ended and has anything to show."""
    run = _own_run(known.spec)
    if run is None or not run.over or run.latest is None:
        return None
    return _ended_run(known.spec, st.session_state["run"][1])


@st.cache_resource(scope="session", max_entries=1, show_spinner=False)
def _ended_run(spec: RunSpec, number: int) -> Finished:
    """A run that is over, with what is worked out from it once."""
    return finished(_private_run(spec, number))


def _current(known: Lab) -> None:
    now = seen(known)
    if now.state == State.READY.value:
        _before(known)
    explain(now.message, known)
    if now.notice:
        st.warning(now.notice, icon=":material/warning:")
    run_id = str(st.session_state.get("run", ("", ""))[1]) if _own_run(known.spec) else ""
    near = now.done.neighbours if now.done else None
    run_view(
        known, now.frames, key="view", run_id=run_id, state=now.state, neighbours=near, status=_status(known, now)
    )  # fmt: skip
    chrome.step_table(known, now.frames)


def _before(known: Lab) -> None:
    """What there is to say before a run."""
    if st.query_params.get("trained") == "yes":
        st.info(
            f"This run takes about {known.seconds:.0f} seconds. Press Train to have it trained again, for you.",
            icon=":material/schedule:",
        )
    if known.spec.explained and known.spec.step_size >= _UNSTABLE:
        st.warning(
            f"dt·λ₁ = {known.spec.step_size:g} is above 2: gradient descent overshoots there, and theory expects this "
            "run to diverge. The dotted curves stand for nothing then. Train it and see.",
            icon=":material/warning:",
        )


def _status(known: Lab, now: Sight) -> str:
    if now.state == State.READY.value:
        return "" if known.spec.model in GENSIM else f"{known.plan.steps:,} steps"
    if now.place:
        return beside.waiting(now)
    taken = "pair of words" if counts_only(known.spec.data) else "sentence"
    steps = taken if known.spec.model in GENSIM else "step"
    share = f", {beside.share_done(known, now):.0%} of the time" if now.moving else ""
    return f"{now.state}: {steps} {now.step:,}{share}"


def _buttons(known: Lab, pace: float) -> None:
    if seen(known).state == State.FINISHED.value:
        st.query_params["trained"] = "yes"
    run = _own_run(known.spec)
    if run is not None:
        run.pace = pace
    under_way = run is not None and run.under_way
    label = _MAIN_LABEL.get(run.state, "Train") if run is not None else "Train"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", width="content", key="steer"):
        st.button(label, type="primary", key="main", on_click=_main, args=(known, pace), width=86)
        st.button(
            "Step", key="single", on_click=_steered, args=(known, Run.step), width=64,
            help=f"{known.plan.every} steps of gradient descent: one frame of the replay.",
        )  # fmt: skip
        st.button(
            "Next concept", key="jump", on_click=_steered, args=(known, _jump), width=120,
            help="Trains at full speed until one concept more has 90 % of its variance, then pauses.",
        )  # fmt: skip
        st.button("Stop", key="stop", on_click=_stop, args=(known,), disabled=not under_way, width=64)
        with st.popover("Link", help="An address that opens this page in this state."):
            st.code(chrome.address(), language=None, wrap_lines=True)


def _main(known: Lab, pace: float) -> None:
    run = _own_run(known.spec)
    if run is not None and run.state is State.RUNNING:
        run.pause()
        return
    run = _run_to_steer(known)
    run.pace = pace
    _attempt(run.start)


def _steered(known: Lab, act: Callable[[Run[Frame]], None]) -> None:
    run = _run_to_steer(known)
    _attempt(lambda: act(run))


def _attempt(act: Callable[[], None]) -> None:
    """Start or go on; a queue that is full is told, and nothing is lost."""
    try:
        act()
    except InputError as error:
        st.toast(str(error), icon=":material/hourglass_top:")


def _jump(run: Run[Frame]) -> None:
    run.run_until(next_concept(run.history))


def _stop(known: Lab) -> None:
    run = _own_run(known.spec)
    if run is not None:
        run.stop()


def _run_to_steer(known: Lab) -> Run[Frame]:
    """The visitor's run of this recipe if it is alive, else a new one."""
    run = _own_run(known.spec)
    if run is None or not run.alive:
        number = st.session_state.get("run", (None, 0))[1] + 1
        st.session_state["run"] = (known.spec, number)
        run = _private_run(known.spec, number)
    return run


def _own_run(spec: RunSpec) -> Run[Frame] | None:
    known, number = st.session_state.get("run", (None, 0))
    return _private_run(spec, number) if known == spec else None


def _leave_other_recipes(spec: RunSpec, page: str) -> None:
    """A new recipe stops the run of the one before; ``trained=yes`` in the address belonged to that, too."""
    recipes = st.session_state.setdefault("recipes", {})
    before = recipes.get(page)
    if before is not None and before != spec:
        run = _own_run(before)
        if run is not None and run.under_way:
            run.stop()
            st.toast("The run was stopped, because its recipe changed.", icon=":material/stop_circle:")
        if "trained" in st.query_params:
            del st.query_params["trained"]
    recipes[page] = spec


def explain(message: str, known: Lab) -> None:
    """Why a run broke off, if it did."""
    if message:
        sentence = f"{message[0].upper()}{message[1:]}. Here dt·λ₁ = {known.spec.step_size:g}."
        st.error(sentence, icon=":material/error:")
