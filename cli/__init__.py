"""The command `vernissage` and its subcommands."""
