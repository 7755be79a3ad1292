// The server of y-websocket as it comes: everything in memory. Port from the command line.
import http from "node:http";
import WebSocket from "ws";
import { setupWSConnection } from "@y/websocket-server/utils";

const server = http.createServer((_, answer) => answer.end("okay"));
const sockets = new WebSocket.Server({ noServer: true });
sockets.on("connection", setupWSConnection);
server.on("upgrade", (request, socket, head) =>
  sockets.handleUpgrade(request, socket, head, (line) => sockets.emit("connection", line, request)),
);
server.listen(Number(process.argv[2]), "127.0.0.1", 1024, () => console.log("ready memory"));
