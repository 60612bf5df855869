"""What the server says over HTTP: pages, signalling, certificates."""
