"""Recognize one frame: embed, search, verify and select."""
