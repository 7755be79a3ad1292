// Searching and filtering: in words, by kind, person, circle and language, or only one's own.
import { html, nothing, type TemplateResult } from "lit";
import { kindWord, tongue } from "../blocks/card";
import { t, tn } from "../i18n";
import { icon } from "../part";
import { inLanguage } from "../renderings";
import type { Facts } from "../shelf";
import type { BoardPlace } from "./place";

/** What is looked for; empty words look for nothing. */
export interface Wanted {
  words: string;
  kind: string;
  person: string;
  circle: string;
  language: string;
  mine: boolean;
}

export const EVERYTHING: Wanted = {
  words: "",
  kind: "",
  person: "",
  circle: "",
  language: "",
  mine: false,
};

/** Letters without case and accents, so that "nino" finds "niño" and "Niño". */
function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}

/** The test a card must pass; undefined when nothing is looked for. */
export function test(
  wanted: Wanted,
  name: (seat: string) => string,
  own: (seat: string) => boolean,
): ((card: Facts) => boolean) | undefined {
  const words = plain(wanted.words).split(/\s+/).filter(Boolean);
  const { kind, person, circle, language, mine } = wanted;
  if (!words.length && !kind && !person && !circle && !language && !mine) return undefined;
  return (card) => {
    if (kind && card.kind !== kind) return false;
    if (person && card.author !== person) return false;
    if (circle && card.group !== circle) return false;
    const said = language && (card.language === language || inLanguage(card.renderings, language));
    if (language && !said) return false;
    if (mine && !own(card.author)) return false;
    if (!words.length) return true;
    const also = card.renderings.map((one) => one.text).join(" ");
    const text = plain(`${card.text} ${also} ${name(card.author)}`);
    return words.every((word) => text.includes(word));
  };
}

interface Choice {
  field: "kind" | "person" | "circle" | "language";
  label: string;
  all: string;
  options: [value: string, label: string][];
}

function choices(place: BoardPlace): Choice[] {
  const found = {
    kind: new Map<string, string>(),
    person: new Map<string, string>(),
    circle: new Map<string, string>(),
    language: new Map<string, string>(),
  };
  for (const card of place.shelf.all()) {
    if (card.kind === "theme") continue;
    if (!found.kind.has(card.kind)) found.kind.set(card.kind, kindWord(card.kind));
    if (card.author && !found.person.has(card.author))
      found.person.set(card.author, place.stage.name(card.author));
    if (card.group && !found.circle.has(card.group))
      found.circle.set(card.group, place.circle(card.group));
    if (card.language && !found.language.has(card.language))
      found.language.set(card.language, tongue(card.language));
  }
  const sorted = (map: Map<string, string>) =>
    [...map].filter(([, label]) => label).sort((a, b) => a[1].localeCompare(b[1]));
  const all: Choice[] = [
    { field: "kind", label: t("Kind of note"), all: t("Every kind"), options: sorted(found.kind) },
    { field: "person", label: t("From whom"), all: t("Everybody"), options: sorted(found.person) },
    { field: "circle", label: t("Circle"), all: t("Every circle"), options: sorted(found.circle) },
    {
      field: "language",
      label: t("Language"),
      all: t("Every language"),
      options: sorted(found.language),
    },
  ];
  // With one answer there is nothing to choose.
  return all.filter((choice) => choice.options.length > 1);
}

/** The panel in which one searches. */
export function finder(
  place: BoardPlace,
  wanted: Wanted,
  set: (change: Partial<Wanted>) => void,
  close: () => void,
): TemplateResult {
  const { shown, total } = place.lists;
  const active = place.lists.fits !== undefined;
  return html`<search class="finder stack" @keydown=${(event: KeyboardEvent) => {
    if (event.key === "Escape") close();
  }}><div class="field"><label for="find">${t("Search in notes")}</label><div class="row"><input class="inp grow" id="find" type="search" dir="auto" autocomplete="off" .value=${wanted.words} @input=${(event: Event) => set({ words: (event.target as HTMLInputElement).value })}><button class="btn icon" type="button" aria-label=${t("Close the search")} @click=${close}>${icon("cross")}</button></div></div>
    <div class="by">${choices(place).map(
      (choice) =>
        html`<div class="field"><label for=${`by-${choice.field}`}>${choice.label}</label><select class="inp" id=${`by-${choice.field}`} @change=${(event: Event) => set({ [choice.field]: (event.target as HTMLSelectElement).value })}><option value="" ?selected=${!wanted[choice.field]}>${choice.all}</option>${choice.options.map(([value, label]) => html`<option value=${value} ?selected=${wanted[choice.field] === value}>${label}</option>`)}</select></div>`,
    )}<label class="row check"><input type="checkbox" .checked=${wanted.mine} @change=${(event: Event) => set({ mine: (event.target as HTMLInputElement).checked })}>${t("Only mine")}</label></div>
    <p class="row between found"><span role="status">${active ? tn("{n} note found", "{n} notes found", shown) : tn("{n} note", "{n} notes", total)}</span>${active ? html`<button class="btn small" type="button" @click=${() => set(EVERYTHING)}>${t("Show all {n}", { n: total })}</button>` : nothing}</p></search>`;
}
