"""Visitors and servers of the benchmarks, and the naive server."""
