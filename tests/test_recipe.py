"""Names of texts: complete, short, and strict."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.corpus import CorpusSpec
from core.counting import TextSpec
from core.counts import MAX_WINDOW, CountSpec
from core.errors import InputError
from core.lexicon import LETTERS, WordSpec
from core.planted import PlantedSpec
from core.reading import Reading
from core.recipe import SEPARATORS, Recipe, recipe

SEPARATOR = st.sampled_from(["\n", "\n\n", ""]) | st.text(
    st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5
).filter(lambda text: text not in SEPARATORS)
TEXTS = st.builds(
    TextSpec,
    st.builds(Reading, SEPARATOR),
    st.builds(
        CorpusSpec,
        st.integers(2, 10**7),
        st.integers(1, 10**4),
        st.integers(1, 10**4),
        st.booleans(),
        st.builds(WordSpec, st.sampled_from(LETTERS), st.booleans()),
    ),
    st.builds(CountSpec, st.integers(1, MAX_WINDOW)),
)
PLANTED = st.builds(
    lambda concepts, synonyms, **knobs: PlantedSpec(concepts, vocab_size=synonyms << concepts, **knobs),
    st.integers(1, 7),
    st.integers(1, 70),
    strength=st.floats(0, 1),
    decay=st.floats(0, 1, exclude_min=True),
    hierarchy=st.booleans(),
    documents=st.integers(1, 10**5),
    document_tokens=st.integers(2, 10**3),
    seed=st.integers(0, 2**70),
)


@given(source=st.sampled_from(["lee", "text8"]), text=TEXTS)
@example(source="lee", text=TextSpec(Reading("&=?#% +é")))
def test_the_name_of_a_text_gives_its_recipe(source: str, text: TextSpec) -> None:
    wanted = Recipe(source, text)
    assert wanted.name.isascii()
    assert not set(wanted.name) & set(" \n#")
    assert recipe(wanted.name) == wanted


@given(text=st.just(TextSpec()) | TEXTS, planted=PLANTED)
@example(text=TextSpec(), planted=PlantedSpec(strength=0.1 + 0.2, decay=0.85 + 1e-12))
def test_the_name_of_a_planted_text_gives_its_recipe(text: TextSpec, planted: PlantedSpec) -> None:
    wanted = Recipe("planted", text, planted)
    assert recipe(wanted.name) == wanted
    assert recipe(wanted.name).name == wanted.name


@pytest.mark.parametrize("source", ["lee", "text8", "planted"])
def test_defaults_are_not_told(source: str) -> None:
    assert Recipe(source).name == source
    assert recipe(source) == Recipe(source)
    assert recipe(f"{source}?window=16&words=5000&lower=yes&letters=latin&separator=line").name == source


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("lee?words=100", TextSpec(corpus=CorpusSpec(vocab_size=100))),
        ("lee?window=5&min-count=3", TextSpec(corpus=CorpusSpec(min_count=3), count=CountSpec(5))),
        ("lee?min-tokens=2&stop-words=no", TextSpec(corpus=CorpusSpec(min_tokens=2, stop_words=False))),
        ("lee?letters=unicode&lower=no", TextSpec(corpus=CorpusSpec(words=WordSpec("unicode", lower=False)))),
        ("lee?separator=blank-line", TextSpec(Reading("\n\n"))),
        ("lee?separator=file", TextSpec(Reading(""))),
        ("lee?separator=%2A%2A", TextSpec(Reading("**"))),
    ],
)
def test_what_names_mean(name: str, text: TextSpec) -> None:
    assert recipe(name) == Recipe("lee", text)
    assert Recipe("lee", text).name.removeprefix("lee?").split("&") == name.removeprefix("lee?").split("&")


def test_what_is_planted() -> None:
    wanted = recipe("planted?concepts=3&strength=0.5&hierarchy=yes&vocab-size=64&words=60")
    assert wanted.planted == replace(PlantedSpec(), concepts=3, strength=0.5, hierarchy=True, vocab_size=64)
    assert wanted.text == TextSpec(corpus=CorpusSpec(vocab_size=60))
    assert recipe("planted?strength=1").name == "planted?strength=1"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("lee?widow=5", "lee has no setting 'widow'; there are: words, window, min-count"),
        ("lee?concepts=3", "lee has no setting 'concepts'"),
        ("lee?Window=5", "no setting 'Window'"),
        ("lee?window=five", "lee: window cannot be 'five'"),
        ("lee?window=", "lee: window cannot be ''"),
        ("lee?window", "lee: window cannot be ''"),
        ("lee?window=0", "window is 0, and must be from 1 to"),
        ("lee?words=1", "vocab_size is 1"),
        ("lee?min-count=0", "min_count is 0"),
        ("lee?lower=maybe", "lee: lower cannot be 'maybe'"),
        ("lee?stop-words=", "lee: stop-words cannot be ''"),
        ("lee?letters=greek", "letters is 'greek'"),
        ("lee?window=5%0A6", r"window cannot be '5\\n6'"),
        ("lee?a%0Ab=1", r"no setting 'a\\nb'"),
        ("planted?strength=nan", "strength is nan"),
        ("planted?strength=strong", "planted: strength cannot be 'strong'"),
        ("planted?concepts=2.5", "planted: concepts cannot be '2.5'"),
        ("planted?concepts=9", "concepts is 9"),
        ("planted?hierarchy=true", "planted: hierarchy cannot be 'true'"),
        ("planted?vocab-size=100", "vocab_size is 100, and must be a multiple"),
    ],
)
def test_mistakes_are_named_in_one_line(name: str, says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        recipe(name)
    assert len(str(caught.value).splitlines()) == 1
