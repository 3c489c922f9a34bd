"""``python -m crewhall``."""

from crewhall.cli import main

main()
