"""The health gauge: planted concepts stand out, shuffled texts have none, and little text shows little."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from core.corpus import Corpus, CorpusSpec, read_corpus
from core.counts import Cooccurrence, CountSpec, count
from core.errors import InputError
from core.health import FAIR, GOOD, LEAST_TOKENS, MARGIN, POOR, RULES, Health, by_chance, examine, shuffled, verdicts
from core.planted import PlantedSpec, planted_concepts, planted_text
from core.reading import Text
from core.sources import load_statistics
from core.targets import m_star

CLEAR = PlantedSpec(strength=0.5)


def planted(spec: PlantedSpec) -> Corpus:
    return read_corpus([Text("planted", b"".join(planted_text(spec)))], CorpusSpec())


def mixed(corpus: Corpus, seed: int) -> Corpus:
    return replace(corpus, ids=np.random.default_rng(seed).permutation(corpus.ids))


def health(corpus: Corpus, *, text: bool = True, window: int = 16) -> Health:
    counts = count(corpus, CountSpec(window))
    return examine(counts, m_star(counts), corpus if text else None)


def made(**changes: object) -> Health:
    usual = Health(2_000, 0.1, 0.1, 50.0, 2_000, np.linspace(100, 1, 100), np.linspace(10, 1, 100), 1, 10**6)
    return replace(usual, **changes)


@pytest.fixture(scope="module")
def clear() -> Corpus:
    return planted(CLEAR)


@pytest.mark.parametrize("text", [True, False])
@pytest.mark.parametrize("spec", [CLEAR, replace(CLEAR, concepts=3), PlantedSpec(concepts=3, hierarchy=True)])
def test_planted_concepts_stand_out_and_nothing_else(spec: PlantedSpec, text: bool) -> None:
    found = health(planted(spec), text=text)
    known = planted_concepts(spec).values
    wanted = 2**spec.concepts - 1 if spec.hierarchy else spec.concepts
    assert (known > 2 * found.noise_edge).sum() == (known > found.noise_edge / 2).sum() == wanted, "a fair question"
    assert found.standing == wanted
    assert found.values[:wanted] == pytest.approx(known[:wanted], rel=0.1)


@pytest.mark.parametrize("text", [True, False])
def test_a_shuffled_text_has_no_concepts(clear: Corpus, text: bool) -> None:
    found = health(mixed(clear, seed=5), text=text)
    assert found.standing == 0
    assert verdicts(found)[0] == (
        POOR,
        "No concept stands out of the noise: all of the list may be chance. "
        "The same 256 words in random order give about as strong ones.",
    )


def test_word_frequency_is_no_concept() -> None:
    """In a short text of words of very different frequency, the first eigenvector without any concept is large."""
    corpus = drawn(20_000, seed=0)
    counts = count(corpus, CountSpec(16))
    found = health(corpus)
    assert np.linalg.eigvalsh(m_star(counts))[-1] > 1.5 * found.noise_edge, "here it would count as one"
    assert found.standing == 0


@pytest.mark.parametrize(
    ("tokens", "documents", "texts"), [(12, 1, 20), (12, 3, 20), (100, 1, 20), (300, 1, 4), (1_000, 1, 2)]
)
def test_words_drawn_at_random_have_no_concepts(tokens: int, documents: int, texts: int) -> None:
    """Whatever their number: at most one in twenty has a value beyond the edge, and one too short has no concept."""
    found = [health(drawn(tokens, seed=seed, documents=documents)) for seed in range(texts)]
    assert sum(one.values[0] > one.noise_edge for one in found) <= texts / 20
    assert all(one.standing == 0 for one in found if one.tokens < 300)
    assert {one.orders for one in found} == {10 if tokens == 1_000 else 20}


def test_a_few_hundred_words_with_concepts_show_them() -> None:
    spec = PlantedSpec(concepts=2, decay=1, documents=20, document_tokens=30, vocab_size=32)
    found = [health(planted(replace(spec, seed=seed))) for seed in range(5)]
    assert [one.standing for one in found] == [2] * 5
    assert "2 concepts stand out of the noise, of 32 searched. The same 32 words in 16 random orders" in _told(found[0])


def test_fewer_than_300_words_are_told_to_be_too_few() -> None:
    """Even where their first value is beyond the edge."""
    enough, short = made(tokens=LEAST_TOKENS), made(tokens=LEAST_TOKENS - 1)
    assert (enough.standing, short.standing) == (88, 0)
    assert verdicts(short)[0] == (POOR, "299 words cannot tell a concept from chance: bring 300 or more.")
    assert verdicts(enough)[0][0] == GOOD
    spec = PlantedSpec(concepts=1, strength=1, documents=9, document_tokens=30, vocab_size=32)
    found = health(planted(spec))
    assert (found.tokens, found.standing) == (270, 0)
    assert found.values[0] > found.noise_edge


@pytest.mark.parametrize(
    ("orders", "told"),
    [
        (0, "the same 2,000 words meeting by chance"),
        (1, "the same 2,000 words in random order"),
        (20, "the same 2,000 words in 20 random orders"),
    ],
)
def test_what_is_without_concepts_is_told_as_it_was_made(orders: int, told: str) -> None:
    one = made(orders=orders, values=np.zeros(100))
    assert one.without() == told
    assert f"T{told[1:]} give about as strong ones." in verdicts(one)[0][1]


def drawn(tokens: int, *, seed: int, documents: int = 1) -> Corpus:
    """Words that know nothing of each other, as frequent as Zipf's law has it."""
    chances = 1 / np.arange(1, 1_501)
    ids = np.random.default_rng(seed).choice(1_500, size=tokens, p=chances / chances.sum())
    lines = (" ".join(f"w{_letters(i)}" for i in part) for part in np.array_split(ids, documents))
    return read_corpus([Text("noise", "\n".join(lines).encode())], CorpusSpec())


def _letters(number: int) -> str:
    return "".join(chr(97 + int(digit)) for digit in str(number))


def test_less_text_shows_fewer() -> None:
    spec = replace(CLEAR, concepts=7)
    standing = [health(planted(replace(spec, documents=documents))).standing for documents in (6_000, 100, 20)]
    assert standing[0] == 7
    assert standing[0] > standing[1] > standing[2]


def test_the_measures_are_those_of_a_loop(corpus: Corpus, counts: Cooccurrence) -> None:
    """Meetings of a text, one by one: each pair of positions at most L apart, seen from both sides."""
    matrix, size, window = m_star(counts), counts.vocab_size, counts.source.window
    found = examine(counts, matrix, corpus)
    met = 0.0
    for sentence in corpus.sentences():
        for a in range(len(sentence)):
            for b in range(a + 1, min(a + window, len(sentence) - 1) + 1):
                met += 2 * (window + 1 - (b - a))
    assert found.meetings_a_pair == pytest.approx(met / ((window + 1) / 2) / size**2)
    assert found.unseen_share == pytest.approx(sum(entry == -2 for entry in matrix.flat) / size**2)
    assert found.saturated_share == pytest.approx(sum(abs(entry) > 1.9 for entry in matrix.flat) / size**2)
    assert (found.vocab_size, found.words, found.searched) == (size, size, size)


def test_shuffling_keeps_words_and_lengths_and_the_rule_of_the_head(clear: Corpus) -> None:
    whole = count(clear, CountSpec(5))
    for size in (40, whole.vocab_size):
        found = shuffled(whole.head(size), clear, np.random.default_rng(3))
        expected = count(mixed(clear, seed=3), CountSpec(5)).head(size)
        assert (found.lower != expected.lower).nnz == 0
        assert found.unigram.tolist() == whole.unigram[:size].tolist()
    assert shuffled(whole, clear, np.random.default_rng(3)).total_weight == whole.total_weight
    assert clear.vocabulary.unigram.tolist() == np.bincount(clear.ids).tolist(), "the text is left as it was"


def test_without_the_text_the_noise_is_that_of_the_text(clear: Corpus) -> None:
    whole = count(clear, CountSpec(5))
    for counts in (whole, whole.head(60)):
        matrix = m_star(counts)
        with_text, without = examine(counts, matrix, clear), examine(counts, matrix)
        assert without.noise_edge == pytest.approx(with_text.noise_edge, rel=0.1)
        assert without.noise[:20] == pytest.approx(with_text.noise[:20], rel=0.2)
        assert without.standing == with_text.standing


def test_meetings_by_chance_have_the_mean_and_the_spread_of_shuffled_texts(clear: Corpus) -> None:
    counts = count(clear, CountSpec(5)).head(30)
    drawn, texts = (
        np.array([make(np.random.default_rng(seed)).lower.toarray()[np.tril_indices(30, -1)] for seed in range(20)])
        for make in (lambda random: by_chance(counts, random), lambda random: shuffled(counts, clear, random))
    )
    assert drawn.mean() == pytest.approx(counts.total_weight / 30**2, rel=0.01)
    assert drawn.var(axis=0).mean() == pytest.approx(texts.var(axis=0).mean(), rel=0.15)


def test_the_same_seed_gives_the_same(clear: Corpus) -> None:
    counts = count(clear, CountSpec(5))
    one, same, other = (examine(counts, m_star(counts), clear, seed=seed) for seed in (1, 1, 2))
    assert (one.noise == same.noise).all()
    assert (one.noise != other.noise).any()
    assert not one.values.flags.writeable


def test_another_text_is_refused(clear: Corpus, counts: Cooccurrence) -> None:
    with pytest.raises(InputError, match="the text is not the one that was counted"):
        examine(counts, m_star(counts), clear)


def test_two_words_are_enough() -> None:
    found = health(read_corpus([Text("text", b"a b\n")]))
    assert found.standing == 0
    assert {level for level, _ in verdicts(found)} <= {GOOD, FAIR, POOR}


def test_wikipedia_looks_good_and_little_of_it_poor() -> None:
    whole, little = (load_statistics(name, 2_000) for name in ("wikipedia", "wikipedia@50000"))
    good, poor = (examine(counts, m_star(counts)) for counts in (whole, little))
    assert [level for level, _ in verdicts(good)] == [GOOD] * 4
    assert [level for level, _ in verdicts(poor)] == [POOR] * 4
    assert good.standing == 100
    assert good.orders == 0
    assert "All 100 concepts searched stand out of the noise. The same 2,000 words meeting by chance" in _told(good)


def test_large_vocabularies_are_searched_among_their_most_frequent_words() -> None:
    counts = load_statistics("wikipedia", 2_400)
    matrix = m_star(counts)
    found, head = examine(counts, matrix), examine(counts.head(2_000), m_star(counts.head(2_000)))
    assert (found.vocab_size, found.words) == (2_400, 2_000)
    assert found.values == pytest.approx(head.values)
    assert found.unseen_share == counts.unseen_share > head.unseen_share


@pytest.mark.parametrize(
    ("standing", "level", "told"),
    [
        (0, POOR, "No concept stands"),
        (1, POOR, "1 concept stands out of the noise, of 100 searched. The same 2,000 words in random order give"),
        (12, FAIR, "12 concepts stand out of the noise, of 100 searched."),
        (20, GOOD, "20 concepts stand"),
        (100, GOOD, "All 100 concepts searched stand"),
    ],
)
def test_what_is_said_of_concepts(standing: int, level: str, told: str) -> None:
    one = made(values=np.repeat([20.0, 5.0], [standing, 100 - standing]))
    assert one.noise_edge == pytest.approx(10 * MARGIN)
    assert one.standing == standing
    assert verdicts(one)[0][0] == level
    assert verdicts(one)[0][1].startswith(told)


def test_levels_follow_the_table() -> None:
    at = {
        GOOD: made(meetings_a_pair=10.0, unseen_share=0.2, saturated_share=0.2),
        FAIR: made(meetings_a_pair=1.0, unseen_share=0.55, saturated_share=0.55),
        POOR: made(meetings_a_pair=0.99, unseen_share=0.61, saturated_share=0.61),
    }
    for level, one in at.items():
        assert [found for found, _ in verdicts(one)][1:] == [level] * (len(RULES) - 1)
    assert "Two words meet 0.99 times on average, less than once" in _told(at[POOR])
    assert "61.0% of all pairs of words were never seen together: most of M* is -2" in _told(at[POOR])
    assert "20.0% of M* lies beyond ±1.9" in _told(at[GOOD])


def _told(one: Health) -> str:
    return " | ".join(sentence for _, sentence in verdicts(one))


def test_the_counter_of_words_agrees(clear: Corpus) -> None:
    """Without the text its words are laid out anew: as many of each, and as many documents."""
    counts = count(clear, CountSpec(5))
    found = shuffled(counts, None, np.random.default_rng(0))
    assert dict(zip(found.words, found.unigram.tolist(), strict=True)) == Counter(
        word for sentence in clear.sentences() for word in sentence
    )
    assert found.source.documents == counts.source.documents
    assert found.total_weight == counts.total_weight, "planted documents are equally long"
