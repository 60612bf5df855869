"""Parts of `benchmarks.collection`: its pictures, its enrolment, its looks, its server."""
