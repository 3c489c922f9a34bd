"""A real homeserver on loopback and the ordinary people who use it."""
