"""Crewhall: a Matrix application service for communities of small crews."""

__version__ = "0.1.0"
