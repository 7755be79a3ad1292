// The bars at the foot of the board: what to do with chosen notes, and the last step with its undo.
import { html, nothing, type TemplateResult } from "lit";
import { t, tn, tp } from "../i18n";
import { icon } from "../part";
import { ways } from "./outwards";
import type { BoardPlace } from "./place";
import type { Step } from "./steps";

/** Milliseconds the undo bar stands. */
const BAR = 10_000;

/** The last step, for as long as its bar stands. */
export class UndoBar {
  step: Step | undefined;
  private folding: number | undefined;

  constructor(private readonly changed: () => void) {}

  /** Shows this step for a while; the same one is not shown again. */
  show(step: Step | undefined): void {
    if (step === this.step) return;
    this.step = step;
    window.clearTimeout(this.folding);
    this.folding = window.setTimeout(() => this.fold(), BAR);
    this.changed();
  }

  fold(): void {
    this.step = undefined;
    this.changed();
  }
}

export function drawUndo(step: Step, undo: () => void): TemplateResult {
  return html`<div class="boardbar undo"><p>${step.label}</p><button class="btn small bare" type="button" @click=${undo}>${icon("undo")}<span>${t("Undo")}</span></button></div>`;
}

/** Chosen notes of everyone's board: a theme of them, or under a heading. `sorting`: whether the
 *  headings are listed. */
export function sortingBar(
  place: BoardPlace,
  sorting: boolean,
  list: (on: boolean) => void,
): TemplateResult {
  const n = place.picked.length;
  const close = (event: KeyboardEvent) => {
    if (event.key === "Escape") list(false);
  };
  return html`<div class="boardbar choosing" @keydown=${close} role="region" aria-label=${t("Chosen notes")}><p class="nums" role="status">${tn("{n} note chosen", "{n} notes chosen", n)}</p>
        <button class="btn small ink" type="button" aria-disabled=${n ? nothing : "true"} @click=${() => {
          if (n) place.board.nameTheme(place.picked);
        }}>${icon("plus")}${t("Make a theme")}</button>
        <button class="btn small" type="button" aria-disabled=${n ? nothing : "true"} aria-expanded=${sorting ? "true" : "false"} @click=${() => list(n > 0 && !sorting)}>${icon("move")}${t("Move to…")}</button>
        <button class="btn small bare" type="button" @click=${() => place.choosingFrom(null)}>${tp("a button", "Done")}</button>${
          sorting && n
            ? html`<div class="menu">${place.columns().map(
                (column) =>
                  html`<button type="button" @click=${() => {
                    list(false);
                    place.moveAll(column.key);
                  }}><bdi>${column.key ? column.title : t("Not placed")}</bdi></button>`,
              )}</div>`
            : nothing
        }</div>`;
}

/** Some of one's own notes, or all, to a circle or to everyone. */
export function sharingBar(place: BoardPlace): TemplateResult {
  const { picked } = place;
  const n = picked.length;
  const all = place.inner;
  return html`<div class="boardbar choosing" role="region" aria-label=${t("Chosen notes")}><p class="nums" role="status">${tn("{n} note chosen", "{n} notes chosen", n)}</p>
      ${n < all.length ? html`<button class="btn small" type="button" @click=${() => place.choosingFrom(all)}>${icon("check")}${t("Choose all")}</button>` : nothing}
      ${ways(place.stage, place.name).map(
        (way) =>
          html`<button class="btn small ink" type="button" aria-disabled=${n ? nothing : "true"} @click=${() => place.share(picked, way)}>${icon(way.icon)}${way.some}</button>`,
      )}
      <button class="btn small bare" type="button" @click=${() => place.choosingFrom(null)}>${tp("a button", "Done")}</button></div>`;
}
