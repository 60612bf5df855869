"""Tests on real museum galleries and clips."""
