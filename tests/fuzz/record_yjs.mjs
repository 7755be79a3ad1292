// Plays honest people with real Yjs and prints what their browsers would send, as JSON.
//
//   node tests/fuzz/record_yjs.mjs [--seed N] [--rounds N] > tests/fuzz/yjs_updates.json
//
// Node packages are looked up in TALANOA_NODE_MODULES or web/node_modules. Each scenario is a list of
// updates in the order the server gets them, with who sends it, whether it is a sync-step-2, and what
// Yjs reads in the end.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const modules = process.env.TALANOA_NODE_MODULES ?? join(here, "..", "..", "web", "node_modules");
const require = createRequire(join(modules, "anchor.cjs"));
const Y = require("yjs");

const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : Number(process.argv[at + 1]);
};
const seed = option("seed", 7);
const rounds = option("rounds", 1);

let state = seed >>> 0;
const random = () => {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = state;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};
const below = (n) => Math.floor(random() * n);
const pick = (list) => list[below(list.length)];
const clientId = () => Math.floor(random() * 4294967295);

const WORDS = [
  "we met at the well ", "agua ", "hello ", "🙂", "👩🏽‍🌾", "🇫🇯", "é", "e\u0301", "नमस्ते ", "வணக்கம் ",
  "مرحبا ", "\n", "x", "talanoa 🙂🙂 ", "a", "b", "👍🏿",
];
const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
const cuts = (text) => [...graphemes.segment(text)].map((s) => s.index).concat(text.length);

// Devices and the seats they may speak for: the test gives the gate the same table.
const DEVICES = {
  d1: ["s1"],
  d2: ["s2", "s3"],
  f1: ["fac"],
};

class Server {
  constructor(family) {
    this.family = family;
    this.doc = new Y.Doc({ gc: true });
    this.doc.clientID = 1;
    this.sent = [];
    this.people = [];
  }

  take(device, update, step2 = false) {
    this.sent.push({ device, step2, update: Buffer.from(update).toString("base64") });
    Y.applyUpdate(this.doc, update);
    for (const person of this.people) {
      if (person.online && person.device !== device) Y.applyUpdate(person.doc, update, "server");
    }
  }
}

class Person {
  constructor(server, device) {
    this.server = server;
    this.device = device;
    this.online = true;
    this.cards = 0;
    server.people.push(this);
    this.open(new Y.Doc({ gc: true }));
    Y.applyUpdate(this.doc, Y.encodeStateAsUpdate(server.doc), "server");
  }

  open(doc) {
    this.doc = doc;
    doc.clientID = clientId();
    this.held = null;
    doc.on("update", (update, origin) => {
      if (origin === "server" || origin === "disk") return;
      if (this.held) this.held.push(update);
      else if (this.online) this.server.take(this.device, update);
    });
  }

  cut() {
    this.online = false;
    // the vector of a server at an earlier moment: what a step 1 still under way says
    this.stale = Y.encodeStateVector(this.server.doc);
  }

  back(vector = Y.encodeStateVector(this.server.doc)) {
    const down = Y.encodeStateAsUpdate(this.server.doc, Y.encodeStateVector(this.doc));
    Y.applyUpdate(this.doc, down, "server");
    this.server.take(this.device, Y.encodeStateAsUpdate(this.doc, vector), true);
    this.online = true;
  }

  reload() {
    const disk = Y.encodeStateAsUpdate(this.doc);
    this.doc.destroy();
    this.open(new Y.Doc({ gc: true }));
    Y.applyUpdate(this.doc, disk, "disk");
  }

  // several edits in one frame, as the provider's flushDelay makes them
  batch(work) {
    this.held = [];
    work();
    const held = this.held;
    this.held = null;
    if (held.length && this.online) this.server.take(this.device, Y.mergeUpdates(held));
  }

  get all() {
    return this.doc.getMap("cards");
  }

  mine() {
    const seats = DEVICES[this.device];
    return [...this.all.keys()].filter((id) => seats.includes(id.slice(0, id.lastIndexOf("-"))));
  }

  create() {
    const author = pick(DEVICES[this.device]);
    const id = `${author}-${this.doc.clientID.toString(36)}${(this.cards++).toString(36)}`;
    this.doc.transact(() => {
      const card = new Y.Map();
      this.all.set(id, card);
      const text = new Y.Text();
      card.set("kind", pick(["insight", "quote", "key_moment", "question"]));
      card.set("text", text);
      card.set("author", author);
      card.set("entered_by", pick(["", DEVICES[this.device][0]]));
      card.set("language", "en");
      card.set("activity", "a1");
      card.set("group", "");
      card.set("section", "reflect");
      card.set("order", `a${below(1000)}`);
      card.set("theme", "");
      card.set("created", 1_795_000_000_000 + below(100000));
      card.set("ticks", new Y.Map());
      card.set("scope", "circle");
      card.set("origin", "");
      text.insert(0, pick(WORDS));
    });
    return id;
  }

  type(text, times) {
    for (let i = 0; i < times; i++) {
      const edges = cuts(text.toString());
      const at = below(edges.length);
      if (random() < 0.7 || edges.length < 2) {
        text.insert(edges[at], pick(WORDS));
      } else {
        const to = Math.min(edges.length - 1, at + 1 + below(3));
        if (edges[to] > edges[at]) text.delete(edges[at], edges[to] - edges[at]);
      }
    }
  }

  play(steps) {
    for (let i = 0; i < steps; i++) {
      const mine = this.mine();
      const roll = random();
      if (!mine.length || roll < 0.15) this.create();
      else if (roll < 0.6) this.type(this.all.get(pick(mine)).get("text"), 1 + below(6));
      else if (roll < 0.7) this.all.get(pick(mine)).set("section", pick(["s", "t", "u"]));
      else if (roll < 0.75) this.all.get(pick(mine)).set("scope", pick(["circle", "memo"]));
      else if (roll < 0.9) {
        const seat = pick(DEVICES[this.device]);
        const ticks = this.all.get(pick([...this.all.keys()])).get("ticks");
        if (ticks.has(seat)) ticks.delete(seat);
        else ticks.set(seat, true);
      } else if (roll < 0.95) this.all.delete(pick(mine));
      else
        this.doc.transact(() => {
          const card = this.all.get(pick(mine));
          card.set("section", "moved");
          card.set("order", `b${below(99)}`);
        });
    }
  }
}

const board = (doc) => doc.getMap("cards").toJSON();

function scenario(name, family, work) {
  const server = new Server(family);
  const expected = work(server) ?? board(server.doc);
  return { name, family, devices: DEVICES, updates: server.sent, expected };
}

const boards = {
  "live typing": (server) => {
    const people = ["d1", "d2"].map((device) => new Person(server, device));
    for (let i = 0; i < 12; i++) pick(people).play(2);
  },
  "step 2 after offline editing": (server) => {
    const [a, b] = ["d1", "d2"].map((device) => new Person(server, device));
    a.play(5);
    b.play(5);
    b.cut();
    b.play(12);
    a.play(8);
    b.back();
    b.play(3);
  },
  "reload from disk with another client id": (server) => {
    const [a, b] = ["d1", "d2"].map((device) => new Person(server, device));
    b.play(5);
    b.cut();
    b.play(8);
    b.reload();
    b.play(6);
    a.play(3);
    b.reload();
    b.play(2);
    b.back();
    b.play(2);
  },
  "garbage-collected structs": (server) => {
    const [a, b] = ["d1", "d2"].map((device) => new Person(server, device));
    b.play(4);
    b.cut();
    for (let i = 0; i < 4; i++) {
      const id = b.create();
      b.type(b.all.get(id).get("text"), 5);
      b.all.delete(id);
    }
    b.create();
    a.play(4);
    b.back();
  },
  "a step 2 that repeats what arrived": (server) => {
    const [a, b] = ["d1", "d2"].map((device) => new Person(server, device));
    b.play(4);
    b.cut();
    b.play(6);
    b.back();
    b.play(3);
    // the answer to an old step 1: everything since then once more, cut where the server stood
    server.take("d2", Y.encodeStateAsUpdate(b.doc, b.stale), true);
    server.take("d2", Y.encodeStateAsUpdate(b.doc), true);
    a.play(2);
  },
  "edits merged into one frame": (server) => {
    const people = ["d1", "d2"].map((device) => new Person(server, device));
    for (let i = 0; i < 8; i++) {
      const person = pick(people);
      person.batch(() => person.play(4));
    }
  },
  "typing in a card a facilitator deletes": (server) => {
    const [a, f] = ["d1", "f1"].map((device) => new Person(server, device));
    const id = a.create();
    a.type(a.all.get(id).get("text"), 3);
    a.cut();
    a.type(a.all.get(id).get("text"), 5);
    a.all.get(id).set("section", "late");
    f.all.delete(id);
    f.play(2);
    a.back();
    a.play(2);
  },
  "undo and redo": (server) => {
    const a = new Person(server, "d1");
    const id = a.create();
    const undo = new Y.UndoManager(a.all.get(id).get("text"), { captureTimeout: 0 });
    a.type(a.all.get(id).get("text"), 10);
    for (let i = 0; i < 4; i++) undo.undo();
    undo.redo();
    a.type(a.all.get(id).get("text"), 3);
    undo.undo();
  },
};

// [tag, attributes, children]; text as runs [text, marks]
function tree(node) {
  if (node instanceof Y.XmlText) return node.toDelta().map((run) => [run.insert, run.attributes ?? {}]);
  const children = node.toArray().map(tree);
  return node instanceof Y.XmlElement ? [node.nodeName, node.getAttributes(), children] : children;
}

// More than our own editor writes: any TipTap may join the memo.
function editor() {
  const tiptap = require("@tiptap/core");
  const { Bold } = require("@tiptap/extension-bold");
  const { Document } = require("@tiptap/extension-document");
  const { Italic } = require("@tiptap/extension-italic");
  const { BulletList, ListItem, OrderedList } = require("@tiptap/extension-list");
  const { Paragraph } = require("@tiptap/extension-paragraph");
  const { Text } = require("@tiptap/extension-text");
  const node = (name, more) => tiptap.Node.create({ name, group: "block", ...more });
  return tiptap.getSchema([
    ...[Document, Paragraph, Text, BulletList, OrderedList, ListItem, Bold, Italic],
    node("heading", { content: "inline*", addAttributes: () => ({ level: { default: 1 } }) }),
    node("blockquote", { content: "block+" }),
    node("horizontalRule", {}),
    node("hardBreak", { group: "inline", inline: true }),
    tiptap.Mark.create({ name: "link", addAttributes: () => ({ href: { default: null } }) }),
  ]);
}

function memo(server) {
  const { Node } = require("@tiptap/pm/model");
  const { updateYFragment } = require("@tiptap/y-tiptap");
  const schema = editor();
  const mark = (type, attrs) => (attrs ? { type, attrs } : { type });
  const said = () => {
    const marks = [];
    if (random() < 0.3) marks.push(mark("bold"));
    if (random() < 0.2) marks.push(mark("italic"));
    if (random() < 0.1) marks.push(mark("link", { href: "https://example.org/é?a=1" }));
    const words = Array.from({ length: 1 + below(3) }, () => pick(WORDS).replace("\n", " "));
    return { type: "text", text: words.join(""), marks };
  };
  const line = () => Array.from({ length: 1 + below(3) }, said);
  const paragraph = () => ({ type: "paragraph", content: line() });
  const item = (deep) => ({
    type: "listItem",
    content: deep > 0 ? [paragraph(), list(deep - 1)] : [paragraph()],
  });
  const list = (deep) => ({
    type: pick(["bulletList", "orderedList"]),
    content: [item(deep), item(0)],
  });
  const block = () =>
    pick([
      paragraph,
      paragraph,
      () => ({ type: "heading", attrs: { level: 1 + below(3) }, content: line() }),
      () => list(2),
      () => ({ type: "blockquote", content: [paragraph(), paragraph()] }),
      () => ({ type: "horizontalRule" }),
      () => ({ type: "paragraph", content: [said(), { type: "hardBreak" }, said()] }),
    ])();
  const people = ["f1", "d1"].map((device) => new Person(server, device));
  const content = new Map(people.map((person) => [person, [block(), paragraph()]]));
  for (let i = 0; i < 14; i++) {
    const person = people[i % 5 === 4 ? 1 : 0];
    const blocks = content.get(person);
    const roll = random();
    if (roll < 0.5) blocks.splice(below(blocks.length + 1), 0, block());
    else if (roll < 0.8) blocks[below(blocks.length)] = block();
    else if (blocks.length > 1) blocks.splice(below(blocks.length), 1);
    if (i === 5) people[0].cut();
    if (i === 10) people[0].back();
    const document = Node.fromJSON(schema, { type: "doc", content: blocks });
    person.doc.transact(() => {
      updateYFragment(person.doc, person.doc.getXmlFragment("memo"), document, {
        mapping: new Map(),
        isOMark: new Map(),
      });
    });
  }
  return tree(server.doc.getXmlFragment("memo"));
}

const scenarios = [];
for (let round = 0; round < rounds; round++) {
  for (const [name, work] of Object.entries(boards)) {
    scenarios.push(scenario(`${name} ${round}`, "board", work));
  }
  scenarios.push(scenario(`tiptap ${round}`, "memo", memo));
}
process.stdout.write(JSON.stringify({ seed, yjs: require("yjs/package.json").version, scenarios }));
