// All circles at a glance, for facilitators: what each is doing, never what is said in it.
import { html, nothing, type TemplateResult } from "lit";
import { number, t } from "../i18n";
import { icon } from "../part";
import type { GroupLine, Groups, Offer } from "../wire";
import { inHand, TimedPart } from "./block";
import { miniRing } from "./ring";

/** Lines that stand open in one hand: one is short. */
const FEW = 1;

export class GroupsBlock extends TimedPart<Groups> {
  protected override render(): TemplateResult {
    const { groups, title } = this.block;
    const lines = html`<div class="groups">${groups.map((group) => this.group(group))}</div>`;
    if (!title || groups.length <= FEW || !inHand(this.view)) return lines;
    return html`<details class="rules"><summary>${title}<span class="note nums">${number(groups.length)}</span>${icon("down")}</summary>${lines}</details>`;
  }

  private group(group: GroupLine): TemplateResult {
    const offers = group.offers
      .map((index) => this.view.may[index] as unknown as Offer | undefined)
      .filter((offer): offer is Offer => !!offer && offer.shown !== false);
    if (!offers.length && !group.host && !group.ring && !group.tag && !group.ready)
      return html`<article class="grp"><div class="row between"><h2>${group.name}</h2><p>${group.status}</p></div></article>`;
    return html`<article class="grp">${group.ring ? miniRing(group.ring) : nothing}<div class="stack"><div class="row between"><h2>${group.name}</h2>${
      group.ready
        ? html`<span class="tag leaf">${icon("check")}${group.tag ?? t("ready")}</span>`
        : group.tag
          ? html`<span class="tag">${group.tag}</span>`
          : nothing
    }</div><p>${group.status}</p>${
      offers.length || group.host
        ? html`<div class="row tightb">${offers.map((offer) => html`<tl-offer .stage=${this.stage} .offer=${offer} .look=${"small"}></tl-offer>`)}${group.host ? html`<span class="note">${t("host {name}", { name: group.host })}</span>` : nothing}</div>`
        : nothing
    }</div></article>`;
  }
}
