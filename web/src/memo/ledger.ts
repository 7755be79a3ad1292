// Where every note went: each card with its place in the memo, or the reason it has none.
import { html, nothing, type TemplateResult } from "lit";
import { number, t } from "../i18n";
import { icon } from "../part";
import { anchor, type NoteEntry } from "./tree";

/** One tap to a card: where it stands on the board. */
export type Show = (entry: NoteEntry) => void;

export async function fetchLedger(room: string): Promise<NoteEntry[]> {
  const answer = await fetch(`/api/rooms/${room}/memo/ledger`);
  return answer.ok ? ((await answer.json()) as { notes: NoteEntry[] }).notes : [];
}

export function drawLedger(entries: NoteEntry[], show: Show): TemplateResult {
  const placed = groups(
    entries.filter((each) => each.place),
    (each) => each.heading || "",
  );
  const left = groups(
    entries.filter((each) => !each.place),
    (each) => each.reason || "",
  );
  return html`<div class="ledger stack"><p class="quiet">${t("Every note of the board and every released word, once: where it stands in the memo, or why it does not.")}</p>
    ${placed.map(([heading, notes]) => group(heading || t("Elsewhere in the memo"), notes, show, notes[0]?.place))}
    ${left.map(([reason, notes]) => group(reasonName(reason), notes, show))}</div>`;
}

function group(title: string, notes: NoteEntry[], show: Show, place?: string): TemplateResult {
  return html`<section><h2 class="sec"><bdi>${title}</bdi> <span class="note nums">${number(notes.length)}</span></h2>${place ? html`<p><a class="note" href=${`#${anchor(place)}`}>${t("Go there")}</a></p>` : nothing}<ul class="plainlist">${notes.map((each) => html`<li>${drawNote(each, show)}</li>`)}</ul></section>`;
}

/** A note as far as it may be read: its words, else whose it is. */
export function drawNote(entry: NoteEntry, show: Show): TemplateResult {
  const what = html`<span class="grow">${
    entry.text
      ? html`<span dir="auto" lang=${entry.language || nothing}>${entry.text}</span>`
      : html`<i>${t("Its words are not shown here.")}</i>`
  }<span class="note">${[kindName(entry.kind), entry.owner].filter(Boolean).map((each, n) => html`${n ? " · " : ""}<bdi>${each}</bdi>`)}</span></span>`;
  return entry.board
    ? html`<button class="noterow" type="button" @click=${() => show(entry)}>${what}${icon("arrow")}<span class="vh">${t("Show it on the board")}</span></button>`
    : html`<div class="noterow">${what}</div>`;
}

function groups(entries: NoteEntry[], key: (entry: NoteEntry) => string): [string, NoteEntry[]][] {
  const found = new Map<string, NoteEntry[]>();
  for (const each of entries) {
    const name = key(each);
    found.set(name, [...(found.get(name) ?? []), each]);
  }
  return [...found];
}

function reasonName(reason: string): string {
  switch (reason) {
    case "pending":
      return t("Waits for its owner’s yes");
    case "refused":
      return t("Kept by its owner");
    case "withdrawn":
      return t("Taken back by its owner");
    case "not_released":
      return t("Not released");
    case "scope":
      return t("Stays in the circle or the room");
    case "not_public":
      return t("Only for those who were there");
    case "quote_limit":
      return t("More quotes than a theme or a person has");
    case "too_long":
      return t("Longer than the memo prints");
    case "holds_words":
      return t("Repeats words that were not released");
    case "list_limit":
      return t("More notes than the list has room for");
    case "cut":
      return t("Cut because the memo was too long");
    case "reflective_memo":
      return t("For the later, longer memo");
    case "empty":
      return t("Empty");
    case "in_story":
      return t("Stands in its story");
    default:
      return t("Counted, not printed");
  }
}

function kindName(kind: string): string {
  switch (kind) {
    case "story_title":
      return t("Story title");
    case "key_moment":
      return t("Key moment");
    case "quote":
      return t("Quote");
    case "insight":
      return t("Insight");
    case "question":
    case "burning_question":
      return t("Question");
    case "practice":
      return t("Way of working");
    case "commitment":
      return t("Commitment");
    case "theme":
      return t("Theme");
    case "plus":
      return t("Most useful");
    case "delta":
      return t("Would change");
    case "worthwhile":
      return t("Hope");
    case "offer":
      return t("Offer");
    case "need":
      return t("Need");
    case "contact":
      return t("Contact");
    case "parking":
      return t("For later");
    default:
      return t("Note");
  }
}
