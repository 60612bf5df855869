"""Where the weights come from, and how they are read."""
