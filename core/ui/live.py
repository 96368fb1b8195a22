"""A visitor's own run: started, watched and steered from the page, gone when the tab is closed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlencode

import streamlit as st

from core.compare import Frame, next_concept
from core.problem import RunSpec
from core.runs import Run, State
from core.ui.chrome import step_table
from core.ui.lab import CANNED, Finished, Lab, canned, finished, lab
from core.ui.view import run_view

_POLL_SECONDS = 0.2
_UNSTABLE = 2.0
_MAIN_LABEL = {State.RUNNING: "Pause", State.PAUSED: "Resume"}


@st.cache_resource(scope="session", max_entries=1, show_spinner=False, on_release=lambda run: run.stop())
def _private_run(spec: RunSpec, number: int) -> Run[Frame]:
    """The visitor's run number so-and-so, not yet started. A newer one, or leaving, stops it."""
    return lab(spec).run()


def controls(known: Lab, pace: float) -> None:
    """The buttons that steer the visitor's run of this recipe."""
    _leave_other_recipes(known.spec)
    _poll(_buttons, known, pace)


def view(known: Lab) -> None:
    """The visitor's run of this recipe if there is one, else what is known already; and the numbers."""
    _poll(_current, known)


def _poll(part: Callable[..., None], known: Lab, *rest: float) -> None:
    """Draw a part of the page, and again a few times a second while the visitor's run is alive."""
    run = _own_run(known.spec)
    polling = run is not None and run.under_way

    def draw() -> None:
        run = _own_run(known.spec)
        if (run is not None and run.under_way) != polling:
            st.rerun()
        part(known, *rest)

    # Streamlit tells fragments apart by name and place: two of the same name would share one timer.
    draw.__qualname__ = f"_poll.{part.__name__}"
    st.fragment(draw, run_every=_POLL_SECONDS if polling else None)()


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
    run = _own_run(known.spec)
    if run is None or run.state is State.READY:  # a lost connection released the run: a new one waits in its place
        _show_without_run(known)
        return
    if run.state is State.FINISHED:
        st.query_params["trained"] = "yes"
    explain(run.message, known)
    run_id = str(st.session_state["run"][1])
    _show(known, run.history, run_id=run_id, state=run.state.value, done=visitors_run(known))


def _buttons(known: Lab, pace: float) -> None:
    run = _own_run(known.spec)
    if run is not None:
        run.pace = pace
    under_way = run is not None and run.under_way
    label = _MAIN_LABEL.get(run.state, "Train") if run is not None else "Train"
    plan = known.prediction.plan
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", width="content", key="steer"):
        st.button(label, type="primary", key="main", on_click=_main, args=(known, pace), width=100)
        st.button(
            "Step", key="single", on_click=_steered, args=(known, Run.step), width=75,
            help=f"{plan.every} steps of gradient descent: one frame of the replay.",
        )  # fmt: skip
        st.button(
            "Next concept", key="jump", on_click=_steered, args=(known, _jump), width=125,
            help="Trains at full speed until one concept more has 90 % of its variance, then pauses.",
        )  # fmt: skip
        st.button("Stop", key="stop", on_click=_stop, args=(known,), disabled=not under_way, width=75)
        with st.popover("Link", help="An address that opens this page in this state."):
            st.code(_link(), language=None, wrap_lines=True)


def _status(known: Lab, run: Run[Frame] | None) -> str:
    plan = known.prediction.plan
    if run is None or run.latest is None:
        return f"{plan.steps:,} steps"
    return f"{run.state.value}: step {run.latest.step:,} of {plan.steps:,}"


def _main(known: Lab, pace: float) -> None:
    run = _own_run(known.spec)
    if run is not None and run.state is State.RUNNING:
        run.pause()
        return
    run = _run_to_steer(known)
    run.pace = pace
    run.start()


def _steered(known: Lab, act: Callable[[Run[Frame]], None]) -> None:
    act(_run_to_steer(known))


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


def _leave_other_recipes(spec: RunSpec) -> None:
    """A new recipe stops the run of the one before; ``trained=yes`` in the address belonged to that, too."""
    before = st.session_state.get("recipe")
    if before is not None and before != spec:
        run = _own_run(before)
        if run is not None and run.under_way:
            run.stop()
            st.toast("The run was stopped, because its recipe changed.", icon=":material/stop_circle:")
        if "trained" in st.query_params:
            del st.query_params["trained"]
    st.session_state["recipe"] = spec


def _show_without_run(known: Lab) -> None:
    asked = st.query_params.get("trained") == "yes"
    if known.spec == CANNED or (asked and known.sharable):
        done = canned(known.spec)
        explain(done.message, known)
        _show(known, done.frames, state="diverged" if done.message else "finished", done=done)
        return
    if asked:
        st.info(
            f"This run takes about {known.seconds:.0f} seconds. Press Train to have it trained again, for you.",
            icon=":material/schedule:",
        )
    if known.spec.step_size >= _UNSTABLE:
        st.warning(
            f"dt·λ₁ = {known.spec.step_size:g} is above 2: gradient descent overshoots there, and theory expects this "
            "run to diverge. The dotted curves stand for nothing then. Train it and see.",
            icon=":material/warning:",
        )
    _show(known, (known.start,), state="ready")


def explain(message: str, known: Lab) -> None:
    """Why a run broke off, if it did."""
    if message:
        sentence = f"{message[0].upper()}{message[1:]}. Here dt·λ₁ = {known.spec.step_size:g}."
        st.error(sentence, icon=":material/error:")


def _show(
    known: Lab,
    frames: Sequence[Frame],
    *,
    run_id: str = "",
    state: str = "finished",
    done: Finished | None = None,
) -> None:
    near = done.neighbours if done else None
    status = _status(known, _own_run(known.spec))
    run_view(known, frames, key="view", run_id=run_id, state=state, neighbours=near, status=status)
    step_table(known, frames)


def _link() -> str:
    base = st.context.url or ""
    chosen = urlencode(st.query_params.to_dict())
    return f"{base}?{chosen}" if chosen else base
