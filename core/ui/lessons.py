"""The lessons: one at a time beside its links, or all of them as a handout on paper."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode, urlsplit

import streamlit as st

from core.lessons import Lesson, lesson, names
from core.ui import chrome, sitemap
from core.ui.choices import choice
from core.ui.prose import DEFAULT, Prose, language

SAY = Prose("lessons")
_PRINTED = """<style>
@media print {
  [data-testid="stSidebar"], [data-testid="stHeader"], [class*="st-key-screen"], .st-key-glossary { display: none; }
  [data-testid="stAppViewContainer"], [data-testid="stMain"] { position: static; overflow: visible; display: block; }
  [data-testid="stMainBlockContainer"] { padding: 0; max-width: none; }
  .st-key-answers { break-before: page; }
  [class*="st-key-printed"] { break-inside: avoid; }
}
</style>"""
_print = st.components.v2.component(
    "staircase.print",
    html='<button type="button"></button>',
    css="""button { font: inherit; color: inherit; background: transparent; border: 1px solid currentColor;
      border-radius: .5rem; padding: .4rem 1rem; cursor: pointer; }""",
    js="""export default function ({ data, parentElement }) {
      const button = parentElement.querySelector("button");
      button.textContent = data;
      button.onclick = () => window.print();
    }""",
)


def lessons() -> None:
    """The lesson that is chosen, or the handout."""
    with st.container(key="screen"):
        as_handout = st.toggle(SAY("handout"), key="handout", bind="query-params", help=SAY("handout.help"))
    found = [lesson(name, language()) for name in names()]
    if as_handout:
        _handout(found)
    else:
        _one(found)


def _one(found: Sequence[Lesson]) -> None:
    titles = {one.name: one.title for one in found}
    name = choice(st.pills, SAY("which"), titles, key="lesson", required=True)
    chosen = next(one for one in found if one.name == name)
    with st.container(border=True):
        st.subheader(chosen.title, anchor=False)
        st.caption(SAY("minutes", minutes=chosen.minutes, **{"for": chosen.audience}))
        st.markdown(f"**{SAY('ask')}.** {chosen.question}")
        if chosen.page not in sitemap.NAMES:
            chrome.literal_error(SAY("broken", name=chosen.name, link=chosen.link))
        else:
            sitemap.link(chosen.page, SAY("open"), ":material/open_in_new:", chosen.query | _spoken())
        with st.expander(SAY("saw"), icon=":material/visibility:"):
            st.markdown(chosen.observe)
        st.markdown(f"**{SAY('try')}.** {chosen.exercise}")
        with st.expander(SAY("solution"), icon=":material/key:"):
            st.markdown(chosen.answer)
            st.markdown(f"**{SAY('took')}:** {chosen.take}")
    _links(chosen)


def _links(chosen: Lesson) -> None:
    """Two addresses to hand out; the button beside each copies it."""
    left, right = st.columns(2)
    with left:
        st.caption(SAY("class"))
        st.code(_address(chosen.page, chosen.query | _spoken()), language=None, wrap_lines=True)
    with right:
        st.caption(SAY("here"))
        st.code(_address("lessons", {"lesson": chosen.name} | _spoken()), language=None, wrap_lines=True)


def _spoken() -> dict[str, str]:
    """The language as a part of an address."""
    return {} if language() == DEFAULT else {"lang": language()}


def _address(page: str, query: dict[str, str]) -> str:
    """A page of this site as the visitor's browser reaches it."""
    here = urlsplit(st.context.url or "")
    folder = here.path.removesuffix("/").removesuffix("/lessons")
    path = f"{folder}/" + ("" if page == sitemap.HOME else page)
    return here._replace(path=path, query=urlencode(query), fragment="").geturl()


def _handout(found: Sequence[Lesson]) -> None:
    """Everything on paper: the address of each lesson in full, since paper cannot be clicked."""
    st.html(_PRINTED)
    with st.container(key="screen-print"):
        _print(data=SAY("print"), key="print")
    for number, one in enumerate(found, 1):
        with st.container(key=f"printed-{one.name}"):
            st.subheader(f"{number}. {one.title}", anchor=False)
            st.caption(SAY("minutes", minutes=one.minutes, **{"for": one.audience}))
            st.text(_address(one.page, one.query | _spoken()))
            st.markdown(f"**{SAY('ask')}.** {one.question}")
            st.markdown(f"**{SAY('try')}.** {one.exercise}")
    with st.container(key="answers"):
        st.subheader(SAY("answers"), anchor=False)
        for number, one in enumerate(found, 1):
            st.markdown(f"**{number}. {one.title}**{'' if one.title.endswith('?') else '.'} {one.observe}")
            st.markdown(f"**{SAY('solution')}.** {one.answer}")
            st.markdown(f"**{SAY('took')}:** {one.take}")
