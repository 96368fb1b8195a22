"""Statistics by name and by path, texts by all the names they can have, and what less text would have given."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from gensim.test.utils import datapath

import core.sources
from core.corpus import CorpusSpec, read_corpus
from core.countfile import save_counts
from core.counts import Cooccurrence, CountSpec, count
from core.errors import InputError
from core.planted import PlantedSpec, planted_concepts
from core.reading import Limits, Received, Text
from core.recipe import recipe
from core.sources import BUNDLED_DEFAULT_VOCAB, count_named, is_text, load_statistics, named_texts, texts_at, thinned


def dense(counts: Cooccurrence) -> np.ndarray:
    lower = counts.lower.toarray()
    return lower + np.tril(lower, -1).T


def test_statistics_by_name(wikipedia: Cooccurrence) -> None:
    whole = load_statistics("wikipedia")
    assert whole.vocab_size == BUNDLED_DEFAULT_VOCAB
    assert whole.words[:300] == wikipedia.words
    assert (dense(whole.head(300)) == dense(wikipedia)).all()


def test_statistics_by_path(counts: Cooccurrence, tmp_path: Path) -> None:
    path = tmp_path / "mine.parquet"
    save_counts(counts, path)
    for wanted in (None, 5):
        found, expected = load_statistics(str(path), wanted), counts.head(wanted or counts.vocab_size)
        assert found.words == expected.words
        assert (found.unigram == expected.unigram).all()
        assert (dense(found) == dense(expected)).all()


@pytest.mark.parametrize("name", ["", "wikipedias", "missing/file.parquet", "wikipedia@x", "wikipedia@", "x@5", "a@-1"])
def test_what_is_neither_a_name_nor_a_file(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError):
        load_statistics(name)


def test_thinned_by_name(wikipedia: Cooccurrence) -> None:
    found, expected = load_statistics("wikipedia@50000", 300), thinned(wikipedia, 50_000)
    assert found.source.tokens == 50_000
    assert (dense(found) == dense(expected)).all()
    assert (found.unigram == expected.unigram).all()


@pytest.mark.parametrize("tokens", [50_000, 2_000_000])
def test_thinning_keeps_every_meeting_with_the_same_chance(wikipedia: Cooccurrence, tokens: int) -> None:
    """Meetings of weight (L + 1) / 2 on average are Poisson: the mean is planted, the variance equals it."""
    found, source = thinned(wikipedia, tokens), wikipedia.source
    share = tokens / source.tokens
    meeting = (source.window + 1) / 2
    for kept, whole in ((dense(found) / meeting, dense(wikipedia) / meeting), (found.unigram, wikipedia.unigram)):
        expected = whole * share
        assert abs(kept.sum() - expected.sum()) < 4 * np.sqrt(2 * expected.sum())
        common = expected > 20
        assert common.sum() > 25
        surprise = (kept[common] - expected[common]) ** 2 / expected[common]
        assert surprise.mean() == pytest.approx(1, abs=6 / np.sqrt(common.sum()))


def test_thinning_makes_holes_and_keeps_the_words(wikipedia: Cooccurrence) -> None:
    small, smaller = thinned(wikipedia, 50_000), thinned(wikipedia, 5_000)
    assert small.words == smaller.words == wikipedia.words
    assert wikipedia.lower.nnz > small.lower.nnz > smaller.lower.nnz > 0
    assert (smaller.lower.data > 0).all()
    assert smaller.unigram.min() >= 1
    seen = dense(wikipedia) > 0
    assert not dense(small)[~seen].any(), "what never met does not meet in less text"
    assert smaller.source.tokens == 5_000
    lengths = [one.source.tokens / one.source.documents for one in (wikipedia, small)]
    assert lengths[1] == pytest.approx(lengths[0], rel=0.1), "documents are fewer, not shorter"
    assert (wikipedia.unigram == load_statistics("wikipedia", 300).unigram).all(), "the whole is left as it was"


def test_thinning_gives_the_same_every_time(wikipedia: Cooccurrence) -> None:
    one, same, other = (thinned(wikipedia, tokens) for tokens in (20_000, 20_000, 20_001))
    assert (dense(one) == dense(same)).all()
    assert (one.unigram == same.unigram).all()
    assert (dense(one) != dense(other)).any()


def test_thinning_to_an_impossible_size(wikipedia: Cooccurrence) -> None:
    whole = wikipedia.source.tokens
    for tokens in (0, whole + 1):
        with pytest.raises(InputError, match=f"tokens is {tokens:,}, and must be from 1 to the {whole:,} there are"):
            thinned(wikipedia, tokens)
    with pytest.raises(InputError, match="tokens is 0"):
        load_statistics("wikipedia@0", 300)


def test_thinning_until_nothing_is_left() -> None:
    lonely = count(read_corpus([Text("text", b"a\nb\n" * 5_000 + b"a b\n")], CorpusSpec()), CountSpec())
    with pytest.raises(InputError, match="of 3 tokens, no two of these words stand together"):
        thinned(lonely, 3)


def same(one: Cooccurrence, other: Cooccurrence) -> bool:
    return (one.words, one.source, one.unigram.tolist()) == (other.words, other.source, other.unigram.tolist()) and (
        (dense(one) == dense(other)).all()
    )


def test_statistics_by_the_name_of_a_text() -> None:
    lee = Text("lee", datapath("lee_background.cor"))
    whole = count(read_corpus([lee]), CountSpec(4))
    assert same(load_statistics("lee?window=4"), whole)
    assert same(load_statistics("lee?window=4", 100), whole.head(100))
    fewer = count(read_corpus([lee], CorpusSpec(vocab_size=50, min_count=3, stop_words=False)), CountSpec(16))
    assert same(load_statistics("lee?words=50&min-count=3&stop-words=no"), fewer)
    with pytest.raises(InputError, match="vocabulary size is 51, .* the 50 words known"):
        load_statistics("lee?words=50", 51)
    with pytest.raises(InputError, match="lee has no setting 'wind'"):
        load_statistics("lee?wind=4")


def test_statistics_of_what_is_planted() -> None:
    name = "planted?concepts=3&documents=300&vocab-size=16"
    counts = load_statistics(name)
    planted = planted_concepts(PlantedSpec(concepts=3, vocab_size=16))
    assert sorted(counts.words) == list(planted.words)
    assert counts.source.tokens == 300 * 60
    assert same(counts, load_statistics(name))
    assert not same(counts, load_statistics(f"{name}&seed=1"))


def test_statistics_of_a_text_that_others_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core.sources, "TEXTS", tmp_path)
    (tmp_path / "text8.txt").write_text("a b a c\n")
    assert load_statistics("text8?window=1").words == ("a", "b", "c")
    told = []
    counted = count_named(recipe("text8"), lambda what, share: told.append((what, share)))
    assert counted.vocabulary.words == ("a", "b", "c")
    assert (told[0], told[-1]) == (("words", 0), ("pairs", 1))


@pytest.mark.parametrize("name", ["lee", "lee?window=4", "planted?", "text8", "20newsgroups"])
def test_names_of_texts(name: str) -> None:
    assert is_text(name)
    assert not is_text(f"x{name}")


def contents(found: list[Text]) -> list[str]:
    return [Path(str(text.source).removeprefix("file://")).read_text() for text in found]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """b.txt, a.md, sub/c.CSV, sub/deep/d.jsonl, and what is no text."""
    (tmp_path / "sub" / "deep" / "dir.txt").mkdir(parents=True)
    for name in ("b.txt", "a.md", "sub/c.CSV", "sub/deep/d.jsonl", "picture.png", "sub/notes"):
        (tmp_path / name).write_text(name)
    return tmp_path


def test_texts_of_a_folder(folder: Path) -> None:
    found = texts_at(str(folder))
    assert contents(found) == ["a.md", "b.txt", "sub/c.CSV", "sub/deep/d.jsonl"]
    assert [text.kind for text in found] == ["", "", "csv", "jsonl"]
    with pytest.raises(InputError, match="dir.txt: no text found there"):
        texts_at(str(folder / "sub" / "deep" / "dir.txt"))


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*", ["a.md", "b.txt", "picture.png"]),
        ("**/*.txt", ["b.txt"]),
        ("**/[cd].*", ["sub/c.CSV", "sub/deep/d.jsonl"]),
        ("b.txt", ["b.txt"]),
    ],
)
def test_texts_of_a_pattern(folder: Path, pattern: str, names: list[str]) -> None:
    assert contents(texts_at(f"{folder}/{pattern}")) == names


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("?.*", ["a.md", "b.txt"]),
        ("**/[cd].*", ["sub/c.CSV", "sub/deep/d.jsonl"]),
        ("b.txt", ["b.txt"]),
    ],
)
def test_texts_of_a_pattern_at_an_address(folder: Path, pattern: str, names: list[str]) -> None:
    found = texts_at(f"file://{folder}/{pattern}")
    assert all(text.remote for text in found)
    assert contents(found) == names


def test_a_name_that_only_looks_like_a_pattern(folder: Path) -> None:
    (folder / "x[1].txt").write_text("bracket")
    (folder / "y?").mkdir()
    (folder / "y?" / "z.txt").write_text("question")
    assert contents(texts_at(f"{folder}/x[1].txt")) == ["bracket"]
    assert contents(texts_at(f"{folder}/y?")) == ["question"]


def test_a_file_named_as_a_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert texts_at("lee") == named_texts(recipe("lee")) == [Text("lee", datapath("lee_background.cor"))]
    Path("lee").write_text("mine")
    assert contents(texts_at("lee")) == ["mine"]


def test_the_files_of_a_zip(tmp_path: Path) -> None:
    path, received = tmp_path / "texts.zip", Received()
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("one.txt", "picture.png", "sub/two.csv", ".hidden"):
            archive.writestr(name, f"a {name}\n")
    for name in (str(path), f"file://{path}", str(tmp_path)):
        found = texts_at(name, received=received)
        assert [text.member for text in found] == ["one.txt", "sub/two.csv"]
        assert len(received.skipped) == 2
        received.skipped.clear()
    with pytest.raises(InputError, match="holds 2 files, more than the 1 allowed"):
        texts_at(str(path), Limits(files=1))


@pytest.mark.parametrize("place", ["", "file://"], ids=["path", "address"])
@pytest.mark.parametrize("name", ["nothing.txt", "no*thing.txt", "nowhere/*", "no\nthing"])
def test_where_no_text_is(tmp_path: Path, place: str, name: str) -> None:
    with pytest.raises(InputError, match="nothing|nowhere|no.thing") as caught:
        texts_at(f"{place}{tmp_path}/{name}")
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("name", ["nonsense://x/y.txt", "nonsense://x/*.txt", "file://", "://", "http://[/*"])
def test_addresses_that_make_no_sense(name: str) -> None:
    with pytest.raises(InputError) as caught:
        texts_at(name)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("name", ["file:///x/y.txt", "file:///x/*.txt"])
def test_addresses_without_fsspec(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(InputError, match=r"to read from an address, install fsspec \(pip install fsspec\)"):
        texts_at(name)
