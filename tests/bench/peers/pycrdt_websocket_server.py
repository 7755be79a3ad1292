"""pycrdt-websocket as its documentation serves it, in memory; port from the command line."""

import asyncio
import sys

import uvicorn
from pycrdt.websocket import ASGIServer, WebsocketServer  # type: ignore[import-not-found]


async def main() -> None:
    rooms = WebsocketServer()
    config = uvicorn.Config(
        ASGIServer(rooms),
        port=int(sys.argv[1]),
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        log_level="warning",
        lifespan="off",
        backlog=1024,
    )
    server = uvicorn.Server(config)
    async with rooms:
        print("ready memory", flush=True)
        await server.serve()


asyncio.run(main())
