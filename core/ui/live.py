"""A visitor's own run: started, watched and steered from the page, gone when the tab is closed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from core.errors import InputError
from core.frames import Frame, next_concept
from core.problem import RunSpec
from core.runfile import Finished, run_id
from core.runs import Run, State
from core.training import GENSIM
from core.ui import beside, chrome, parameters, sitemap
from core.ui.controls import meaning
from core.ui.gallery import AT_ONCE, EXAMPLES
from core.ui.lab import Lab, counts_only, lab, paper_scale, paper_spectrum, statistics
from core.ui.memory import is_own
from core.ui.presses import once
from core.ui.prose import SITE, Prose, reworded
from core.ui.runs import Sight, finished, identity, queued_run, shared, sight, stored, watch
from core.ui.view import run_view

SAY = Prose("train")
_POLL_SECONDS = 0.2
_BUTTONS_SECONDS = 0.6  # they change when the run pauses by itself; a click and the end of the run redraw them anyway
_UNSTABLE = 2.0
_MAIN_BUTTON = {State.RUNNING: "pause", State.PAUSED: "resume"}


@st.cache_resource(scope="session", max_entries=1, show_spinner=False, on_release=lambda run: run.stop())
def _private_run(spec: RunSpec, number: int) -> Run[Frame]:
    """The visitor's run number so-and-so, not yet started. A newer one, or leaving, stops it."""
    return queued_run(lab(spec), st.session_state.get("name") or "")


def controls(known: Lab, pace: float, *, page: str = "train") -> None:
    """The buttons that steer the visitor's run of this recipe."""
    _leave_other_recipes(known.spec, page)
    _poll(_buttons, known, pace, every=_BUTTONS_SECONDS)


def about(known: Lab) -> None:
    """When the run ends, what a model other than the theory's changes, and what a partly known M* leaves out."""
    spec = known.spec
    if 0 < spec.until < spec.dim:
        st.caption(SITE("stops", until=spec.until, dim=spec.dim))
    if paper_scale(spec.data, spec.vocab_size):
        known_pairs = paper_spectrum().spectrum
        faintest = known_pairs.values[-1] / known_pairs.values[0]
        st.markdown(SAY("about.paper", words=spec.vocab_size, known=known_pairs.rank, faintest=faintest))
    if spec.explained and not spec.untied:
        return
    parts = [SAY("about.model", model=spec.model, meaning=meaning(spec.model))]
    if spec.model in GENSIM:
        parts.append(SAY("about.drawn" if counts_only(spec.data) else "about.sentences"))
    if spec.two_matrices:
        parts.append(SAY("about.two"))
    st.markdown("; ".join(parts) + ". " + ("" if spec.explained else SAY("about.dotted")))


def comparison(known: Lab) -> None:
    """The way to compare this run with the model of the theory. Runs on an own text are not kept, so not to be had."""
    if is_own(known.spec):
        return
    other = next(iter(EXAMPLES.values()))
    theirs = run_id(other, statistics(other.data, other.vocab_size))
    both = ",".join(dict.fromkeys((identity(known), theirs)))
    sitemap.link("compare", SAY("compare"), ":material/compare_arrows:", {"runs": both})


def view(known: Lab) -> None:
    """The visitor's run of this recipe if there is one, else what is known already; and the numbers."""
    _poll(_current, known)


def follow(known: Lab, part: Callable[[Lab, Sight], None]) -> None:
    """Draw another part of the page from the same run, as often as the run itself is drawn."""
    _poll(_of_run(part), known)


def conclude(known: Lab, part: Callable[[Lab, Sight], None]) -> None:
    """Draw what changes only when the run begins or is over: whatever polls it has the whole page run again then."""
    st.fragment(_of_run(part))(known)


def _of_run(part: Callable[[Lab, Sight], None]) -> Callable[[Lab], None]:
    def drawn(known: Lab) -> None:
        part(known, seen(known))

    drawn.__qualname__ = part.__qualname__
    return drawn


def _poll(part: Callable[..., None], known: Lab, *rest: float, every: float = _POLL_SECONDS) -> None:
    """Draw a part of the page, and again a few times a second while the run to be seen is moving."""

    def draw() -> None:
        part(known, *rest)

    draw.__qualname__ = part.__qualname__
    beside.polled(lambda: seen(known).moving, draw, every=every)


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
            SAY("again", seconds=known.seconds),
            icon=":material/schedule:",
        )
    if known.spec.explained and known.spec.step_size >= _UNSTABLE:
        st.warning(
            SAY("overshoots", step=known.spec.step_size),
            icon=":material/warning:",
        )


def _status(known: Lab, now: Sight) -> str:
    if now.state == State.READY.value:
        return "" if known.spec.model in GENSIM else SAY("steps", steps=known.plan.steps)
    if now.place:
        return beside.waiting(now)
    taken = "pair" if counts_only(known.spec.data) else "sentence"
    unit = SAY(f"unit.{taken if known.spec.model in GENSIM else 'step'}")
    told = {"state": beside.state(now), "unit": unit, "number": now.step}
    return SAY("status.share", share=beside.share_done(known, now), **told) if now.moving else SAY("status", **told)


def _buttons(known: Lab, pace: float) -> None:
    if seen(known).state == State.FINISHED.value:
        parameters.write("trained", "yes")
    run = _own_run(known.spec)
    if run is not None:
        run.pace = pace
    under_way = run is not None and run.under_way
    main = _MAIN_BUTTON.get(run.state, "train") if run is not None else "train"
    widest = max(_width(SAY(f"button.{one}")) for one in ("train", *_MAIN_BUTTON.values()))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", width="content", key="steer"):
        press = partial(once, "main", partial(_main, known, pace, main))
        st.button(SAY(f"button.{main}"), type="primary", key="main", on_click=press, width=max(86, widest))
        _button(
            "step", "single", partial(_steered, known, Run.step), told=SAY("button.step.help", steps=known.plan.every)
        )
        _button("next", "jump", partial(_steered, known, _jump), told=SAY("button.next.help"))
        _button("stop", "stop", partial(_stop, known), disabled=not under_way)
        with st.popover(SAY("button.link"), help=SAY("button.link.help")):
            st.code(chrome.address(), language=None, wrap_lines=True)


def _button(name: str, key: str, act: Callable[[], None], *, told: str = "", disabled: bool = False) -> None:
    label = SAY(f"button.{name}")
    st.button(label, key=key, on_click=once, args=(key, act), width=_width(label), help=told or None, disabled=disabled)


def _width(label: str) -> int:
    """Pixels for a button, which must not change its width when another label takes its place."""
    return max(64, 32 + 8 * len(label))


def _main(known: Lab, pace: float, shown: str) -> None:
    """Do what the button said: the run may have paused by itself since."""
    run = _own_run(known.spec)
    if shown == "pause":
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
        st.toast(reworded(error), icon=":material/hourglass_top:")


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
            st.toast(SAY("stopped"), icon=":material/stop_circle:")
        parameters.write("trained", None)
    recipes[page] = spec


def explain(message: str, known: Lab) -> None:
    """Why a run broke off, if it did."""
    if message:
        message = reworded(message)
        sentence = SAY("broke-off", message=f"{message[0].upper()}{message[1:]}", step=known.spec.step_size)
        st.error(sentence, icon=":material/error:")
