"""Bridges: links of a hall to the outside, each a folder that can be left out."""
