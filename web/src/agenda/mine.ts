// Agendas a person keeps: on this device, and as files.
import { t } from "../i18n";

const KEY = "talanoa-agendas";
/** Enough for a year of exchanges; the oldest go first. */
const LIMIT = 20;
/** Bytes of a file that the wire takes as one command. */
const FILE = 30_000;

export interface Kept {
  name: string;
  plan: unknown;
}

/** The agendas on this device, the newest first. */
export function kept(): Kept[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(found) ? (found as Kept[]).filter((each) => each?.name) : [];
  } catch {
    return [];
  }
}

export function keep(name: string, plan: unknown): boolean {
  return write([{ name, plan }, ...kept().filter((each) => each.name !== name)].slice(0, LIMIT));
}

export function forget(name: string): boolean {
  return write(kept().filter((each) => each.name !== name));
}

function write(all: Kept[]): boolean {
  try {
    localStorage.setItem(KEY, JSON.stringify(all));
    return true;
  } catch {
    return false; // a browser that keeps nothing
  }
}

/** The room's agenda as the server writes it for a file; null without a line. */
export async function written(room: string): Promise<unknown> {
  try {
    const answer = await fetch(`/api/rooms/${room}/agenda.json`);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

/** A file somebody chose, as JSON; or a sentence that says why not. */
export async function opened(file: File): Promise<{ plan: unknown } | { trouble: string }> {
  if (file.size > FILE)
    return { trouble: t("This file is too large for an agenda. Nothing was changed.") };
  try {
    return { plan: JSON.parse(await file.text()) as unknown };
  } catch {
    return { trouble: t("This file cannot be read as an agenda. Nothing was changed.") };
  }
}
