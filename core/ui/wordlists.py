"""Lists of words and of pairs: ready-made ones, and those that a visitor types. Their words and names are data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count

from core.errors import InputError
from core.order import LEAST_PAIRS, LEAST_WORDS
from core.questions import Listed, read_pairs, read_words
from core.reading.text import shown
from core.ui.prose import Prose, reworded

SAY = Prose("wordlists")
EXAMPLES = {
    "months": "january february march april may june july august september october november december",
    "weekdays": "monday tuesday wednesday thursday friday saturday sunday",
    "numbers": "one two three four five six seven eight nine ten eleven twelve",
    "countries": "france germany italy spain england russia china japan india canada mexico brazil egypt greece "
    "poland sweden norway turkey iran iraq australia austria portugal ireland",
    "family": "father mother son daughter brother sister uncle aunt husband wife grandfather grandmother",
    "colours": "red blue green yellow black white brown orange purple pink grey",
    "he-and-she": "he/she, him/her, his/her, man/woman, men/women, boy/girl, king/queen, prince/princess, "
    "father/mother, son/daughter, brother/sister, husband/wife, uncle/aunt, male/female, actor/actress",
    "countries-and-capitals": "france/paris, germany/berlin, italy/rome, spain/madrid, england/london, "
    "russia/moscow, japan/tokyo, china/beijing, egypt/cairo, greece/athens, poland/warsaw, sweden/stockholm, "
    "norway/oslo, austria/vienna, ireland/dublin, portugal/lisbon",
    "one-and-many": "king/kings, city/cities, country/countries, river/rivers, book/books, song/songs, year/years, "
    "child/children, word/words, church/churches, ship/ships, bird/birds, language/languages, island/islands",
}
SHOWN_FIRST = ("months", "weekdays", "family", "colours", "he-and-she", "countries-and-capitals")
MOST_LISTS, MOST_WORDS, MOST_PAIRS = 6, 60, 30
_NAMED = re.compile(r"\s*([^:/]{1,40}?)\s*:\s+(.*)", re.DOTALL)
_PAIR = re.compile(r"\w\s*([/=\u2192]|->|=>)\s*\w|\w\s+-\s+\w|\w:\w")
_LONGEST_NAME = 34


@dataclass(frozen=True)
class Wanted:
    """One list as it was asked for.

    key : what an address calls it, in every language. name : unlike those of the other lists; where it is ``own``, the
    visitor's. spoken : what prose calls it, which is never the visitor's. pairs : whether the text is of pairs.
    """

    key: str
    name: str
    spoken: str
    text: str
    pairs: bool
    own: bool = False


@dataclass(frozen=True)
class Read:
    """A list read: the numbers of its words, or of its pairs, what was left out, and why it is refused, if it is."""

    wanted: Wanted
    words: tuple[int, ...]
    pairs: tuple[tuple[int, int], ...]
    left_out: tuple[str, ...]
    refused: str | None = None

    @property
    def size(self) -> int:
        """How many words, or pairs."""
        return len(self.pairs) if self.wanted.pairs else len(self.words)


def ready_made(names: Sequence[str]) -> list[Wanted]:
    """Some of the ready-made lists."""
    return [ready(name, title) for name, title in titles().items() if name in names]


def ready(name: str, title: str) -> Wanted:
    """A ready-made list under this title."""
    return Wanted(name, title, title, EXAMPLES[name], is_pairs(EXAMPLES[name]))


def titles() -> dict[str, str]:
    """What each ready-made list is called."""
    return {name: SAY(f"list.{name}") for name in EXAMPLES}


def typed(text: str) -> tuple[list[Wanted], int]:
    """The lists that a visitor typed: one a line; where no line holds more than one word or pair, they are one list.

    ``name: words`` names a list. A list is of pairs where there is a slash, an arrow, or a hyphen with spaces around.
    At most six are taken; also returned is how many more there are.
    """
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    if len(lines) > 1 and not any(_several(line) for line in lines):
        lines = [", ".join(lines)]
    found: list[Wanted] = []
    taken = {*titles().values(), *EXAMPLES}
    for number, line in enumerate(lines[:MOST_LISTS], 1):
        named = _NAMED.fullmatch(line)
        wanted, rest = (named[1], named[2]) if named else (line, line)
        name = _unlike(taken, shown(wanted))
        taken.add(name)
        found.append(Wanted(name, name, SAY("own", number=number), rest, is_pairs(rest), own=True))
    return found, max(0, len(lines) - MOST_LISTS)


def is_pairs(text: str) -> bool:
    """Whether a list is of pairs."""
    return _PAIR.search(text) is not None


def read(wanted: Wanted, index: Mapping[str, int]) -> Read:
    """Look up the words of a list; too few and too many are refused, and the reason is told."""
    try:
        listed = read_pairs(_commas(wanted.text), index) if wanted.pairs else read_words(wanted.text, index)
    except InputError as error:
        return Read(wanted, (), (), (), reworded(error))
    found = Read(wanted, listed.words, listed.pairs, _left_out(listed, len(index)))
    least, most = (LEAST_PAIRS, MOST_PAIRS) if wanted.pairs else (LEAST_WORDS, MOST_WORDS)
    if least <= found.size <= most:
        return found
    told = SAY("count.pairs" if wanted.pairs else "count.words", size=found.size, least=least, most=most)
    return Read(wanted, found.words, found.pairs, found.left_out, told)


def _left_out(listed: Listed, known: int) -> tuple[str, ...]:
    """What came to nothing, a line for each reason."""
    reasons = {"unknown": listed.unknown, "twice": listed.duplicates, "odd": listed.odd}
    return tuple(
        f"{SAY(f'left.{reason}', known=known)}: {', '.join(words)}" for reason, words in reasons.items() if words
    )


def _several(line: str) -> bool:
    """Whether a line holds more than one word, or more than one pair."""
    items = [item for item in re.split(r"[,;]", line) if item.strip()]
    return len(items) > 1 or _NAMED.fullmatch(line) is not None or (not is_pairs(line) and len(line.split()) > 1)


def _commas(text: str) -> str:
    """Pairs with slashes may stand with nothing but spaces between them."""
    parts = text.replace(",", " ").split()
    return ", ".join(parts) if all(re.fullmatch(r"[^/]+/[^/]+", part) for part in parts) else text


def _unlike(taken: set[str], wanted: str) -> str:
    """The name, cut to length, with a number where another list has it already."""
    cut = wanted if len(wanted) <= _LONGEST_NAME else wanted[: _LONGEST_NAME - 1] + "…"
    return next(name for name in chain([cut], (f"{cut} {n}" for n in count(2))) if name not in taken)
