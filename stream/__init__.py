"""The line that a frame takes: capture, quality, recognize, consensus, messages."""
