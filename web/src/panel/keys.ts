// Single keys for those who run a room from a keyboard, with a sheet that lists them and a switch
// that turns them off (WCAG 2.1.4). Nothing fires while somebody types, and every key only presses
// a button that stands on the panel.
import { html, type TemplateResult } from "lit";
import { ASK } from "../here";
import { t } from "../i18n";
import { letterOf, want, wanted } from "../keys";
import { icon } from "../part";

/** What a key asks for. */
export type Key =
  | "next"
  | "undo"
  | "pause"
  | "more"
  | "end"
  | "say"
  | "hand"
  | "admit"
  | "freeze"
  | "preview"
  | "signals"
  | "people"
  | "private"
  | "menu"
  | "help";

const KEYS: Record<string, Key> = {
  n: "next",
  u: "undo",
  p: "pause",
  m: "more",
  e: "end",
  a: "say",
  h: "hand",
  l: "admit",
  f: "freeze",
  v: "preview",
  s: "signals",
  g: "people",
  w: "private",
  o: "menu",
  "?": "help",
};

/** Keys of offers, by type: for the buttons to say. */
const OFFERS: [RegExp, string][] = [
  [/^(pause\.|break\.end)/, "p"],
  [/^phase\.extend$/, "m"],
  [/^activity\.cut$/, "e"],
  [/^say\.all$/, "a"],
  [/^lead\.(offer|request|take|accept)$/, "h"],
  [/^room\.(freeze|unfreeze)$/, "f"],
  [/^phase\.(back)$/, "u"],
];

/** The key that presses the button of an offer; `main`: it is the next step. */
export function keyFor(type: string, main = false): string | undefined {
  if (!wanted()) return undefined;
  return OFFERS.find(([pattern]) => pattern.test(type))?.[1] ?? (main ? "n" : undefined);
}

/** What the key of an event asks for, if anything. */
export function keyOf(event: KeyboardEvent): Key | undefined {
  const key = KEYS[letterOf(event)];
  // The sheet stays in reach, so that the switch can be found again.
  return key && (key === "help" || wanted()) ? key : undefined;
}

/** What each key does, in the words of its button. */
function rows(): [string, string][] {
  return [
    ["N", t("The next step, as the big button says it")],
    ["U", t("Undo the last step, while that is possible")],
    ["P", t("Pause everything, or go on")],
    ["M", t("More time for everybody")],
    ["E", t("End the activity now; asks once more")],
    ["L", t("Let the next person in")],
    ["A", t("Say one line to everybody")],
    ["H", t("Hand over, take or ask for the lead")],
    ["F", t("Freeze the room; asks once more")],
    ["S", t("Go to the signals")],
    ["G", t("Go to people and groups")],
    ["W", t("Write to the facilitators")],
    ["V", t("See it as a phone does")],
    ["O", t("Open or close the menu")],
    [ASK.toUpperCase(), t("Where are we?")],
    ["?", t("This list")],
  ];
}

/** The sheet, for inside a dialog. */
export function sheet(close: () => void): TemplateResult {
  return html`<div class="sheet stack"><div class="row between"><h2 class="head">${t("Keys")}</h2><button class="btn icon" type="button" aria-label=${t("Close")} @click=${close}>${icon("cross")}</button></div>
  <dl class="keys">${rows().map(([key, what]) => html`<dt><kbd>${key}</kbd></dt><dd>${what}</dd>`)}</dl>
  <p class="note">${t("Keys do nothing while you type. A screen reader that uses single letters itself keeps them in its reading mode.")}</p>
  <label class="row switch"><input type="checkbox" .checked=${wanted()} @change=${(event: Event) => want((event.target as HTMLInputElement).checked)}>${t("Use these keys on this device")}</label></div>`;
}
