// A day to choose, with what may be said instead of one ("No date yet").
import { html, nothing, type TemplateResult } from "lit";
import { icon } from "../part";
import type { Option } from "../wire";

interface DateAsked {
  /** Of the input. */
  id: string;
  /** "{offer type}/{field}", so that a button can point here. */
  need: string;
  label: string;
  hint?: string | null;
  options: Option[];
  value: string;
  set: (value: string) => void;
}

export function dateField(asked: DateAsked): TemplateResult {
  const { id, need, label, hint, options, value, set } = asked;
  const said = options.some((option) => option.value === value);
  const given = (event: Event) => set((event.target as HTMLInputElement).value);
  return html`<div class="field" data-need=${need} role=${options.length ? "group" : nothing} aria-label=${options.length ? label : nothing}><label for=${id}>${label}</label>${hint ? html`<p class="note" id=${`${id}-hint`}>${hint}</p>` : nothing}<input class="inp" id=${id} type="date" aria-describedby=${hint ? `${id}-hint` : nothing} .value=${said ? "" : value} @input=${given}>${options.map(
    (option) =>
      html`<label class="opt"><input type="checkbox" .checked=${value === option.value} @change=${(
        event: Event,
      ) =>
        set(
          (event.target as HTMLInputElement).checked ? option.value : "",
        )}><span>${option.label}${option.hint ? html`<small>${option.hint}</small>` : nothing}</span>${icon("check", "tick")}</label>`,
  )}</div>`;
}
