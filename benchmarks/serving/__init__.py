"""What the load benchmark runs beside itself: visitors, and the naive server."""
