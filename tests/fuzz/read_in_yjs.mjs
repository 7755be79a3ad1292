// Reads in Yjs what hostile.py's rooms accepted: node read_in_yjs.mjs FILE
// Prints which rooms read differently from pycrdt, or wait for something that never comes.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const modules = process.env.TALANOA_NODE_MODULES ?? join(here, "..", "..", "web", "node_modules");
const require = createRequire(join(modules, "anchor.cjs"));
const Y = require("yjs");

const rooms = JSON.parse(readFileSync(process.argv[2], "utf8"));
const different = [];
for (const [number, room] of rooms.entries()) {
  const doc = new Y.Doc();
  const line = doc.getText("line");
  const cards = doc.getMap("cards");
  const list = doc.getArray("list");
  const memo = doc.getXmlFragment("memo");
  try {
    for (const update of room.updates) Y.applyUpdate(doc, Buffer.from(update, "hex"));
    cards.toJSON();
    list.toJSON();
    memo.toString();
  } catch (error) {
    different.push({ number, error: String(error) });
    continue;
  }
  const pending = doc.store.pendingStructs !== null || doc.store.pendingDs !== null;
  const keys = JSON.stringify([...cards.keys()].sort());
  if (
    pending ||
    line.toString() !== room.line ||
    list.length !== room.list_length ||
    keys !== JSON.stringify(room.cards)
  ) {
    different.push({ number, pending, line: line.toString(), expected: room.line });
  }
}
process.stdout.write(JSON.stringify({ rooms: rooms.length, different }));
