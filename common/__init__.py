"""Plain tools that every package may use: files, threads, logs, the console."""
