// Notes sorted into themes, by a "Move to..." menu or by dragging a note's grip; ticks say
// "also ours".
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { number, t, tn } from "../i18n";
import { icon } from "../part";
import type { Offer, Pile, PileNote, Piles } from "../wire";
import { BlockPart } from "./block";

/** Pixels a finger moves before it is a drag and no longer a tap. */
const SLACK = 6;

export class PilesBlock extends BlockPart<Piles> {
  static override properties = {
    ...BlockPart.properties,
    moving: { state: true },
    carried: { state: true },
    over: { state: true },
  };
  /** The note whose menu is open. */
  declare moving: string;
  /** The note that is being dragged, and the pile under it. */
  declare carried: string;
  declare over: string | undefined;
  private from: [number, number] = [0, 0];
  /** The note that was moved just now: the focus goes with it. */
  private landing: { note: string; pile: string } | undefined;

  private offer(type: string): Offer | undefined {
    return type ? this.stage.offers.find((offer) => offer.type === type) : undefined;
  }

  private called(pile: Pile): string {
    return pile.id ? pile.title : t("Not placed yet");
  }

  private pileOf(note: string): string | undefined {
    return this.block.piles.find((pile) => pile.notes.some((each) => each.id === note))?.id;
  }

  private move(note: string, pile: string): void {
    this.moving = "";
    const offer = this.offer(this.block.move);
    if (offer && this.pileOf(note) !== pile) this.carry(offer, note, pile);
    this.focusOn(note);
  }

  private carry(offer: Offer, note: string, pile: string): void {
    this.landing = { note, pile };
    this.stage.take(offer, { note, pile });
  }

  private focusOn(note: string): void {
    void this.updateComplete.then(() =>
      this.querySelector<HTMLElement>(`[data-note="${CSS.escape(note)}"] .move`)?.focus(),
    );
  }

  protected override updated(): void {
    const { landing } = this;
    if (!landing || this.pileOf(landing.note) !== landing.pile) return;
    this.landing = undefined;
    const active = document.activeElement;
    if (!active || active === document.body) this.focusOn(landing.note);
  }

  protected override render(): TemplateResult {
    const { title, piles } = this.block;
    const shown = piles.filter((pile) => pile.id || pile.notes.length);
    return html`<section class="stack"><h2 class="sec">${title}</h2>${shown.length ? nothing : html`<p class="quiet">${t("Notes will stand here as soon as there are some.")}</p>`}<div class="piles">${repeat(
      shown,
      (pile) => pile.id,
      (pile) => this.pile(pile),
    )}</div></section>`;
  }

  private pile(pile: Pile): TemplateResult {
    const { stage } = this;
    const rename = pile.id ? this.offer(this.block.rename) : undefined;
    const merge = pile.id && this.block.piles.length > 2 ? this.offer(this.block.merge) : undefined;
    const target = this.carried && this.over === pile.id ? "target" : "";
    return html`<section class="pile ${pile.id ? "" : "unplaced"} ${target}" data-pile=${pile.id}><h3><bdi>${this.called(pile)}</bdi><span class="note nums">${tn("{n} note", "{n} notes", pile.notes.length)}</span></h3>
      ${rename || merge ? html`<div class="row pileacts">${rename ? html`<tl-offer .stage=${stage} .offer=${rename} .more=${{ pile: pile.id }} .look=${"small bare"}></tl-offer>` : nothing}${merge ? html`<tl-offer .stage=${stage} .offer=${merge} .more=${{ pile: pile.id }} .look=${"small bare"}></tl-offer>` : nothing}</div>` : nothing}
      ${
        pile.notes.length
          ? html`<ul>${repeat(
              pile.notes,
              (note) => note.id,
              (note) => this.note(note),
            )}</ul>`
          : html`<p class="empty">${t("Nothing stands here yet.")}</p>`
      }</section>`;
  }

  private note(note: PileNote): TemplateResult {
    const move = this.offer(this.block.move);
    const tick = this.offer(note.mine ? this.block.untick : this.block.tick);
    const open = this.moving === note.id;
    const ticks = note.ticks ? tn("{n} also", "{n} also", note.ticks) : "";
    return html`<li class="pnote ${this.carried === note.id ? "lifted" : ""}" data-note=${note.id}><div class="line"><p class="text" dir="auto">${note.words}</p>${move ? html`<span class="grip" aria-hidden="true" @pointerdown=${(event: PointerEvent) => this.lift(event, note.id)} @pointermove=${(event: PointerEvent) => this.drag(event, note.id)} @pointerup=${() => this.drop()} @pointercancel=${() => this.lay()}>${icon("grip")}</span>` : nothing}</div>
      <div class="meta"><span class="who">${[note.who, note.place].filter(Boolean).map((word, n) => html`${n ? " · " : ""}<bdi>${word}</bdi>`)}${ticks && !tick ? html` <span class="nums">${icon("check")}${ticks}</span>` : nothing}</span>
      ${tick ? html`<button class="btn small bare ticker ${note.mine ? "on" : ""}" type="button" aria-pressed=${note.mine ? "true" : "false"} @click=${() => this.stage.take(tick, { note: note.id })}>${icon(note.mine ? "check" : "plus")}<span>${t("Also ours")}${note.ticks ? html` <span class="nums">${number(note.ticks)}</span>` : nothing}</span></button>` : nothing}
      ${move ? html`<button class="btn small bare move" type="button" aria-expanded=${open ? "true" : "false"} @click=${() => this.unfold(note.id)}>${icon("move")}${t("Move to…")}</button>` : nothing}</div>
      ${open ? this.menu(note.id) : nothing}</li>`;
  }

  private unfold(note: string): void {
    this.moving = this.moving === note ? "" : note;
    if (this.moving)
      void this.updateComplete.then(() => this.querySelector<HTMLElement>(".menu button")?.focus());
  }

  private menu(note: string): TemplateResult {
    const at = this.pileOf(note);
    return html`<div class="menu" @keydown=${(event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      this.moving = "";
      this.focusOn(note);
    }}><p class="note">${t("Move this note to")}</p>${this.places().map(
      ([id, title]) =>
        html`<button type="button" aria-current=${id === at ? "true" : nothing} @click=${() => this.move(note, id)}><bdi>${title}</bdi>${id === at ? icon("check") : nothing}</button>`,
    )}</div>`;
  }

  /** Where a note may go: the piles, and what else the offer names (a theme to be made). */
  private places(): [id: string, title: string][] {
    const piles = this.block.piles.map((pile): [string, string] => [pile.id, this.called(pile)]);
    const known = new Set(piles.map(([id]) => id));
    const more = this.offer(this.block.move)?.needs.pile?.options ?? [];
    return [
      ...piles,
      ...more
        .filter((each) => !known.has(each.value))
        .map((each): [string, string] => [each.value, each.label]),
    ];
  }

  // Dragging: the grip follows a mouse, a pen or a finger; everything else scrolls as always.

  private lift(event: PointerEvent, note: string): void {
    if (event.button) return;
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    this.from = [event.clientX, event.clientY];
    this.moving = "";
    this.over = undefined;
    this.dataset.held = note;
  }

  private drag(event: PointerEvent, note: string): void {
    if (this.dataset.held !== note) return;
    const [x, y] = this.from;
    if (!this.carried && Math.hypot(event.clientX - x, event.clientY - y) < SLACK) return;
    this.carried = note;
    const card = (event.currentTarget as HTMLElement).closest<HTMLElement>(".pnote");
    card?.style.setProperty("translate", `${event.clientX - x}px ${event.clientY - y}px`);
    const under = document
      .elementsFromPoint(event.clientX, event.clientY)
      .find((each) => each instanceof HTMLElement && each.classList.contains("pile"));
    this.over = under instanceof HTMLElement ? under.dataset.pile : undefined;
  }

  private drop(): void {
    const { carried, over } = this;
    this.lay();
    if (carried && over !== undefined) this.move(carried, over);
  }

  private lay(): void {
    this.querySelector<HTMLElement>(".lifted")?.style.removeProperty("translate");
    this.carried = "";
    this.over = undefined;
    delete this.dataset.held;
  }
}
