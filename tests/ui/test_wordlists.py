"""Lists as people type them: which are of pairs, what is left out, what is refused, and names that differ."""

from __future__ import annotations

import pytest
from strange import HOSTILE

from core.spectrumfile import PAPER_SCALE, load_spectrum
from core.ui import wordlists
from core.ui.wordlists import EXAMPLES, SHOWN_FIRST, is_pairs, read, ready_made, titles, typed

KNOWN = "spring summer autumn winter king queen he she man woman hot cold"
INDEX = {word: n for n, word in enumerate(KNOWN.split())}


def test_every_ready_made_list_is_known_at_the_papers_scale():
    index = load_spectrum(PAPER_SCALE, 1).index
    lists = ready_made(list(EXAMPLES))
    assert [one.name for one in lists] == list(titles().values())
    assert {one.name for one in lists if one.pairs} == {"he and she", "countries and capitals", "one and many"}
    for one in lists:
        found = read(one, index)
        assert found.refused is None
        assert found.left_out == ()
        assert found.size >= 7
    assert [one.name for one in ready_made(["family", "nonsense", "months"])] == ["months", "family"]
    assert set(SHOWN_FIRST) <= set(EXAMPLES)


def test_a_line_is_a_list_and_may_have_a_name():
    first, second, third = typed("seasons: spring summer, autumn\n\n he/she, king/queen, man/woman \nhot, cold\n")[0]
    assert (first.name, first.spoken, first.pairs, first.own) == ("seasons", "your list 1", False, True)
    assert [INDEX[word] for word in ("spring", "summer", "autumn")] == list(read(first, INDEX).words)
    assert (second.name, second.pairs) == ("he/she, king/queen, man/woman", True)
    assert read(second, INDEX).pairs == ((6, 7), (4, 5), (8, 9))
    assert (third.name, third.spoken, third.pairs) == ("hot, cold", "your list 3", False)


@pytest.mark.parametrize("text", ["spring\nsummer\nautumn", "spring\n\nsummer\nautumn\n"])
def test_a_word_a_line_is_one_list(text):
    (one,) = typed(text)[0]
    assert read(one, INDEX).words == (0, 1, 2)


def test_a_pair_a_line_is_one_list():
    (one,) = typed("he/she\nking / queen\nman - woman")[0]
    assert one.pairs
    assert read(one, INDEX).pairs == ((6, 7), (4, 5), (8, 9))


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("he/she", True),
        ("he / she", True),
        ("he - she", True),
        ("he -> she", True),
        ("he->she", True),
        ("he → she", True),
        ("man:woman, king:queen", True),
        ("spring summer", False),
        ("well-known self-made", False),
        ("spring, summer", False),
    ],
)
def test_what_is_of_pairs(text, pairs):
    assert is_pairs(text) == pairs


@pytest.mark.parametrize(
    "text", ["he/she king/queen man/woman", "he/she, king/queen, man/woman", "he/she; king/queen; man/woman"]
)
def test_pairs_with_slashes_may_stand_with_spaces_between(text):
    (one,) = typed(text)[0]
    assert read(one, INDEX).pairs == ((6, 7), (4, 5), (8, 9))


def test_what_is_left_out_is_told():
    (one,) = typed("spring Summer, spring zebra <b>yak</b> ???")[0]
    found = read(one, INDEX)
    assert found.words == (0, 1)
    assert found.refused is None
    told = dict(line.split(": ", 1) for line in found.left_out)
    assert "zebra" in told["not among these 12 words"]
    assert "yak" in told["not among these 12 words"]
    assert told["there before"] == "spring"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("seasons: spring", "words of this list that are known here, each counted once: 1; a list needs from 2 to 60"),
        ("zebra yak gnu", "each counted once: 0;"),
        (
            "he/she, king/queen",
            "pairs of this list that are known here, each counted once: 2; a list needs from 3 to 30",
        ),
        ("he/she, he/she, king/queen", "each counted once: 2;"),
        ("he/she, king/zebra, man/woman", "each counted once: 2;"),
    ],
)
def test_too_few_are_refused(text, told):
    (one,) = typed(text)[0]
    assert told in read(one, INDEX).refused


def test_too_many_are_refused():
    index = {f"w{n}": n for n in range(99)}
    (one,) = typed(" ".join(index))[0]
    assert "each counted once: 99;" in read(one, index).refused
    (one,) = typed(", ".join(f"w{n}/w{n + 1}" for n in range(50)))[0]
    assert "each counted once: 50;" in read(one, index).refused
    (one,) = typed(" ".join(["word"] * 1_001))[0]
    assert "1,001 words" in read(one, index).refused
    found, more = typed("\n".join(["spring summer"] * 8))
    assert (len(found), more) == (6, 2)


def test_names_differ_whatever_is_typed():
    text = "months: spring summer\nmonths: autumn winter\n" + "x" * 80 + " spring\n" + "x" * 80 + " summer"
    names = [one.name for one in typed(text)[0]]
    assert len({*names, *titles().values()}) == len(names) + len(EXAMPLES)
    assert max(map(len, names)) <= wordlists._LONGEST_NAME + 3


@pytest.mark.parametrize("word", HOSTILE)
def test_hostile_lists_are_read_as_words(word):
    for one in typed(f"{word}: spring summer {word}\n{word}/he, {word}/she")[0]:
        assert one.spoken.startswith("your list ")
        found = read(one, INDEX)
        assert found.refused is not None or set(found.words) <= {0, 1, 6, 7}
    assert typed("") == ([], 0)
    assert typed(" \n \n") == ([], 0)


def test_a_long_line_of_blanks_is_read():
    """A hundred thousand: where blanks were tried in every way, a fifth of them took minutes."""
    assert [one.text for one in typed(" " * 100_000 + "x")[0]] == ["x"]
