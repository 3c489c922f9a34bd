"""The time of the machine: the one place where it is asked for."""

import asyncio
from datetime import UTC, datetime, timedelta


class SystemClock:
    """A `crewhall.ports.Clock` that follows the machine."""

    def now(self) -> datetime:
        """Return the present instant, aware UTC."""
        return datetime.now(UTC)

    async def sleep(self, span: timedelta) -> None:
        """Wait; a span that is over already only gives way to others."""
        await asyncio.sleep(max(0.0, span.total_seconds()))
