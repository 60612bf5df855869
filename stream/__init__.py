"""Frames over time to messages: capture, quality gate, tracker, consensus, messages."""
