"""A lock that may be asked for without waiting."""

import asyncio


class Turn(asyncio.Lock):
    """Those who wait get it in order; `take` goes past nobody."""

    def take(self) -> bool:
        """Have it if nobody has it or waits for it: then `release` it."""
        if self.locked():
            return False
        asking = self.acquire()
        try:
            asking.send(None)
        except StopIteration:
            return True
        asking.close()  # somebody is about to get it
        return False
