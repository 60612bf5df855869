"""The demo gallery: artworks painted by code, so that a fresh checkout has something to recognize.

Every work grows from its own seed, surface and signature included; the same picture on each run.
"""
