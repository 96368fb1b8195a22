"""Counts of texts of any size: a double loop's, however the texts are cut and whoever counts the parts.

And what their command does with pipes, archives and progress.
"""

from __future__ import annotations

import gzip
import io
import itertools
import json
import os
import pickle
import tempfile
import threading
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import core.commands.count
import core.counting
import core.counts
import core.reading
from core.__main__ import main
from core.corpus import CorpusSpec, read_corpus
from core.counting import Here, Job, TextSpec, count_texts
from core.counts import Cooccurrence, CountSpec, bands, count
from core.errors import InputError
from core.lexicon import WordSpec
from core.reading import Limits, Reading, Text
from core.watch import CalledOff

PATIENCE = 20.0  # seconds until a test that hangs fails
DOCUMENTS = st.lists(st.lists(st.sampled_from(["a", "bb", "c", "dd", "e", "ff"]), max_size=14), max_size=8)


class Apart:
    """A crew that does every shard by itself, the last first, and all by way of pickles, as other machines would."""

    def share(self, pieces: Sequence[Text]) -> list[Job]:
        return [(piece,) for piece in pieces]

    def run(self, what: str, work: Callable[..., Any], jobs: list[Job], *others: Any) -> Iterator[Any]:
        return (work(*pickle.loads(pickle.dumps((job, *others)))) for job in reversed(jobs))


def naive(texts: list[list[list[str]]], spec: TextSpec) -> tuple[list[str], np.ndarray] | None:
    """(words, symmetrised counts): every position is a centre; None where there are no words or pairs."""
    kept = [document for text in texts for document in text if len(document) >= spec.corpus.min_tokens]
    frequency = Counter(itertools.chain(*kept))
    ranked = sorted((-n, word) for word, n in frequency.items() if n >= spec.corpus.min_count)
    words = [word for _, word in ranked][: spec.corpus.vocab_size]
    table = np.zeros((len(words), len(words)), np.int64)
    for document in kept:
        inside = [words.index(word) for word in document if word in words]
        for (a, centre), (b, other) in itertools.permutations(enumerate(inside), 2):
            table[centre, other] += max(0, spec.count.window + 1 - abs(a - b))
    return (words, table) if len(words) > 1 and table.any() else None


def as_texts(texts: list[list[list[str]]]) -> list[Text]:
    lines = ["".join(" ".join(document) + "\n" for document in text) for text in texts]
    return [Text(f"text {number}", text.encode()) for number, text in enumerate(lines)]


def assert_same(one: Cooccurrence, other: Cooccurrence) -> None:
    """Bit for bit."""
    assert (one.words, one.source) == (other.words, other.source)
    assert one.unigram.tolist() == other.unigram.tolist()
    for mine, yours in zip(arrays(one), arrays(other), strict=True):
        assert mine.dtype == yours.dtype
        assert mine.tobytes() == yours.tobytes()


def arrays(counts: Cooccurrence) -> tuple[np.ndarray, ...]:
    return counts.lower.indptr, counts.lower.indices, counts.lower.data


@given(
    texts=st.lists(DOCUMENTS, min_size=1, max_size=3),
    knobs=st.tuples(st.integers(2, 7), st.integers(1, 2), st.integers(1, 4)),
    window=st.integers(1, 8),
    workers=st.integers(1, 3),
    chunk=st.integers(1, 60),
    shard=st.integers(1, 100),
    cells=st.sampled_from([1, 7, 1 << 20]),
)
def test_any_texts_in_any_pieces_count_as_the_double_loop(texts, knobs, window, workers, chunk, shard, cells) -> None:
    spec = TextSpec(Reading(), CorpusSpec(*knobs), CountSpec(window, workers))
    expected, given_texts = naive(texts, spec), as_texts(texts)
    for crew in (Here(), Apart()):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(core.reading, "CHUNK_BYTES", chunk)
            patch.setattr(core.counting, "SHARD_BYTES", shard)
            patch.setattr(core.counts, "TABLE_BYTES", 8 * cells)
            if expected is None:
                with pytest.raises(InputError, match="no document has|at least 2 are needed|no pairs"):
                    count_texts(given_texts, spec, crew=crew)
                continue
            counted = count_texts(given_texts, spec, crew=crew)
        words, table = expected
        assert list(counted.counts.words) == words
        assert (counted.counts.lower.toarray() == np.tril(table)).all()
        assert counted.counts.row_weights.tolist() == table.sum(axis=1).tolist()
        assert counted.received.raw_bytes == sum(len(text.source) for text in given_texts)
        corpus = read_corpus(given_texts, spec.corpus)
        assert_same(counted.counts, count(corpus, CountSpec(window)))
        assert counted.vocabulary.frequency.tolist() == corpus.vocabulary.frequency.tolist()


def test_a_text_with_all_its_knobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Separator, encoding, letters and case, in a file that is cut in many places, and in one that cannot be cut."""
    documents = ["Öl und\nWein", "Wein und öl", "Öl Öl"] * 40
    plain, packed = tmp_path / "plain.txt", tmp_path / "packed.txt.gz"
    plain.write_bytes("\n\n".join(documents).encode("latin-1"))
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    monkeypatch.setattr(core.counting, "SHARD_BYTES", 30)
    spec = TextSpec(
        Reading("\n\n", "latin-1"), CorpusSpec(words=WordSpec("unicode", lower=False)), CountSpec(1, workers=2)
    )
    counts = count_texts([Text("plain", str(plain)), Text("packed", str(packed))], spec).counts
    assert counts.words == ("Öl", "Wein", "und", "öl")
    assert counts.source.documents == 240
    # twice forty of each: Öl-und, und-Wein, Wein-und, und-öl, Öl-Öl (doubled)
    assert counts.lower.toarray().tolist() == [[160, 0, 0, 0], [0, 0, 0, 0], [80, 160, 0, 0], [0, 0, 80, 0]]


def test_a_large_text_in_shards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hundred thousand words, by threads that wait for each other, against the corpus in memory."""
    rng = np.random.default_rng(5)
    words = np.array([f"w{'abcdefghij'[n % 10]}{'klmnopqrst'[n // 10 % 10]}{'uvwxyz'[n // 100]}" for n in range(500)])
    lines = np.split(words[np.minimum(rng.zipf(1.3, 200_000), 500) - 1], np.sort(rng.integers(0, 200_000, 3_000)))
    path = tmp_path / "text.txt"
    path.write_text("\n".join(map(" ".join, lines)))
    monkeypatch.setattr(core.counting, "SHARD_BYTES", 1 << 16)
    monkeypatch.setattr(core.reading, "CHUNK_BYTES", 1 << 13)
    text, corpus = Text("text", str(path)), CorpusSpec(vocab_size=300, min_tokens=20)
    counts = count_texts([text], TextSpec(corpus=corpus, count=CountSpec(9, workers=3))).counts
    assert_same(counts, count(read_corpus([text], corpus), CountSpec(9)))


def test_progress_is_told_for_each_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, told = tmp_path / "text.txt.gz", []
    path.write_bytes(gzip.compress(b"a b c d\n" * 2_000, mtime=0) + b"\0" * 9)
    texts = [Text("packed", str(path)), Text("plain", b"c d e\n" * 900)]
    monkeypatch.setattr(core.counts, "TABLE_BYTES", 8 * 6)
    monkeypatch.setattr(core.counting, "SHARD_BYTES", 1_000)
    monkeypatch.setattr(core.reading, "CHUNK_BYTES", 500)

    def progress(what: str, share: float) -> None:
        assert threading.current_thread() is threading.main_thread()
        told.append((what, share))

    count_texts(texts, TextSpec(count=CountSpec(2, workers=2)), crew=Here(progress))
    passes = list(dict.fromkeys(what for what, _ in told))
    total = len(bands(5))
    assert passes == ["words", *(f"pairs, pass {n} of {total}" for n in range(1, total + 1))]
    assert total > 1
    for name in passes:
        shares = [share for what, share in told if what == name]
        assert (shares[0], shares[-1]) == (0, 1)
        assert shares == sorted(shares)
        assert len(set(shares)) > 2


@pytest.mark.parametrize("wanted", ["words", "pairs"])
def test_what_progress_raises_stops_everything(wanted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core.reading, "CHUNK_BYTES", 100)
    monkeypatch.setattr(core.counting, "SHARD_BYTES", 1_000)

    def progress(what: str, share: float) -> None:
        if what == wanted and share > 0.3:
            raise KeyboardInterrupt(f"{what} {share:.2f}")

    threads = threading.active_count()
    with pytest.raises(KeyboardInterrupt, match=wanted) as caught:
        count_texts([Text("text", b"a b c\n" * 5_000)], TextSpec(count=CountSpec(workers=2)), crew=Here(progress))
    assert float(str(caught.value).split()[1]) < 0.9
    del caught
    assert threading.active_count() == threads


@pytest.mark.parametrize("reads", [1, 2], ids=["words", "pairs"])
def test_a_text_that_fails_ends_the_others(reads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """One is read without end as soon as the other fails, unless it is called off."""
    real, begun, ended, begins = core.counting.clean, threading.Event(), threading.Event(), Counter()

    def clean(text: Text, *others: Any) -> Iterator[bytes]:
        begins[text.name] += 1
        if begins[text.name] < reads:
            yield from real(text, *others)
        elif text.name == "bad":
            assert begun.wait(PATIENCE)
            raise InputError("bad: gone")
        else:
            begun.set()
            try:
                while True:
                    others[-1](1)
            except CalledOff:
                ended.set()
                raise

    monkeypatch.setattr(core.counting, "clean", clean)
    threads = threading.active_count()
    with pytest.raises(InputError, match="bad: gone"):
        count_texts([Text("bad", b"a b"), Text("endless", b"a b")], TextSpec(count=CountSpec(workers=2)))
    assert ended.is_set()
    assert threading.active_count() == threads


def test_a_text_that_is_missing_is_named() -> None:
    with pytest.raises(InputError, match="nowhere: No such file") as caught:
        count_texts([Text("text", b"a b\n"), Text("nowhere", "missing/file")], TextSpec(count=CountSpec(workers=2)))
    assert len(str(caught.value).splitlines()) == 1


def test_limits_hold_for_all_texts_together() -> None:
    texts = [Text("one", b"a b\n" * 10), Text("two", b"a b\n" * 10)]
    assert count_texts(texts, TextSpec(limits=Limits(text_bytes=80))).counts.source.documents == 20
    with pytest.raises(InputError, match="larger than the 79 bytes"):
        count_texts(texts, TextSpec(limits=Limits(text_bytes=79)))


def test_a_limit_of_words() -> None:
    texts = [Text("text", b"a b c\n" * 10)]
    assert count_texts(texts, TextSpec(tokens=30)).counts.source.tokens == 30
    with pytest.raises(InputError, match="the text has 30 words, and at most 29 are taken here"):
        count_texts(texts, TextSpec(tokens=29))


def test_no_texts() -> None:
    for crew in (Here(), Apart()):
        with pytest.raises(InputError, match="no document has 1 or more words"):
            count_texts([], crew=crew)


def test_what_was_noticed_while_reading() -> None:
    counted = count_texts([Text("text", b"a b \xff c\n"), Text("other", b"a b\n")])
    assert (counted.received.replaced, counted.received.text_bytes, counted.received.encoding) == (1, 12, "utf-8")


def test_what_travels_to_other_machines_is_small() -> None:
    """The words that are kept go to each job; not the frequencies of all that there are."""
    sent = []

    class Sending(Apart):
        def run(self, what: str, work: Callable[..., Any], jobs: list[Job], *others: Any) -> Iterator[Any]:
            sent.append(len(pickle.dumps(others)))
            return super().run(what, work, jobs, *others)

    letters = "abcdefghijklmnopqrst"
    words = " ".join(map("".join, itertools.product(letters, repeat=3)))
    count_texts([Text("text", f"{words}\n".encode())], TextSpec(corpus=CorpusSpec(vocab_size=10)), crew=Sending())
    assert max(sent) < 2_000


def test_a_pipe_is_read_once_and_counted_as_a_file_is(tmp_path: Path, capsys, monkeypatch) -> None:
    pipe, folder = tmp_path / "pipe.csv", tmp_path / "temporary"
    os.mkfifo(pipe)
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    writer = threading.Thread(target=pipe.write_text, args=("title,text\nx,a b a\n",))
    writer.start()
    assert main(["count", str(pipe), "--field", "text", "--json"]) == 0
    writer.join(PATIENCE)
    result = json.loads(capsys.readouterr().out)
    assert (result["words"], result["unigram"], result["documents"]) == (["a", "b"], [2, 1], 1)
    assert list(folder.iterdir()) == []


def test_a_pipe_cannot_be_shared(tmp_path: Path, capsys) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, shown in (("-", "stdin"), (str(tmp_path / "pipe"), str(tmp_path / "pipe"))):
        assert main(["count", name, "--scheduler", "tcp://127.0.0.1:1"]) == 1
        says = f"error: {shown} cannot be shared with other machines: write it to a file that they can read\n"
        assert capsys.readouterr() == ("", says)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full disk to try")
def test_no_room_for_a_pipe(capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"a b\n")))
    full = Path("/dev/full").open
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", lambda **_: full("wb"))
    assert main(["count", "-"]) == 1
    assert capsys.readouterr().err == "error: stdin: cannot be kept in a temporary file (No space left on device)\n"


def test_what_is_skipped_in_an_archive_is_told(tmp_path: Path, capsys) -> None:
    path = tmp_path / "texts.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("one.txt", "a b\n")
        archive.writestr("photo.jpg", "no text")
    assert main(["count", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["skipped"] == [f"{path}: photo.jpg"]
    assert main(["count", str(path)]) == 0
    assert "photo.jpg" in capsys.readouterr().out


def test_one_bar_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is open while another is told would be drawn again and again, and its clock would go on."""
    told: list[str] = []

    class Bar:
        n = 0.0

        def __init__(self, *, desc: str, **_: Any) -> None:
            self.desc = desc
            told.append(f"open {desc}")

        def update(self, amount: float) -> None:
            self.n += amount
            told.append(f"{self.desc} {self.n:g}")

        def close(self) -> None:
            if f"close {self.desc}" not in told:
                told.append(f"close {self.desc}")

    monkeypatch.setattr(core.commands.count, "tqdm", Bar)
    with core.commands.count._bars() as tell:
        for what, share in (("words", 0), ("words", 0.5), ("words", 1), ("pairs", 0.25)):
            tell(what, share)
    assert told == [
        *("open words", "words 0", "words 50", "words 100", "close words"),
        *("open pairs", "pairs 25", "close pairs"),
    ]
