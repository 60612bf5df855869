"""Tests of web.studio."""
