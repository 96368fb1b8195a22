"""The command line: ``python -m core COMMAND``. Results on stdout, progress and errors on stderr."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from typing import NoReturn

from core.commands import benchmark, count, evaluate, export, spectrum, train
from core.errors import InputError
from core.training import Diverged


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One line instead of argparse's usage block."""
        self.exit(2, f"error: {message} (see '{self.prog} --help')\n")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    started = time.perf_counter()
    try:
        result = options.command(options)
    except (InputError, Diverged, MemoryError) as error:
        print(f"error: {_one_line(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("error: interrupted; nothing was written", file=sys.stderr)
        return 130
    result["seconds"] = time.perf_counter() - started
    try:
        print(json.dumps(result) if options.json else options.table(result), flush=True)
    except BrokenPipeError:  # the reader of a pipe, such as head, has what it wanted
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m core", description="Predict and train word2vec-like models.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, module, help_ in (
        ("count", count, "text to exact co-occurrence counts"),
        ("spectrum", spectrum, "eigenvalues of M* and their concepts"),
        ("train", train, "train a model and compare it with the theory"),
        ("evaluate", evaluate, "analogies and similarities: how much embeddings know"),
        ("export", export, "a finished run as files for other programs"),
        ("benchmark", benchmark, "the record behind the page Benchmarks"),
    ):
        command = commands.add_parser(name, help=help_)
        module.options(command)
        command.add_argument("--json", action="store_true", help="print one JSON object")
        command.set_defaults(command=module.run, table=module.table)
    return parser


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # being ended tidies up as Ctrl-C does
    sys.exit(main())
