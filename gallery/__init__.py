"""Galleries: from photographs to what is searched, and back from disk."""
