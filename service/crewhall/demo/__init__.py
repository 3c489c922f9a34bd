"""The demo: a community that lives a short story on a real homeserver."""
