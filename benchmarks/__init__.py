"""Measurements, each beside the naive way."""
