// Commands that cannot be saved for a while, as the page keeps them: `node commands.mjs BUNDLE`.
import assert from "node:assert/strict";

globalThis.document = { documentElement: { lang: "en", dir: "ltr" } };
let due = null;
globalThis.window = {
  setTimeout: (work) => {
    due = work;
    return 1;
  },
  clearTimeout: () => {},
};
const { Commands } = await import(process.argv[2]);

class Line extends EventTarget {
  sent = [];
  send(payload) {
    this.sent.push(payload.request);
  }
  say(type, request, again = false) {
    const detail = { type, request, again, reason: "", message: "" };
    this.dispatchEvent(new CustomEvent("message", { detail }));
  }
}

const line = new Line();
const commands = new Commands("room", line);
const answered = [];
commands.addEventListener("answer", (event) => answered.push(event.detail.message.type));
await new Promise((resolve) => setTimeout(resolve, 0));

// Taken back and set again at once: the first cannot be saved, so the second says what is so.
const off = commands.send({ type: "note.tick", on: false });
const on = commands.send({ type: "note.tick", on: true });
line.say("refused", off, true);
line.say("refused", on);
assert.deepEqual(answered, [], "judged without what came before it: it is asked again");
assert.equal(commands.waiting, 2);
due();
assert.deepEqual(line.sent, [off, on, off, on]);
line.say("done", off);
line.say("done", on);
assert.deepEqual(answered, ["done", "done"]);

// What is refused by itself is refused, then or when it is asked again.
const first = commands.send({ type: "a" });
const second = commands.send({ type: "b" });
line.say("refused", first);
assert.equal(commands.waiting, 1);
line.say("done", second);
const third = commands.send({ type: "c" });
const fourth = commands.send({ type: "d" });
line.say("refused", third, true);
line.say("refused", fourth);
due();
line.say("done", third);
line.say("refused", fourth);
assert.equal(commands.waiting, 0);
