"""pycrdt-websocket as its documentation serves it, in memory; port from the command line."""

import asyncio
import sys

import uvicorn
from pycrdt.websocket import ASGIServer, WebsocketServer


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
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        print("ready memory", flush=True)
        await serving


asyncio.run(main())
