"""Tests, with real parts."""
