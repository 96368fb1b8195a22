"""The options of every command that works on statistics."""

from __future__ import annotations

import argparse


def statistics_options(command: argparse.ArgumentParser) -> None:
    """Declare where statistics come from and how many words of them are used."""
    command.add_argument("stats", metavar="STATS", help="a file made by count, or: wikipedia")
    command.add_argument("--vocab-size", type=int, help="the most frequent words only (wikipedia: 2000, a file: all)")
