// From only you to your circle, and to everyone here: where one's own notes may go, and the buttons
// that take them there. There is no way back in; who thinks better of it takes the note away.
import { html, nothing, type TemplateResult } from "lit";
import { t } from "../i18n";
import { icon } from "../part";
import type { Facts } from "../shelf";
import type { Stage } from "../stage";

/** A wider place a note may go to. */
export interface Way {
  /** As commands name it. */
  to: string;
  icon: string;
  /** On a note's own button, the same in full, and for several notes. */
  short: string;
  one: string;
  some: string;
}

/** Where notes of this document ("mine", "group/{id}") may go now. */
export function ways(stage: Stage, from: string): Way[] {
  const { view } = stage;
  if (from === "board" || !view || view.room.frozen) return [];
  const found: Way[] = [];
  if (from === "mine")
    for (const block of view.blocks)
      if (block.type === "cards" && block.add && block.document.startsWith("group/"))
        found.push({
          to: block.document,
          icon: "circle",
          short: t("To your circle"),
          one: t("Show it to your circle"),
          some: t("Show them to your circle"),
        });
  found.push({
    to: "board",
    icon: "house",
    short: t("To everyone here"),
    one: t("Show it to everyone here"),
    some: t("Show them to everyone here"),
  });
  return found;
}

/** Whether everyone has this note already. */
export function everyones(stage: Stage, card: string): boolean {
  return stage.connection.open("board").doc.getMap("cards").has(card);
}

/** What happened, for those who cannot see it. */
export function went({ to }: Way): string {
  return to === "board" ? t("Everyone here sees it now.") : t("Your circle sees it now.");
}

/** The buttons under a note of one's own, or that everyone sees it. */
export function outwards(
  stage: Stage,
  from: string,
  card: Facts,
  go: (way: Way) => void,
): TemplateResult | typeof nothing {
  if (from === "board" || !stage.own(card.author)) return nothing;
  if (from !== "mine" && everyones(stage, card.id))
    return html`<p class="note row tight shown">${icon("house")}${t("Everyone here sees it too.")}</p>`;
  const open = ways(stage, from);
  if (!open.length) return nothing;
  return html`<div class="row outwards">${open.map((way) => html`<button class="btn small share" type="button" aria-label=${way.one} @click=${() => go(way)}>${icon(way.icon)}<span>${way.short}</span></button>`)}</div>`;
}
