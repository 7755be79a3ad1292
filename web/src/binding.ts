// A box on the screen and a Y.Text, kept the same; edits begin and end between graphemes, so that
// nobody's half of a letter is ever merged with another half.
import type * as Y from "yjs";
import { DRAFT_LIMIT } from "./sizes";

/** Made with the first letter that is typed: it holds up a slow phone. */
let segmenter: Intl.Segmenter | undefined;

/** Offsets (UTF-16) between graphemes of `text`, both ends included. */
function boundaries(text: string): Set<number> {
  const found = new Set<number>([0, text.length]);
  if ("Segmenter" in Intl) {
    segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
    for (const piece of segmenter.segment(text)) found.add(piece.index);
    return found;
  }
  let at = 0;
  for (const letter of text) {
    found.add(at);
    at += letter.length;
  }
  return found;
}

export interface Edit {
  at: number;
  remove: number;
  insert: string;
}

/** The smallest edit from `old` to `next` whose ends lie between graphemes of both; null: none. */
export function edit(old: string, next: string): Edit | null {
  if (old === next) return null;
  const before = boundaries(old);
  const after = boundaries(next);
  const shorter = Math.min(old.length, next.length);
  let head = 0;
  while (head < shorter && old.charCodeAt(head) === next.charCodeAt(head)) head++;
  while (head > 0 && !(before.has(head) && after.has(head))) head--;
  let tail = 0;
  while (
    tail < shorter - head &&
    old.charCodeAt(old.length - 1 - tail) === next.charCodeAt(next.length - 1 - tail)
  )
    tail++;
  while (tail > 0 && !(before.has(old.length - tail) && after.has(next.length - tail))) tail--;
  return {
    at: head,
    remove: old.length - tail - head,
    insert: next.slice(head, next.length - tail),
  };
}

type Box = HTMLInputElement | HTMLTextAreaElement;

/** Binds until the returned function is called. `typed` is called after each change made here;
 *  `refused` instead of it when the box held too much to be kept, and was put back as it was. */
export function bind(
  box: Box,
  text: Y.Text,
  typed: () => void = () => undefined,
  refused: () => void = () => undefined,
): () => void {
  const show = () => {
    const next = text.toString();
    if (box.value === next) return;
    // Keep the caret where it was among the letters that stayed.
    const change = edit(box.value, next);
    const caret = box.selectionStart ?? next.length;
    box.value = next;
    if (document.activeElement !== box || !change) return;
    const moved = change.at < caret ? change.insert.length - change.remove : 0;
    const place = Math.max(change.at, Math.min(next.length, caret + moved));
    box.setSelectionRange(place, place);
  };
  const take = () => {
    if (box.value.length > DRAFT_LIMIT) {
      show();
      refused();
      return;
    }
    const change = edit(text.toString(), box.value);
    if (!change) return;
    text.doc?.transact(() => {
      if (change.remove) text.delete(change.at, change.remove);
      if (change.insert) text.insert(change.at, change.insert);
    }, box);
    typed();
  };
  const watch = (_event: unknown, transaction: Y.Transaction) => {
    if (transaction.origin !== box) show();
  };
  show();
  box.addEventListener("input", take);
  text.observe(watch);
  return () => {
    box.removeEventListener("input", take);
    text.unobserve(watch);
  };
}
