// Sentences of the catalogue: English source text is the key.
import type { Catalogue, Messages } from "./boot";

type Args = Record<string, string | number>;

let catalogue: Catalogue = {
  language: document.documentElement.lang || "en",
  direction: document.documentElement.dir === "rtl" ? "rtl" : "ltr",
  plurals: { one: 0, other: 1 },
};

/** The sentences of this page: a file of its own that the browser keeps, run before this script. */
let messages: Messages = {};

/** What writes numbers and times: each costs a slow phone a millisecond to make, and a page asks for
 *  the same few many times over. */
const writers = new Map<string, unknown>();

function writer<W>(name: string, make: (language: string) => W): W {
  const found = (writers.get(name) as W | undefined) ?? make(catalogue.language);
  writers.set(name, found);
  return found;
}

/** Use the catalogue of this page. */
export function useCatalogue(given: Catalogue | undefined): void {
  if (!given) return;
  catalogue = given;
  writers.clear();
  const sent = globalThis as { talanoaMessages?: Messages };
  messages = given.messages ?? sent.talanoaMessages ?? {};
}

export function language(): string {
  return catalogue.language;
}

function fill(text: string, args: Args): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    name in args ? String(args[name]) : whole,
  );
}

/** One sentence: `t("{name} is telling", {name})`. */
export function t(id: string, args: Args = {}): string {
  const found = messages[id];
  return fill(typeof found === "string" && found ? found : id, args);
}

/** A sentence with a plural: `tn("{n} note", "{n} notes", 3)`. */
export function tn(one: string, many: string, n: number, args: Args = {}): string {
  const found = messages[one];
  const shown = { n: number(n), ...args };
  if (Array.isArray(found)) {
    const category = writer("plural", (tag) => new Intl.PluralRules(tag)).select(n);
    const { plurals } = catalogue;
    const form = plurals[n] ?? plurals[category] ?? plurals.other ?? 0;
    const text = found[form];
    if (text) return fill(text, shown);
  }
  return fill(n === 1 ? one : many, shown);
}

/** A short word that means several things, told apart by where it stands: `tp("a button", "Done")`. */
export function tp(context: string, id: string, args: Args = {}): string {
  const found = messages[`${context}\u0004${id}`];
  return fill(typeof found === "string" && found ? found : id, args);
}

/** A sentence whose {places} are drawn as elements: `woven(t("{name} is ready"), {name: html`…`})`.
 *  Translators order it as their language wants. */
export function woven(text: string, parts: Record<string, unknown>): unknown[] {
  return text.split(/(\{\w+\})/).map((piece) => {
    const name = piece.slice(1, -1);
    return piece.startsWith("{") && name in parts ? parts[name] : piece;
  });
}

/** What stands between two names of a list. */
export function comma(): string {
  return catalogue.direction === "rtl" ? "، " : ", ";
}

/** Which way a language is written, where it is not the page's: a memo has the language of its room. */
export function runs(code: string): "ltr" | "rtl" {
  if (!code || code === catalogue.language) return catalogue.direction;
  return /^(ar|arc|ckb|dv|fa|he|ps|sd|ug|ur|yi)\b/i.test(code) ? "rtl" : "ltr";
}

/** A number in the page's language. */
export function number(n: number): string {
  return writer("number", (tag) => new Intl.NumberFormat(tag)).format(n);
}

/** A moment (ms) as hours and minutes on this device's own wall clock. */
export function hour(ms: number): string {
  return writer(
    "hour",
    (tag) => new Intl.DateTimeFormat(tag, { hour: "2-digit", minute: "2-digit" }),
  ).format(new Date(ms));
}

/** A moment (ms) within the next week: the day of the week, and the hour. */
export function moment(ms: number): string {
  return new Intl.DateTimeFormat(catalogue.language, {
    weekday: "long",
    hour: "2-digit",
    minute: "2-digit",
  }).format(new Date(ms));
}

/** A day ("2027-03-01") in words; what is no day stays as it is. */
export function day(iso: string): string {
  const at = new Date(`${iso}T12:00:00`);
  if (Number.isNaN(at.getTime())) return iso;
  return new Intl.DateTimeFormat(catalogue.language, {
    day: "numeric",
    month: "long",
    year: "numeric",
  }).format(at);
}
