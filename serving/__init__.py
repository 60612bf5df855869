"""Many visitors and kiosks at once."""
