"""The sources of weights, and how weights are read."""
