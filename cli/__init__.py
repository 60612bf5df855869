"""The command `vernissage`."""

from cli.main import app

__all__ = ["app"]
