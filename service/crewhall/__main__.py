"""``python -m crewhall``."""

import sys

from crewhall.cli import main

sys.exit(main())
