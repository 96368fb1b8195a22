"""Header and arrays in one run of bytes, as components take them."""

from core.show.envelope import pack

__all__ = ["pack"]
