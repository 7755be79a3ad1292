// The base of every element here: Lit without a shadow, so that one stylesheet serves all.
import { html, LitElement, nothing, type PropertyValues, svg, type TemplateResult } from "lit";

export class Part extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: PropertyValues): void {
    // The first render replaces what the server printed.
    if (!this.hasUpdated && this.childNodes.length) this.replaceChildren();
    super.willUpdate(changed);
  }
}

/** What points along the line of writing is mirrored where that runs from right to left. */
const POINTING: ReadonlySet<string> = new Set(["arrow", "list", "move", "pass", "send", "undo"]);

/** An icon of the house set; always beside a word or with a label on its button. */
export function icon(name: string, extra = ""): TemplateResult {
  const flip = POINTING.has(name) ? "flip" : "";
  return html`<svg class="i ${flip} ${extra}" aria-hidden="true">${svg`<use href=${`#i-${name}`}></use>`}</svg>`;
}

/** A picture of the house set (weather), larger than an icon. */
export function picture(name: string): TemplateResult {
  return html`<svg class="pic" viewBox="0 0 52 52" aria-hidden="true">${svg`<use href=${`#p-${name}`}></use>`}</svg>`;
}

let segmenter: Intl.Segmenter | undefined;

/** What people see as the letters of a word; made when a word needs it, for it takes its time. */
function graphemes(word: string): string[] {
  if (/^[\x20-\x7e\xa0-\u024f]*$/.test(word) || !("Segmenter" in Intl)) return Array.from(word);
  segmenter ??= new Intl.Segmenter();
  return Array.from(segmenter.segment(word), (piece) => piece.segment);
}

function first(word: string): string {
  return graphemes(word)[0] ?? "";
}

/** One or two letters for a seat: the first of the first and of the last word. */
export function initials(name: string): string {
  const words = name
    .split(/[\s·]+/)
    .map((word) => word.replace(/^[^\p{L}\p{N}]+/u, ""))
    .filter(Boolean);
  const ends = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return (
    ends
      .map((word) => first(word ?? ""))
      .join("")
      .toLocaleUpperCase() || "?"
  );
}

/** Words that are no name without the next one: "Abd al-Rahman" is not called "Servant". */
const HALF = /^(عبد|أبو|ابو|أم|ام|ابن|بن|بنت|abd|abdul|abu|umm|ibn|bin|bint)$/i;

/** The name a ring has room for: the first word. */
export function shortName(name: string, room = 12): string {
  const words = name.trim().split(/\s+/);
  const word = (HALF.test(words[0] ?? "") ? words.slice(0, 2).join(" ") : words[0]) ?? name;
  const letters = graphemes(word);
  return letters.length > room ? `${letters.slice(0, room - 1).join("")}…` : word;
}

/** The first word and the first letter of the last one, for two who share a first name. */
export function longerName(name: string, room = 12): string {
  const words = name.trim().split(/\s+/);
  if (words.length < 2) return shortName(name, room);
  return `${shortName(name, room - 2)} ${first(words.at(-1) ?? "").toLocaleUpperCase()}`;
}

/** The `dir` of a text that may be people's own words, which go by their own script, or a sentence of
 *  the page that names somebody: names stand in isolates there, which nobody can type, and a browser
 *  would go by a name that comes first. */
export function way(text: string): "auto" | typeof nothing {
  return text.includes("\u2068") ? nothing : "auto";
}

/** Defines an element once, even when two bundles carry it. */
export function define(tag: string, part: CustomElementConstructor): void {
  if (!customElements.get(tag)) customElements.define(tag, part);
}
