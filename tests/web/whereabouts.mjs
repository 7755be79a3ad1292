// What "Where are we?" answers, from views as they come: `node whereabouts.mjs BUNDLE`.
import assert from "node:assert/strict";

globalThis.document = { documentElement: { lang: "en", dir: "ltr" } };
const { whereabouts, learn } = await import(process.argv[2]);

const NOW = 1_800_000_000_000; // the room's clock, years from this machine's
learn(NOW);
const MINUTE = 60_000;
const clock = (ms, more = {}) => ({
  kind: "soft",
  state: "running",
  duration: 3 * MINUTE,
  ends_at: NOW + ms,
  marks: [60, 15],
  ...more,
});
const room = { title: "The river", agenda: [{ state: "to come", title: "Check-in" }] };
const view = (blocks, more = {}) => ({
  seat: "s2",
  lens: "seat",
  ends_at: null,
  activity: { id: "a1", phase: "turn" },
  room,
  blocks,
  ...more,
});
const plain = (lines) => lines.map((line) => line.replace(/[\u2066-\u2069]/g, ""));
const told = (...given) => plain(whereabouts(view(...given)));
const seats = ["Rosa", "Kofi", "Ana"].map((name, n) => ({ seat: `s${n + 1}`, name }));
const ring = (more) => ({ type: "ring", id: "g1", seats, floor: "s1", next: [], ...more });

// A turn: how long, who, who is next, and oneself.
assert.deepEqual(told([ring({ clock: clock(2 * MINUTE), next: ["s2", "s3"] })]), [
  "About 2 min left.",
  "Rosa has the floor.",
  "You are next.",
]);
assert.deepEqual(told([ring({ clock: clock(2 * MINUTE), next: ["s3", "s2"] })]), [
  "About 2 min left.",
  "Rosa has the floor.",
  "Next: Ana.",
  "You are number 2 in line.",
]);
assert.deepEqual(told([ring({ floor: "s2", clock: clock(-5_000), next: ["s3"] })]), [
  "Finish when you are ready.",
  "You have the floor.",
  "Next: Ana.",
]);
const paused = clock(0, { state: "paused", ends_at: null, remaining: 90_000 });
assert.equal(told([ring({ clock: paused })])[0].startsWith("Paused."), true);

// A fishbowl.
const chairs = [
  { state: "taken", seat: "s1", name: "Rosa" },
  { state: "taken", seat: "s2", name: "Kofi" },
  { state: "free", seat: "" },
];
const bowl = (queue, seat) =>
  told([{ type: "bowl", id: "b", chairs, queue, outer: [], clock: clock(20 * MINUTE) }], { seat });
assert.deepEqual(bowl([{ seat: "s3", name: "Ana" }], "s2"), [
  "About 20 min left.",
  "Inside now: Rosa, You.",
  "Next: Ana.",
]);
assert.deepEqual(bowl([{ seat: "s3", name: "Ana" }], "s3").slice(2), ["You are next."]);

// A pair says it in its own words.
const voice = { type: "voice", mode: "listen", text: "Rosa speaks.", next: "Then you speak.", others: [] };
assert.deepEqual(told([{ ...voice, clock: clock(2 * MINUTE) }]), [
  "About 2 min left.",
  "Rosa speaks.",
  "Then you speak.",
]);

// Where nobody has the floor: what is now, and the whole step's time, or that there is none.
const head = { type: "now", text: "Talk freely now" };
assert.deepEqual(told([head], { ends_at: NOW + 7 * MINUTE }), [
  "About 7 min left.",
  "Talk freely now",
]);
assert.deepEqual(told([head]), ["No clock is running.", "Talk freely now"]);
assert.deepEqual(told([], { activity: null, place: null }), [
  "No clock is running.",
  "The river",
  "Next: Check-in",
]);

// On the panel nobody is "you", and every circle has its line.
const groups = [
  { name: "Mangrove", status: "Rosa is telling", ring: ring({ clock: clock(2 * MINUTE) }), offers: [] },
  { name: "Reef", status: "a breath", ring: null, offers: [] },
];
const next = { type: "next", text: "The quiet minute" };
assert.deepEqual(told([head, { type: "groups", groups }, next], { lens: "panel" }), [
  "Mangrove: Rosa is telling. About 2 min left.",
  "Reef: a breath.",
  "Next: The quiet minute",
]);
