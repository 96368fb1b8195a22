"""Lessons for a class: read from the prose of the site, so that a teacher adds one without touching code."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from core.errors import InputError
from core.prose import DEFAULT, passage, passages

PAGE = "lessons"


@dataclass(frozen=True)
class Lesson:
    """A link that sets up the dashboard, a question before it, what there is to see, an exercise and its answer.

    link : what stands after the last slash of an address, such as ``theory?sigma=0.1``. audience : for whom it is.
    """

    name: str
    title: str
    minutes: str
    audience: str
    link: str
    question: str
    observe: str
    exercise: str
    answer: str
    take: str

    @property
    def page(self) -> str:
        """The page that the link opens."""
        return self.link.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        """The parameters that it opens with."""
        return dict(parse_qsl(self.link.partition("?")[2], keep_blank_values=True))


def names() -> list[str]:
    """What the lessons are called in an address, in the order of the English file."""
    return [name.removesuffix(".link") for name in passages(PAGE) if name.endswith(".link")]


def lesson(name: str, language: str = DEFAULT) -> Lesson:
    """A lesson of ``assets/prose/<language>/lessons.md``; passages that the language lacks are English.

    Raises
    ------
    InputError
        There is no such lesson, or one of its passages is missing.
    """
    parts = {"audience": "for"} | {
        part: part for part in ("title", "minutes", "link", "question", "observe", "exercise", "answer", "take")
    }
    try:
        return Lesson(name, **{part: passage(PAGE, f"{name}.{called}", language) for part, called in parts.items()})
    except KeyError as missing:
        raise InputError(f"the lesson {name} lacks a passage: {missing.args[0]}") from missing
