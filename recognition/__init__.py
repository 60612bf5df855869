"""One frame to one answer."""
