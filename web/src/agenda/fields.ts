// The form of an item's settings, made from what its activity says of them (`hints`).
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { number, t, tn } from "../i18n";
import { icon } from "../part";
import type { PlanItem } from "../wire";
import type { Patch } from "./plan";
import type { Field, Kind, Value } from "./types";

/** Longest text of a setting; the server has the same limit for any text. */
const TEXT = 4000;

/** Settings that are seen at once; the others are one tap away. */
const FIRST = 4;

/** A number with its unit, as people say it. */
function amount(value: number, unit: Field["unit"]): string {
  switch (unit) {
    case "s":
      if (value >= 60 && value % 60 === 0) return tn("{n} minute", "{n} minutes", value / 60);
      if (value > 60 && value % 30 === 0)
        return t("{n}½ minutes", { n: number(Math.floor(value / 60)) });
      return tn("{n} second", "{n} seconds", value);
    case "min":
      return tn("{n} minute", "{n} minutes", value);
    case "people":
      return tn("{n} person", "{n} people", value);
    case "rounds":
      return tn("{n} round", "{n} rounds", value);
    default:
      return number(value);
  }
}

function chosen(item: PlanItem, field: Field): Value {
  const set = item.settings[field.name] as Value | undefined;
  return set === undefined ? field.default : set;
}

/** Whether a setting means anything with the others as they are. */
function applies(item: PlanItem, kind: Kind, field: Field): boolean {
  const { only } = field;
  if (!only) return true;
  const other = kind.fields.find((each) => each.name === only.field);
  return !!other && only.values.includes(chosen(item, other));
}

/** The value of a box; what somebody is typing there is never written over. */
export function typing(id: string, value: string): string {
  const here = document.activeElement;
  const box = here instanceof HTMLInputElement || here instanceof HTMLTextAreaElement;
  return box && here.id === id ? here.value : value;
}

/** What was set differently from the usual, in a few words, for the closed row. */
export function summary(item: PlanItem, kind: Kind | undefined): string[] {
  const told: string[] = [];
  for (const field of kind?.fields ?? []) {
    if (!applies(item, kind as Kind, field)) continue;
    const value = item.settings[field.name] as Value | undefined;
    const shown = value ?? (field.kind === "choice" ? field.default : null);
    if (shown === null || shown === undefined) continue;
    if (field.kind === "choice") {
      const option = field.options.find((each) => each.value === String(shown));
      const known = option?.label === item.title;
      if (option && !known && (value !== undefined || told.length === 0)) told.push(option.label);
    } else if (value === undefined) continue;
    else if (field.kind === "words") told.push(`“${String(shown)}”`);
    else if (field.kind === "number")
      told.push(
        field.unit
          ? t("{what}: {amount}", { what: field.label, amount: amount(Number(shown), field.unit) })
          : t("{what}: {amount}", { what: field.label, amount: number(Number(shown)) }),
      );
    else if (shown !== field.default)
      told.push(t("{what}: {amount}", { what: field.label, amount: shown ? t("yes") : t("no") }));
  }
  return told.slice(0, 3);
}

/** Every setting that means something now. */
export function settings(
  item: PlanItem,
  kind: Kind,
  change: (patch: Patch) => void,
): TemplateResult | typeof nothing {
  const shown = kind.fields.filter((field) => applies(item, kind, field));
  if (!shown.length) return nothing;
  const set = (field: Field, value: Value) =>
    change({ settings: { [field.name]: value === field.default ? null : value } });
  const form = (fields: Field[]) =>
    html`<div class="settings">${fields.map((field) => draw(item, field, (value) => set(field, value)))}</div>`;
  const more = shown.slice(FIRST);
  return html`${form(more.length > 1 ? shown.slice(0, FIRST) : shown)}${more.length > 1 ? html`<details class="more"><summary>${tn("{n} more setting", "{n} more settings", more.length)}</summary>${form(more)}</details>` : nothing}`;
}

function draw(item: PlanItem, field: Field, set: (value: Value) => void): TemplateResult {
  const id = `${item.id}-${field.name}`;
  const value = chosen(item, field);
  const hint = field.hint ? html`<p class="note" id=${`${id}-hint`}>${field.hint}</p>` : nothing;
  switch (field.kind) {
    case "number":
      return slider(
        {
          id,
          label: field.label,
          value: Number(value ?? field.low),
          low: field.low,
          high: field.high,
          step: field.step > 1 ? field.step : field.unit === "s" ? 5 : 1,
          say: (n) => amount(n, field.unit),
          hint: field.hint ?? "",
        },
        set,
      );
    case "flag":
      return html`<div class="set flag" role="group" aria-labelledby=${`${id}-l`}><div class="grow"><span class="lab" id=${`${id}-l`}>${field.label}</span>${hint}</div><span class="sw">${[
        true,
        false,
      ].map(
        (on) =>
          html`<label><input type="radio" name=${id} .checked=${value === on} @change=${() => set(on)}>${on ? t("Yes") : t("No")}</label>`,
      )}</span></div>`;
    case "choice":
      return field.options.length <= 3
        ? html`<fieldset class="set"><legend class="lab">${field.label}</legend>${hint}<div class="opts">${field.options.map(
            (option) =>
              html`<label class="opt"><input type="radio" name=${id} .checked=${String(value) === option.value} @change=${() => set(typed(field, option.value))}><span>${option.label}${option.hint ? html`<small>${option.hint}</small>` : nothing}</span>${icon("check", "tick")}</label>`,
          )}</div></fieldset>`
        : html`<div class="set field"><label for=${id}>${field.label}</label><select class="inp" id=${id} aria-describedby=${field.hint ? `${id}-hint` : nothing} @change=${(
            event: Event,
          ) => set(typed(field, (event.target as HTMLSelectElement).value))}>${field.options.map(
            (option) =>
              html`<option value=${option.value} ?selected=${String(value) === option.value}>${option.label}</option>`,
          )}</select>${hint}${chosenHint(field, value)}</div>`;
    case "words":
      return html`<div class="set wide2 field"><label for=${id}>${field.label}</label><textarea class="inp" id=${id} rows="1" dir="auto" maxlength=${TEXT} aria-describedby=${field.hint ? `${id}-hint` : nothing} .value=${typing(id, String(value ?? ""))} @change=${(
        event: Event,
      ) =>
        set((event.target as HTMLTextAreaElement).value.trim() || null)}></textarea>${hint}</div>`;
  }
}

function chosenHint(field: Field, value: Value): TemplateResult | typeof nothing {
  const said = field.options.find((option) => option.value === String(value))?.hint;
  return said ? html`<p class="note">${said}</p>` : nothing;
}

/** A choice among numbers travels as a number. */
function typed(field: Field, value: string): Value {
  return typeof field.default === "number" ? Number(value) : value;
}

interface Slider {
  id: string;
  label: string;
  value: number;
  low: number;
  high: number;
  step: number;
  say: (value: number) => string;
  hint: string;
}

/** A number between two ends: to slide with a thumb, to step with a finger or the arrow keys. */
export function slider(one: Slider, set: (value: number) => void): TemplateResult {
  const clamp = (value: number) => Math.min(one.high, Math.max(one.low, value));
  // A value between two steps is kept until somebody moves it.
  const next = (way: number) =>
    clamp(
      way > 0
        ? Math.floor(one.value / one.step) * one.step + one.step
        : Math.ceil(one.value / one.step) * one.step - one.step,
    );
  const step = (way: number, label: string, sign: string) =>
    html`<button class="btn icon step" type="button" aria-label=${`${one.label}: ${label}`} aria-disabled=${next(way) === one.value ? "true" : "false"} @click=${() => set(next(way))}>${sign}</button>`;
  return html`<div class="set num"><div class="said"><label for=${one.id}>${one.label}</label><output class="nums" for=${one.id} .textContent=${live(one.say(one.value))}></output></div>
    <div class="slide">${step(-1, t("less"), "−")}<input type="range" id=${one.id} min=${one.low} max=${one.high} step=${one.value % one.step || one.low % one.step ? 1 : one.step} .value=${live(String(one.value))} aria-valuetext=${one.say(one.value)} aria-describedby=${one.hint ? `${one.id}-hint` : nothing} @change=${(
      event: Event,
    ) => set(clamp(Number((event.target as HTMLInputElement).value)))} @input=${(event: Event) => {
      const input = event.target as HTMLInputElement;
      const output = input.closest(".set")?.querySelector("output");
      if (output) output.textContent = one.say(Number(input.value));
    }}>${step(1, t("more"), "+")}</div>
    <p class="ends nums"><span>${one.say(one.low)}</span><span>${one.say(one.high)}</span></p>${one.hint ? html`<p class="note" id=${`${one.id}-hint`}>${one.hint}</p>` : nothing}</div>`;
}
