// What facilitators have to send again: places of the memo that changed since people got it.
import { html, nothing, type TemplateResult } from "lit";
import { t } from "../i18n";
import { icon } from "../part";

export interface Changed {
  changed_since_sent?: { section: string; heading: string }[];
  memo_version?: number;
}

/** Which places, never whose words or which: those are gone. */
export function changedSinceSent(memo: Changed): TemplateResult | typeof nothing {
  const places = memo.changed_since_sent ?? [];
  if (!places.length) return nothing;
  return html`<div class="wide"><section class="sig changed" role="status">${icon("send")}<div class="grow"><b>${t("The memo has changed since you sent it.")}</b><p class="note">${t("People have answered again about their words. These parts are not as you sent them:")}</p><ul class="note">${places.map((place) => html`<li dir="auto">${place.heading}</li>`)}</ul></div></section></div>`;
}
