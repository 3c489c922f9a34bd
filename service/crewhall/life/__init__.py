"""Capabilities: what a hall can do, a folder each, entered through its `capability`."""
