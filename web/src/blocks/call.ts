// Where the voices are: a call opened beside the page, or a number to dial.
import { html, type TemplateResult } from "lit";
import { copyText } from "../copy";
import { t } from "../i18n";
import { icon } from "../part";
import type { Call } from "../wire";
import { BlockPart } from "./block";

/** Addresses a page may open: a meeting in a browser, or the phone's own dialler. */
const KINDS = /^(https?|tel):/i;

export class CallBlock extends BlockPart<Call> {
  protected override render(): TemplateResult {
    const { url, label } = this.block;
    if (!KINDS.test(url))
      return html`<p class="callline">${icon("call")}<span>${label}</span> <bdi>${url}</bdi></p>`;
    const dial = url.toLowerCase().startsWith("tel:");
    if (this.view.lens === "screen")
      return html`<p class="callline">${icon("call")}<span>${label}</span> <bdi>${url.replace(/^(https?:\/\/|tel:)/i, "")}</bdi></p>`;
    return html`<p class="callline"><a class="btn" href=${url} target=${dial ? "_self" : "_blank"} rel="noopener noreferrer">${icon("call")}<span>${label}</span>${dial ? "" : html`<span class="vh">${t("(opens beside this page)")}</span>`}</a>${
      // Browsers inside chat apps open nothing beside the page: the link is taken along.
      dial
        ? ""
        : html`<button class="btn icon" type="button" aria-label=${t("Copy the link")} @click=${() => copyText(url)}>${icon("copy")}</button>`
    }</p>`;
  }
}
