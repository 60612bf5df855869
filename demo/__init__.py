"""The demo gallery: artworks painted by code, so that a fresh checkout has something to look at.

Every work grows from its own seed, surface and signature included; the same picture on each run.
"""

from demo.catalogue import DEMO_WORKS, HELD_BACK
from demo.work import DemoWork
from demo.write import write_demo

__all__ = ["DEMO_WORKS", "HELD_BACK", "DemoWork", "write_demo"]
