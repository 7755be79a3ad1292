// The language of one's own screen: chosen per seat, changed at any time.
import { html, nothing, type TemplateResult } from "lit";
import { t } from "./i18n";
import { icon } from "./part";
import type { Stage } from "./stage";

/** A menu's row: each language by its own name. Once the server knows, the page comes back in it. */
export function tongues(stage: Stage): TemplateResult | typeof nothing {
  const { languages, catalogue } = stage.boot;
  const { language } = catalogue;
  if (languages.length < 2) return nothing;
  const here = languages.find((each) => each.code === language);
  return html`<div class="tongue"><label>${icon("globe")}<span>${t("Language of my screen")}</span><select class="inp" @change=${(
    event: Event,
  ) => {
    const wanted = (event.target as HTMLSelectElement).value;
    stage.addEventListener(
      "done",
      (done) => {
        const sent = (done as CustomEvent<{ payload: { command: { type: string } } }>).detail;
        if (sent.payload.command.type === "seat.language") location.reload();
      },
      { once: true },
    );
    stage.say({ type: "seat.language", language: wanted });
  }}>${languages.map((each) => html`<option value=${each.code} lang=${each.code} ?selected=${each.code === language}>${each.name}</option>`)}</select></label>${
    here && !here.checked
      ? html`<span class="note">${t("Translated by a machine, not yet checked by a native reader.")} <a href="/languages">${t("More about it")}</a></span>`
      : nothing
  }</div>`;
}
