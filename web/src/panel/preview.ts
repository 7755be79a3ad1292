// What a participant's phone shows, inside the panel: nobody's private words, nothing to press.
import { html, nothing, type TemplateResult } from "lit";
import { sees } from "../blocks/block";
import { drawBlock, regions } from "../blocks/index";
import { t } from "../i18n";
import { footOffers, mainOffers } from "../offers";
import type { Stage } from "../stage";
import type { Block, Offer, ViewMessage } from "../wire";

/** The screen of a participant as the server makes it for a preview; null when it has none. */
export async function fetchPreview(stage: Stage, seat: string): Promise<ViewMessage | null> {
  const { room } = stage.boot;
  const query = seat ? `?seat=${encodeURIComponent(seat)}` : "";
  const answer = await fetch(`/api/rooms/${room}/preview${query}`).catch(() => null);
  return answer?.ok ? ((await answer.json()) as ViewMessage) : null;
}

/** Boxes and boards as pictures: a preview opens nobody's drafts and no document. */
function still(block: Block): TemplateResult | undefined {
  switch (block.type) {
    case "entry":
      return html`<div class="field entry"><p class="lab">${block.label}</p>${block.hint ? html`<p class="note">${block.hint}</p>` : nothing}<p class="inp"></p><p>${sees(block.sees)}</p></div>`;
    case "cards":
      return html`<section class="section"><header><h2>${block.title}</h2>${sees(block.sees)}</header><p class="empty">${t("Notes stand here.")}</p></section>`;
    case "release":
      return html`<section class="card"><p>${sees("circle")}</p><p class="quiet">${t("Here a teller decides about their own words.")}</p></section>`;
    default:
      return undefined;
  }
}

/** The frame. */
export function asPhone(stage: Stage, seen: ViewMessage | null | undefined): TemplateResult {
  if (seen === undefined) return html`<p class="quiet">${t("One moment")}</p>`;
  if (seen === null) return html`<p class="quiet">${t("There is nothing to see yet.")}</p>`;
  const parts = regions(seen);
  const may = seen.may as unknown as Offer[];
  const draw = (block: Block) => still(block) ?? drawBlock(stage, seen, block);
  return html`<div class="phone"><header class="where"><div class="place"><b dir="auto">${seen.place ?? seen.room.title}</b><span dir="auto">${seen.sub ?? ""}</span></div></header><section class="say stack">${parts.say.map(draw)}</section>${parts.pics.map(draw)}<div class="mine stack">${parts.rest.map(draw)}</div><div class="foot stack">${mainOffers(stage, may)}${footOffers(stage, may)}</div></div>`;
}
