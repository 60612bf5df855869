"""Evaluation: how often Vernissage recognizes the artworks of a gallery rightly."""
