// Real providers at a small room: node talk_to_room.mjs ws://127.0.0.1:PORT
// Prints what they saw as one JSON object. Packages: TALANOA_NODE_MODULES or web/node_modules.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const modules = process.env.TALANOA_NODE_MODULES ?? join(here, "..", "..", "web", "node_modules");
const require = createRequire(join(modules, "anchor.cjs"));
const Y = require("yjs");
const { HocuspocusProvider, HocuspocusProviderWebsocket } = require("@hocuspocus/provider");
const WebSocket = require("ws");

const url = process.argv[2];
const seen = {};
const until = async (what, test) => {
  const started = Date.now();
  while (!test()) {
    if (Date.now() - started > 15_000) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};
const wire = (options = {}) =>
  new HocuspocusProviderWebsocket({
    url,
    WebSocketPolyfill: WebSocket,
    delay: 100,
    minDelay: 50,
    messageReconnectTimeout: 3000,
    ...options,
  });
const open = (socket, name, token, options = {}) => {
  const heard = [];
  const provider = new HocuspocusProvider({
    websocketProvider: socket,
    name,
    token,
    onStateless: ({ payload }) => heard.push(JSON.parse(payload)),
    onAuthenticationFailed: ({ reason }) => (provider.denied = reason),
    onAuthenticated: ({ scope }) => (provider.scope = scope),
    ...options,
  });
  provider.heard = heard;
  provider.attach();
  return provider;
};
const cards = (provider) => provider.document.getMap("cards");
const textOf = (provider) => cards(provider).get("s1-a").get("text").toString();
const put = (provider, id, words) =>
  provider.document.transact(() => {
    const card = new Y.Map();
    cards(provider).set(id, card);
    card.set("kind", "insight");
    card.set("author", id.split("-")[0]);
    card.set("text", new Y.Text(words));
    card.set("ticks", new Y.Map());
  });

const one = wire();
const two = wire();
const three = wire();
const room = open(one, "room1", "t1", { awareness: null });
const board1 = open(one, "room1/board", "t1");
const mine1 = open(one, "room1/mine/s1", "t1", { awareness: null });
const board2 = open(two, "room1/board", "t2");
const board3 = open(three, "room1/board", "t3");
const all = [room, board1, mine1, board2, board3];
await until("synced", () => all.every((p) => p.synced && p.unsyncedChanges === 0));
seen.scopes = all.map((p) => p.scope);

// several documents on one socket, edits and acknowledgements
put(board1, "s1-a", "from Ana 🙂");
mine1.document.getMap("drafts").set("a1/box", new Y.Text("a draft"));
seen.unsavedAtOnce = board1.unsyncedChanges;
await until("saved", () => board1.unsyncedChanges === 0 && mine1.unsyncedChanges === 0);
await until("seen by others", () => cards(board2).has("s1-a") && cards(board3).has("s1-a"));
seen.card = cards(board2).get("s1-a").get("text").toString();

// authentication
const other = open(two, "room1/mine/s1", "t2", { awareness: null });
const nobody = open(two, "room1/group/g1", "wrong", { awareness: null });
await until("denied", () => other.denied && nobody.denied);
seen.denied = [other.denied, nobody.denied];

// awareness, stamped
board1.setAwarenessField("pointer", { x: 1, y: 2 });
board1.setAwarenessField("user", { name: "Ben, really" });
board1.setAwarenessField("seat", "s2");
const ofAna = () => board2.awareness.getStates().get(board1.document.clientID);
await until("awareness", () => ofAna()?.pointer);
seen.awareness = ofAna();

// stateless
room.sendStateless(JSON.stringify({ request: "r1", command: { type: "tap" } }));
await until("done", () => room.heard.length);
seen.done = [...room.heard];

// read only: nothing of it reaches anybody, and it is not called saved
put(board3, "s3-a", "not allowed");
await until("refused", () => board3.heard.length);
seen.readonly = { heard: board3.heard, unsaved: board3.unsyncedChanges };

// somebody else's card
cards(board2).delete("s1-a");
await until("refused", () => board2.heard.length);
seen.refused = board2.heard;
seen.stillThere = cards(board1).has("s1-a");

// the same document twice on one socket
const four = wire();
const twin1 = open(four, "room1/board", "t1", { sessionAwareness: true });
const twin2 = open(four, "room1/board", "t1", { sessionAwareness: true });
await until("twins", () => twin1.synced && twin2.synced);
put(twin1, "s1-b", "from a twin");
await until("twin", () => cards(twin2).has("s1-b") && cards(board1).has("s1-b"));
seen.twins = twin1.effectiveName !== twin2.effectiveName;

// a hole in what arrives: the room sees a gap, asks, and gets all
room.sendStateless(JSON.stringify({ request: "r2", command: "lose one" }));
cards(board1).get("s1-a").get("text").insert(0, "lost on the way, ");
cards(board1).get("s1-a").get("text").insert(0, "after the gap, ");
await until("filled", () => textOf(twin1).startsWith("after the gap"));

// a black hole: nothing arrives any more, then the line is cut, and what was written goes on
room.sendStateless(JSON.stringify({ request: "r3", command: "swallow" }));
cards(board1).get("s1-a").get("text").insert(0, "swallowed, ");
await new Promise((resolve) => setTimeout(resolve, 100));
one.webSocket.terminate();
await until("cut", () => one.status !== "connected");
cards(board1).get("s1-a").get("text").insert(0, "queued, ");
put(board1, "s1-c", "offline");
const five = wire();
const helper = open(five, "room1", "t2", { awareness: null });
await until("helper", () => helper.synced);
await until("back", () => board1.synced && board1.unsyncedChanges === 0 && one.status === "connected");
await until("converged", () => cards(twin1).has("s1-c"));
seen.afterBlackHole = textOf(twin1);
seen.gapHeard = board1.heard;

// leaving takes the pointer away
board1.destroy();
twin1.destroy();
twin2.destroy();
await until("gone", () => !ofAna());
seen.left = true;
process.stdout.write(JSON.stringify(seen), () => process.exit(0));
