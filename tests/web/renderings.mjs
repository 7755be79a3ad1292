// What a page reads of cards in other languages: `node renderings.mjs BUNDLE`.
import assert from "node:assert/strict";

const { inLanguage, mark, readRenderings } = await import(process.argv[2]);

// As `tests/rooms/test_renderings.py` has it.
assert.equal(mark(""), "811c9dc5");
assert.equal(mark("Walk the river before you draw it."), "0cfa0dbe");
assert.equal(mark("Ríos 🌊"), "adba37b5");

for (const nonsense of [undefined, null, 3, "en", [], { en: null, ar: "x", sw: { text: "" } }])
  assert.deepEqual(readRenderings(nonsense), []);
const found = readRenderings({
  "pt-BR": { text: "barcos", by: "s3", of: "1", human: true },
  ar: { text: "قوارب", by: 4 },
});
assert.deepEqual(found, [
  { language: "ar", text: "قوارب", by: "", of: "" },
  { language: "pt-BR", text: "barcos", by: "s3", of: "1" },
]);

assert.equal(inLanguage(found, "pt")?.text, "barcos");
assert.equal(inLanguage(found, "en"), undefined);
const both = [...found, { language: "pt", text: "botes", by: "", of: "" }];
assert.equal(inLanguage(both, "pt")?.text, "botes");
assert.equal(inLanguage(both, "pt-BR")?.text, "barcos");
