"""The commands of ``python -m core``, a module each: its options, its work, its table for people."""
