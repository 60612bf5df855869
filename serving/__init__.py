"""Serve many visitors and kiosks at once."""
