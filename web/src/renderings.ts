// What a card says in other languages, as its document holds it: read believing nothing, and which
// of them a reader sees.

export interface Rendering {
  language: string;
  text: string;
  /** The seat that put it so; "" beside a card without a name. */
  by: string;
  /** The mark of the original it was made of. */
  of: string;
}

/** Those a card holds, by language. */
export function readRenderings(value: unknown): Rendering[] {
  if (typeof value !== "object" || value === null) return [];
  const found: Rendering[] = [];
  for (const [code, one] of Object.entries(value as Record<string, unknown>)) {
    if (typeof one !== "object" || one === null) continue;
    const { text, by, of } = one as Record<string, unknown>;
    if (typeof text !== "string" || !text) continue;
    found.push({
      language: code,
      text,
      by: typeof by === "string" ? by : "",
      of: typeof of === "string" ? of : "",
    });
  }
  return found.sort((a, b) => (a.language < b.language ? -1 : 1));
}

/** The mark of an original, as the server makes it (`rooms/renderings.py`): FNV-1a over its UTF-16,
 *  which needs neither time nor a secure origin. */
export function mark(text: string): string {
  let found = 0x811c9dc5;
  for (let n = 0; n < text.length; n++) {
    const unit = text.charCodeAt(n);
    found = Math.imul(found ^ (unit & 0xff), 0x01000193);
    found = Math.imul(found ^ (unit >> 8), 0x01000193);
  }
  return (found >>> 0).toString(16).padStart(8, "0");
}

/** A language without its region. */
export function base(code: string): string {
  return (code.split("-")[0] ?? code).toLowerCase();
}

/** The one for a reader of this language; the language itself before others of its regions. */
export function inLanguage(found: readonly Rendering[], code: string): Rendering | undefined {
  const fitting = found.filter((one) => base(one.language) === base(code));
  return fitting.find((one) => one.language === code) ?? fitting[0];
}
