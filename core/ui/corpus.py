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

_FREQUENT = 200
_ICONS = {"good": ":material/check_circle:", "fair": ":material/info:", "poor": ":material/warning:"}
_BOXES = {"good": st.success, "fair": st.info, "poor": st.warning}


def owner(data: str) -> None:
    """Whose text it is, who can see it, and how to share it."""
    if data.startswith(own.KEPT):
        st.caption(
            "Shared statistics: anybody with this address can look at them and train on them. The text itself is not "
            "here, so gensim draws pairs."
        )
        st.code(chrome.address(), language=None)
    if not is_own(data):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            "This text lives in your visit only: it is gone with a reload or when the tab is closed, and nothing of it "
            "is written to disk or shown to anybody else. Runs on it are not kept."
        )
        if st.button(
            "Share its statistics", key="share", icon=":material/share:",
            help="Keeps the words and how often they stand near each other on this server, not the text, under a link "
            "that anybody can open. Short or rare phrases might be guessed from that.",
        ):  # fmt: skip
            texts.choose(own.share(data))
            st.rerun()


def sizes(data: str) -> None:
    """How large the text is, before and after the vocabulary was chosen."""
    counts = statistics(data, None)
    source, types = counts.source, None if counts_only(data) else counted(data).vocabulary.types
    with st.container(horizontal=True):
        st.metric("tokens", f"{source.tokens:,}", help="Words of the text, one after the other.")
        if types is not None:
            st.metric("types", f"{types:,}", help="Different words.")
        st.metric("vocabulary", f"{counts.vocab_size:,}", help="The most frequent words, which are counted.")
        st.metric("kept", f"{source.kept_tokens / source.tokens:.1%}", help="Share of the tokens in the vocabulary.")
        st.metric("documents", f"{source.documents:,}")
        st.metric("pairs seen", f"{1 - counts.unseen_share:.1%}", help="Of all pairs of words in the vocabulary.")
        st.metric(
            "pair weight", _short(counts.total_weight),
            help=f"Sum of all counts: words next to each other weigh {source.window}, at distance {source.window} 1.",
        )  # fmt: skip
    received = None if counts_only(data) else counted(data).received
    if received is not None and received.replaced:
        st.warning(
            f"{received.replaced_share:.2%} of the bytes mean nothing in {received.encoding}: choose the right "
            "encoding under *How it is read*.",
            icon=":material/text_format:",
        )


def zipf(data: str) -> None:
    """Frequency against rank, and the most frequent words."""
    counts = statistics(data, None)
    frequency = counts.unigram if counts_only(data) else counted(data).vocabulary.frequency
    named = counts.words[:_FREQUENT] if frequency[0] == counts.unigram[0] else ()  # else stop words are missing
    chrome.chart(
        zipf_figure(frequency, kept=counts.vocab_size, words=named, dark=chrome.dark()),
        key="zipf",
        alt="How often each word comes against its rank, both logarithmic. Words of the vocabulary are coloured.",
    )
    share = counts.source.tokens
    rows = [
        {"rank": n, "word": word, "count": int(count), "of all tokens": f"{count / share:.2%}"}
        for n, (word, count) in enumerate(zip(counts.words[:_FREQUENT], counts.unigram, strict=False), 1)
    ]
    chrome.table(rows, label="The most frequent words")


def gauge(data: str) -> None:
    """The health gauge."""
    found = health(data)
    for level, sentence in verdicts(found):
        _BOXES[level](sentence, icon=_ICONS[level])
    chrome.chart(
        noise_figure(found, dark=chrome.dark()),
        key="noise",
        alt=f"{found.standing} eigenvalues of M* stand out of those of {found.without}.",
    )
    chrome.table(_health_rows(found), label="The numbers of the gauge")


def concepts(data: str) -> None:
    """The concepts as words, with predicted times; and whether those that were planted were found."""
    try:
        known = lab(texts.recipe_on(CANNED, data))
    except InputError as error:
        chrome.literal_error(str(error))
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
                "planted": one.name,
                "λ of endless text": round(one.planted, 2),
                "λ found": None if one.found is None else round(one.found, 2),
                "found by the first concepts": f"{one.share:.1%}",
            }
            for one in beside(planted_concepts(planted), known.words, spectrum.values, spectrum.vectors)
        ],
        label="What was planted, and how much of it was found",
        expanded=True,
    )


@remembered(max_entries=6, show_spinner="Asking what chance alone would give …")
def health(data: str) -> Health:
    """The gauge of a text; of its counts where there is no text."""
    counts = statistics(data, None)
    return examine(counts, m_star(counts), text_of(data))


def _short(number: int) -> str:
    """A large number in four characters or so."""
    for size, letter in ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k")):
        if number >= size:
            return f"{number / size:.1f} {letter}"
    return str(number)


def _health_rows(found: Health) -> list[dict[str, str]]:
    told = {
        "pairs never seen together": f"{found.unseen_share:.3%} of {found.vocab_size:,} x {found.vocab_size:,}",
        "entries of M* beyond ±1.9": f"{found.saturated_share:.3%}",
        "meetings of two words, on average": f"{found.meetings_a_pair:.4g}",
        "eigenvalues compared": f"the first {found.searched} of the {found.words:,} most frequent words",
        f"largest of {found.without}": f"{found.noise[0]:.2f}",
        "noise edge, 1.2 times that": f"{found.noise_edge:.2f}",
        "eigenvalues above it": f"{found.standing}",
    }
    return [{"quantity": quantity, "value": value} for quantity, value in told.items()]
