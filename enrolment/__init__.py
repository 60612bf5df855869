"""Photographs to a gallery: measuring, calibrating, editing, reporting."""
