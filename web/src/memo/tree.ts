// The memo as its page gets it: a tree of sections, what is missing, and where every note went.

interface Run {
  text: string;
  bold?: boolean;
  italic?: boolean;
}

export interface Line {
  text: string;
  note?: string;
  language?: string;
  by?: string;
  source?: string[];
  runs?: Run[];
}

export interface Ask {
  type: "ask";
  line: Line;
  theme: string;
  label: string;
  state: "suggested" | "edited" | "confirmed";
  state_label?: string;
  suggestions?: string[];
}

/** A place facilitators write in; `ask` is empty where nothing is missing without it. */
export interface Space {
  type: "space";
  id: string;
  label?: string;
  ask?: string;
  notes?: Line[];
}

export type MemoBlock =
  | { type: "heading"; line: Line; id?: string; part?: boolean }
  | { type: "paragraph"; line: Line; quiet?: boolean }
  | { type: "bullets"; items: Line[] }
  | { type: "quote"; line: Line; attribution?: string; translation?: string }
  | { type: "table"; headers: string[]; rows: Line[][]; numeric?: number[] }
  | { type: "notice"; line: Line; kind: string }
  | { type: "picture"; line: Line; photo: string; label?: string }
  | Ask
  | Space;

export interface Section {
  id: string;
  heading: string;
  blocks: MemoBlock[];
  words?: number;
  budget?: number;
}

export interface Missing {
  kind: string;
  place: string;
  heading?: string;
  owner?: string;
  count?: number;
  blocks?: boolean;
}

/** Where the memo stands, for facilitators: a line of steps and the one next button. */
export interface Stage {
  step: string;
  steps: { step: string; name: string; told: "done" | "now" | "later" }[];
  line: string;
  next: {
    label: string;
    hint?: string | null;
    send: boolean;
    command: Record<string, unknown>;
  } | null;
  writable: boolean;
  waiting: number;
  /** When the check is over (ms), 0 when none is on. */
  ends: number;
  reopen: Record<string, unknown> | null;
}

/** What somebody said about a part, as everyone who has the memo reads it. */
export interface Comment {
  id: string;
  place: string;
  name: string;
  text: string;
  at: number;
  mine: boolean;
  taken: boolean;
  /** Its part is not in the memo any more. */
  lost?: boolean;
}

export interface MemoTree {
  /** The one it is written in: that of the room. */
  language: string;
  stage?: Stage;
  /** Places whose words were read again for the shareable copy, as they are. */
  fit?: string[];
  comments?: Comment[];
  commentable?: boolean;
  final?: boolean;
  /** Sections in which something of whoever looks stands. */
  own_places?: string[];
  memo_version?: number;
  /** Whether the one who opened the room is looking. */
  organiser?: boolean;
  head: {
    title: Line;
    kicker: string;
    confidentiality: string;
    facts?: { label: string; line: Line }[];
    words?: number;
    budget?: number;
  };
  sections: Section[];
  counts: Record<string, number>;
  missing?: Missing[];
  /** Names of participants of whom nothing is in it. */
  unheard?: string[];
}

/** A card or released word: where it stands in the memo, or why it does not. */
export interface NoteEntry {
  id: string;
  kind: string;
  place?: string;
  heading?: string;
  reason?: string;
  text?: string;
  language?: string;
  owner?: string;
  board?: boolean;
}

/** An address inside the page for a section, a story, a theme. */
export function anchor(place: string): string {
  return `s-${place.replace(/\W+/g, "-")}`;
}

/** Whether a block was written by facilitators in this place: its editor shows it. */
export function written(block: MemoBlock, place: string): boolean {
  const source = `prose:${place}`;
  switch (block.type) {
    case "paragraph":
      return !!block.line.source?.includes(source);
    case "bullets":
      return !!block.items[0]?.source?.includes(source);
    default:
      return false;
  }
}

/** Whether a line can be followed to the notes it came from. */
export function traced(line: Line): string[] {
  return line.by === "people" || line.by === "facilitator"
    ? (line.source ?? []).filter((id) => !/^(prose:|question:|evaluation$)/.test(id))
    : [];
}

/** The sections of a new draft in the order they stand on the screen, as long as somebody writes:
 *  what is under a hand must not move. What is gone stays until the hand is lifted. */
export function steady(old: readonly Section[], next: readonly Section[], held: string): Section[] {
  if (!held) return [...next];
  const fresh = new Map(next.map((section) => [section.id, section]));
  const out: Section[] = [];
  for (const section of old) {
    const now = fresh.get(section.id);
    fresh.delete(section.id);
    if (now) out.push(now);
    else if (section.id === held) out.push(section);
  }
  // What is new stands after the section it follows in the draft.
  for (const section of fresh.values()) {
    const before = next[next.indexOf(section) - 1]?.id;
    const at = before === undefined ? 0 : out.findIndex((each) => each.id === before) + 1;
    out.splice(at || (before === undefined ? 0 : out.length), 0, section);
  }
  return out;
}
