"""The measuring instrument: how often what Vernissage says of a gallery is right."""
