"""Measurements of speed and of single methods, each beside the naive way."""
