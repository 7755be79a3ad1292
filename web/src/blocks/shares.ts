// Speaking time as bars, for the lead alone (methods.md A2): a mirror, not a rank.
import { html, type TemplateResult } from "lit";
import { serverNow } from "../clock";
import { number, t } from "../i18n";
import type { Share, Shares } from "../wire";
import { sees, TimedPart } from "./block";

function spoken(share: Share): number {
  return share.spoken + (share.since ? Math.max(0, serverNow() - share.since) : 0);
}

/** "40 s", "3 min": no more exact than one needs. */
function span(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 90
    ? t("{n} s", { n: number(seconds) })
    : t("{n} min", { n: number(Math.round(seconds / 60)) });
}

export class SharesBlock extends TimedPart<Shares> {
  protected override render(): TemplateResult {
    const { title, shares } = this.block;
    const most = Math.max(1, ...shares.map(spoken));
    return html`<section class="private stack shares"><h2 class="sec">${title}${sees("self")}</h2><ul class="bars">${shares.map(
      (share) =>
        html`<li class="bare"><bdi>${share.name}</bdi><meter min="0" max=${most} .value=${spoken(share)} aria-hidden="true"></meter><span class="n nums">${span(spoken(share))}</span></li>`,
    )}</ul></section>`;
  }
}
