"""Ports made real; the only place that knows a library."""
