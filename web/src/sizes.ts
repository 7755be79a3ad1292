// What fits: found out here and said in plain words, before anything is sent that would be refused.
import { t, tn } from "./i18n";
import { COMMAND_LIMIT, type Need, TEXT_LIMIT } from "./wire";

/** UTF-16 units a draft may have: as bytes they fit into one edit of 64 KiB in any script. */
export const DRAFT_LIMIT = 16_000;

/** Characters a text has beyond its limit (0 for none: what every text has); counted as the server
 *  counts. */
export function over(text: string, limit: number): number {
  return [...text].length - Math.min(limit || TEXT_LIMIT, TEXT_LIMIT);
}

/** "12 characters too many." */
export function tooMany(n: number): string {
  return tn(
    "This is {n} character too long. Shorten it, then send it.",
    "This is {n} characters too long. Shorten it, then send it.",
    n,
  );
}

/** A draft that nobody could keep. */
export function tooLongToKeep(): string {
  return t("That is too much text for one box. Nothing was changed; add a shorter part of it.");
}

/** Why a command is too large to be sent; null when it fits. */
export function unfit(
  command: Record<string, unknown>,
  needs: Record<string, Need> = {},
): string | null {
  for (const [field, value] of Object.entries(command)) {
    const need = needs[field];
    const limit = need?.kind === "text" ? (need.limit ?? 0) : 0;
    for (const text of Array.isArray(value) ? value : [value]) {
      const more = typeof text === "string" ? over(text, limit) : 0;
      if (more > 0) return tooMany(more);
    }
  }
  // The rest of the message is well under a kilobyte.
  const bytes = new TextEncoder().encode(JSON.stringify(command)).length;
  return bytes > COMMAND_LIMIT - 1024
    ? t("This is too much to send at once. Shorten it, then send it.")
    : null;
}
