"""``python -m crewhall.reference``."""

import sys

from crewhall.reference import main

sys.exit(main(sys.argv[1:]))
