"""Texts that visitors bring: limits, one visitor's only, nothing kept unless it is shared."""

from __future__ import annotations

import asyncio
import gc
import gzip
import json
import os
import re
import subprocess
import sys
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.formparsers import MultiPartParser
from starlette.requests import Request
from strange import a_zip

from core.corpus import CorpusSpec
from core.counting import TextSpec
from core.errors import InputError
from core.lexicon import WordSpec
from core.problem import RunSpec
from core.reading import Received, Text
from core.runs import State
from core.store import RunStore
from core.ui import own, runs
from core.ui.lab import lab, spectrum, statistics
from core.ui.runs import identity, queued_run, shared

TOPICS = b"sea ship sail port wave sea ship\noven bread salt flour cake oven bread\n" * 20
SECRET = "this text belongs to another visit: own texts are not kept, so bring it again after a reload"
SPEC = TextSpec(corpus=CorpusSpec(words=WordSpec("unicode")))


def bring(content: bytes = TOPICS, title: str = "mine", spec: TextSpec = SPEC) -> str:
    return own.bring(title, [Text(title, content)], spec)


def refused(work, *args) -> str:
    """The one line that ``work`` is refused with."""
    with pytest.raises(InputError) as caught:
        work(*args)
    (line,) = str(caught.value).splitlines()
    return line


def opened(name: str, content: bytes) -> list[Text]:
    return own.opened([(name, content)], Received())


# Limits


def test_every_limit_is_a_setting():
    wanted = {
        "STAIRCASE_MAX_TEXT_MEGABYTES": 7,
        "STAIRCASE_MAX_TEXT_FILES": 8,
        "STAIRCASE_MAX_TEXT_TOKENS": 9,
        "STAIRCASE_MAX_VOCABULARY": 10,
        "STAIRCASE_MAX_LINE_KILOBYTES": 11,
        "STAIRCASE_MAX_KEPT_TEXTS": 12,
    }
    told = "TEXT_MEGABYTES, o.TEXT_FILES, o.TEXT_TOKENS, o.VOCABULARY, o.LINE_KILOBYTES, o.KEPT_TEXTS"
    code = f"import json; from core.ui import own as o; print(json.dumps([o.{told}]))"
    environment = os.environ | {name: str(value) for name, value in wanted.items()}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(own.__file__).parents[2],
        env=environment,
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout) == list(wanted.values())


def test_the_limits_of_one_upload_are_those_that_the_server_enforces():
    found = own.limits()
    assert found.raw_bytes == own.upload_megabytes() << 20 > 0
    assert found.text_bytes == own.TEXT_MEGABYTES << 20 > 0
    assert (found.files, found.line_bytes) == (own.TEXT_FILES, own.LINE_KILOBYTES << 10)


def test_files_together_are_held_to_the_size_of_an_upload(monkeypatch):
    monkeypatch.setattr(own, "upload_megabytes", lambda: 1)
    half = b"a b\n" * 150_000
    assert len(own.opened([("one.txt", half)], Received())) == 1
    told = refused(own.opened, [("one.txt", half), ("two.txt", half)], Received())
    assert told == "these files are larger than the 1 MB that are taken here"


def test_an_upload_stays_in_memory(monkeypatch):
    """Starlette would write what is longer than a megabyte to disk."""
    monkeypatch.setattr(MultiPartParser, "spool_max_size", MultiPartParser.spool_max_size)
    own.keep_uploads_in_memory()
    head = b'--x\r\ncontent-disposition: form-data; name="f"; filename="f"\r\n\r\n'
    body = head + b"a" * 3_000_000 + b"\r\n--x--\r\n"
    sent = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive():
        return next(sent)

    async def file() -> tuple[bool, int]:
        scope = {"type": "http", "method": "PUT", "headers": [(b"content-type", b"multipart/form-data; boundary=x")]}
        async with Request(scope, receive).form() as form:
            return form["f"].file._rolled, form["f"].size

    with ThreadPoolExecutor(1) as apart:  # browser tests leave an event loop in this thread
        assert apart.submit(asyncio.run, file()).result() == (False, 3_000_000)
    assert MultiPartParser.spool_max_size >= own.upload_megabytes() << 20


def test_a_gzip_bomb_stops_at_the_limit(monkeypatch, inside):
    monkeypatch.setattr(own, "TEXT_MEGABYTES", 1)
    bomb = gzip.compress(b"boom bang\n" * 5_000_000)
    assert len(bomb) < 100_000
    assert inside(refusal, opened("bomb.gz", bomb)) == "bomb.gz: larger than the 1,048,576 bytes of text allowed"


def refusal(found: list[Text], spec: TextSpec = SPEC) -> str:
    return refused(own.bring, "mine", found, spec)


def test_a_zip_bomb_is_not_even_opened(monkeypatch):
    monkeypatch.setattr(own, "TEXT_MEGABYTES", 1)
    told = refused(opened, "bomb.zip", a_zip(a=b"boom " * 100_000, b=b"boom " * 150_000))
    assert told == "bomb.zip: larger than the 1,048,576 bytes of text allowed"


def test_a_zip_that_lies_about_its_sizes_is_refused(monkeypatch):
    monkeypatch.setattr(own, "TEXT_MEGABYTES", 1)
    packed = bytearray(a_zip(a=b"boom " * 1_000_000))
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        begin = packed.index(mark) + at
        packed[begin : begin + 4] = (10).to_bytes(4, "little")
    assert refused(opened, "bomb.zip", bytes(packed)).startswith("bomb.zip: a: damaged or cut short")


def test_files_are_counted_within_archives_and_over_all_of_them(monkeypatch):
    monkeypatch.setattr(own, "TEXT_FILES", 3)
    four = {f"{n}.txt": b"a" for n in range(4)}
    assert refused(opened, "a.zip", a_zip(**four)) == "a.zip: holds 4 files, more than the 3 allowed"
    two = ("two.zip", a_zip(a=b"a", b=b"b"))
    assert refused(own.opened, [two, two], Received()) == "these are 4 texts, and at most 3 are taken here"


@pytest.mark.parametrize("path", ["../up.txt", "/etc/passwd", "C:\\x.txt", "a/../../b", "..\\up.txt"])
def test_no_path_leads_out_of_an_archive(path):
    assert refused(opened, "a.zip", a_zip(**{path: b"a b"})).endswith("leads out of the archive: pack it again")


def test_words_of_the_text_and_of_the_vocabulary_are_limited(monkeypatch, inside):
    monkeypatch.setattr(own, "TEXT_TOKENS", 100)
    told = inside(refusal, [Text("mine", TOPICS)])
    assert told == "the text has 280 words, and at most 100 are taken here"
    monkeypatch.setattr(own, "VOCABULARY", 100)
    spec = TextSpec(corpus=CorpusSpec(vocab_size=101))
    assert inside(refusal, [Text("mine", TOPICS)], spec) == "words is 101, and at most 100 are taken here"


def test_what_stands_together_without_white_space_is_limited(monkeypatch, inside):
    monkeypatch.setattr(own, "LINE_KILOBYTES", 1)
    assert "more than 1,024 bytes without white space" in inside(refusal, [Text("mine", b"a" * 2_000)])
    assert "a row of more than 1,024 bytes" in inside(refusal, [Text("mine.csv", b"text\n" + b"a b " * 500)])


def test_a_text_of_too_few_words_is_refused(inside):
    assert inside(refusal, [Text("mine", b"a b c d e f g a")]).startswith("the text has 7 different words")
    assert "at least 2 are needed" in inside(refusal, [Text("mine", b"a a a")])
    assert "no document" in inside(refusal, [Text("mine", b" \n ")])
    assert "NUL bytes" in inside(refusal, [Text("mine", bytes(range(256)))])
    assert inside(own.names) == []
    assert inside(bring, b"a a b b c c d d e f g h")


# One visitor's only


def test_titles_are_one_short_line_each_and_unlike(inside):
    def titles() -> list[str]:
        for wanted in ("a\nb\u202ec" + "d" * 500, "", "same", "same"):
            bring(title=wanted)
            assert len(own.names()) <= own.TEXTS_A_VISITOR
        return [own.brought(name).title for name in own.names()]

    assert inside(titles) == ["text", "same", "same 2"]
    assert inside(lambda: own.brought(bring(title="a\nb\u202ec" + "d" * 500)).title) == "a b?c" + "d" * 55


def test_only_the_newest_texts_of_a_visitor_are_held(inside):
    names = [inside(bring) for _ in range(own.TEXTS_A_VISITOR + 2)]
    assert inside(own.names) == names[-own.TEXTS_A_VISITOR :]


def test_visitors_do_not_see_each_others_texts(visitors, inside):
    name = inside(bring)
    assert inside(statistics, name, None).vocab_size == 10
    inside(lab, RunSpec(data=name, vocab_size=10, dim=5))
    visitors.be("second")
    assert inside(own.names) == []
    doors = [
        (own.brought, name),
        (own.share, name),
        (statistics, name, None),
        (statistics, name, 10),
        (spectrum, "mstar", name, 10, 5),
        (lab, RunSpec(data=name, vocab_size=10, dim=5)),
    ]
    for door in doors:
        assert inside(refused, *door) == SECRET
    visitors.be("first")
    assert inside(own.names) == [name]


def test_names_of_own_texts_cannot_be_guessed_from_each_other(inside):
    names = {inside(bring) for _ in range(5)}
    assert len(names) == 5
    assert all(re.fullmatch(r"mine:[0-9a-f]{8,}", name) for name in names)


def test_everything_about_an_own_text_goes_with_the_visit(visitors, inside):
    def everything() -> list[weakref.ref]:
        name = bring()
        spec = RunSpec(data=name, vocab_size=10, dim=5)
        found = [
            own.brought(name),
            statistics(name, None),
            statistics(name, 8),
            spectrum("mstar", name, 8, 5),
            lab(spec),
        ]
        return [weakref.ref(one) for one in found]

    held = inside(everything)
    gc.collect()
    assert all(one() is not None for one in held)
    visitors.leave()
    gc.collect()
    assert [one() for one in held] == [None] * len(held)


def files(*folders: Path) -> list[Path]:
    return sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())


def test_a_run_on_an_own_text_leaves_nothing_on_disk(inside, kept_folder, tmp_path, monkeypatch):
    monkeypatch.setattr(runs, "store", lambda: RunStore(tmp_path / "runs"))

    def trained() -> tuple[State, int]:
        spec = RunSpec(data=bring(), vocab_size=10, dim=5, until=2)
        run = queued_run(lab(spec), "a name")
        run.start()
        assert run.wait(60)
        shared(spec)
        own_run = runs._own_runs().watched(lab(spec))
        assert own_run.wait(60)
        assert shared(spec).done is not None
        assert runs.stored(lab(spec)) is None
        return run.state, len(run.history)

    state, frames = inside(trained)
    assert state is State.FINISHED
    assert frames > 2
    assert files(tmp_path / "runs") == []
    assert files(kept_folder) == []


def test_a_run_on_an_own_text_stops_when_the_visitor_leaves(visitors, inside):
    def begun():
        spec = RunSpec(data=bring(), vocab_size=10, dim=5, step_size=0.02)
        tickets = [runs.gate().ticket() for _ in range(runs.AT_ONCE)]
        run = runs._own_runs().watched(lab(spec))
        return run, tickets

    run, tickets = inside(begun)
    try:
        assert run.under_way
        visitors.leave()
        assert run.state is State.STOPPED
    finally:
        for ticket in tickets:
            ticket.leave()


# Shared


def test_sharing_writes_one_file_which_anybody_can_use(visitors, inside, kept_folder):
    name = inside(bring)
    counts = inside(statistics, name, None)
    link = inside(own.share, name)
    assert files(kept_folder) == [kept_folder / f"{link.removeprefix('kept:')}.parquet"]
    assert inside(own.share, name) == link
    assert len(list(kept_folder.iterdir())) == 1
    visitors.be("second")
    theirs = inside(statistics, link, None)
    assert theirs.words == counts.words
    assert theirs.unigram.tolist() == counts.unigram.tolist()
    assert (theirs.lower != counts.lower).nnz == 0


def test_what_is_shared_holds_no_title_and_no_order_of_words(inside, kept_folder):
    inside(lambda: own.share(bring(TOPICS + b"my secret is here\n", title="Diary of Nobody")))
    (path,) = files(kept_folder)
    content = path.read_bytes()
    assert b"Diary" not in content
    assert b"my secret is here" not in content


def test_runs_on_shared_statistics_are_kept(inside, kept_folder):
    def trained() -> str:
        known = lab(RunSpec(data=own.share(bring()), vocab_size=10, dim=5, until=2))
        run = queued_run(known)
        run.start()
        assert run.wait(60)
        return identity(known)

    assert (runs.FOLDER / f"{inside(trained)}.npz").is_file()


def test_shared_texts_are_bounded_and_the_oldest_goes_first(monkeypatch, inside, kept_folder):
    monkeypatch.setattr(own, "KEPT_TEXTS", 2)
    links = []
    for n in range(3):
        links.append(inside(lambda n: own.share(bring(TOPICS + b"more " * (n + 1))), n))
        os.utime(kept_folder / f"{links[-1].removeprefix('kept:')}.parquet", (n, n))
    assert len(files(kept_folder)) == 2
    assert refused(own.kept, links[0]).startswith("there are no such statistics on this server")
    assert own.kept(links[2]).vocab_size == 11


@pytest.mark.parametrize("damage", [b"", b"PAR1", b"<img src=x>" * 100], ids=["empty", "head", "foreign"])
def test_a_damaged_file_is_one_line_that_names_no_folder(damage, inside, kept_folder):
    link = inside(lambda: own.share(bring()))
    (path,) = files(kept_folder)
    path.write_bytes(damage)
    told = refused(own.kept, link)
    assert "damaged" in told
    assert str(kept_folder) not in told


def test_a_folder_that_cannot_be_written_to_is_one_line_that_does_not_name_it(monkeypatch, inside, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(own, "FOLDER", tmp_path / "file" / "kept")
    told = inside(lambda: refused(own.share, bring()))
    assert told.startswith("the statistics could not be kept")
    assert str(tmp_path) not in told


HOSTILE = ["kept:", "kept:../../x", "kept:/etc/passwd", "kept:" + "0" * 16, "kept:" + "٠" * 16, "kept:" + "a" * 9_999]
HOSTILE += ["kept:0123456789abcde\n", "kept:0123456789ABCDEF", "kept:\0", "kept:<img src=x>"]


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_no_name_opens_anything_but_what_was_shared(name, kept_folder):
    kept_folder.mkdir()
    (kept_folder / "x.parquet").write_bytes(b"PAR1")
    assert refused(own.kept, name).startswith("there are no such statistics on this server")
