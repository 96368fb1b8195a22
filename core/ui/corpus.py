"""What a text is like: its sizes, its words, and what its statistics can and cannot show."""

from __future__ import annotations

import streamlit as st

from core.errors import InputError
from core.figures.noise import noise_figure
from core.figures.zipf import zipf_figure
from core.health import Health, examine, verdicts
from core.planted import PlantedSpec, beside, planted_concepts
from core.targets import m_star
from core.ui import chrome, own, texts
from core.ui.concepts import word_lists
from core.ui.lab import CANNED, Lab, counted, counts_only, lab, statistics, text_of
from core.ui.memory import is_own, remembered
from core.ui.prose import Prose, language, reworded, spelt

SAY = Prose("corpus")
_FREQUENT = 200
_ICONS = {"good": ":material/check_circle:", "fair": ":material/info:", "poor": ":material/warning:"}
_BOXES = {"good": st.success, "fair": st.info, "poor": st.warning}


def owner(data: str) -> None:
    """Whose text it is, who can see it, and how to share it."""
    if data.startswith(own.KEPT):
        st.caption(SAY("owner.shared"))
        st.code(chrome.address(), language=None)
    if not is_own(data):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(SAY("owner.own"))
        if st.button(SAY("share"), key="share", icon=":material/share:", help=SAY("share.help")):
            texts.choose(own.share(data))
            st.rerun()


def sizes(data: str) -> None:
    """How large the text is, before and after the vocabulary was chosen."""
    counts = statistics(data, None)
    source, types = counts.source, None if counts_only(data) else counted(data).vocabulary.types
    with st.container(horizontal=True):
        _metric("tokens", spelt(source.tokens, ","))
        if types is not None:
            _metric("types", spelt(types, ","))
        _metric("vocabulary", spelt(counts.vocab_size, ","))
        _metric("kept", spelt(source.kept_tokens / source.tokens, ".1%"))
        st.metric(SAY("size.documents"), spelt(source.documents, ","))
        _metric("pairs", spelt(1 - counts.unseen_share, ".1%"))
        _metric("weight", _short(counts.total_weight), window=source.window)
    received = None if counts_only(data) else counted(data).received
    if received is not None and received.replaced:
        st.warning(
            SAY("encoding", share=received.replaced_share, encoding=received.encoding),
            icon=":material/text_format:",
        )


def _metric(name: str, value: str, **told: int) -> None:
    st.metric(SAY(f"size.{name}"), value, help=SAY(f"size.{name}.help", **told))


def zipf(data: str) -> None:
    """Frequency against rank, and the most frequent words."""
    counts = statistics(data, None)
    frequency = counts.unigram if counts_only(data) else counted(data).vocabulary.frequency
    named = counts.words[:_FREQUENT] if frequency[0] == counts.unigram[0] else ()  # else stop words are missing
    chrome.chart(
        zipf_figure(frequency, kept=counts.vocab_size, words=named, dark=chrome.dark(), language=language()),
        key="zipf",
        alt=SAY("zipf.alt"),
    )
    share = counts.source.tokens
    rows = [
        {
            SAY("frequent.rank"): n,
            SAY("frequent.word"): word,
            SAY("frequent.count"): int(count),
            SAY("frequent.share"): spelt(count / share, ".2%"),
        }
        for n, (word, count) in enumerate(zip(counts.words[:_FREQUENT], counts.unigram, strict=False), 1)
    ]
    chrome.table(rows, label=SAY("frequent"))


def gauge(data: str) -> None:
    """The health gauge."""
    found = health(data)
    for level, sentence in verdicts(found, language()):
        _BOXES[level](sentence, icon=_ICONS[level])
    chrome.chart(
        noise_figure(found, dark=chrome.dark(), language=language()),
        key="noise",
        alt=SAY("noise.alt", standing=found.standing, without=found.without(language())),
    )
    chrome.table(_health_rows(found), label=SAY("health"))


def concepts(data: str) -> None:
    """The concepts as words, with predicted times; and whether those that were planted were found."""
    try:
        known = lab(texts.recipe_on(CANNED, data))
    except InputError as error:
        chrome.literal_error(reworded(error))
        return
    word_lists(known)
    planted = texts.planted(data)
    if planted is not None:
        _found(known, planted)


def _found(known: Lab, planted: PlantedSpec) -> None:
    """What was planted beside what was found."""
    spectrum = known.problem.spectrum
    chrome.table(
        [
            {
                SAY("planted.name"): one.name,
                SAY("planted.endless"): round(one.planted, 2),
                SAY("planted.found"): None if one.found is None else round(one.found, 2),
                SAY("planted.share"): spelt(one.share, ".1%"),
            }
            for one in beside(planted_concepts(planted), known.words, spectrum.values, spectrum.vectors)
        ],
        label=SAY("planted"),
        expanded=True,
    )


@remembered(max_entries=6, show_spinner=SAY.later("busy"))
def health(data: str) -> Health:
    """The gauge of a text; of its counts where there is no text."""
    counts = statistics(data, None)
    return examine(counts, m_star(counts), text_of(data))


def _short(number: int) -> str:
    """A large number in four characters or so."""
    for size, letter in ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k")):
        if number >= size:
            return f"{spelt(number / size, '.1f')} {letter}"
    return str(number)


def _health_rows(found: Health) -> list[dict[str, str]]:
    told = {
        SAY("health.unseen"): SAY("health.unseen.value", share=found.unseen_share, size=found.vocab_size),
        SAY("health.beyond"): spelt(found.saturated_share, ".3%"),
        SAY("health.meetings"): spelt(found.meetings_a_pair, ".4g"),
        SAY("health.compared"): SAY("health.compared.value", searched=found.searched, words=found.words),
        SAY("health.largest", without=found.without(language())): spelt(found.noise[0], ".2f"),
        SAY("health.edge"): spelt(found.noise_edge, ".2f"),
        SAY("health.above"): f"{found.standing}",
    }
    return [{SAY("health.quantity"): quantity, SAY("health.value"): value} for quantity, value in told.items()]
