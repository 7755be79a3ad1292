// One column: a theme, a section, or what is not placed. It is drawn again only when its own list
// changes; a long one is drawn in pieces, so that the first cards stand at once.
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Row } from "../blocks/card";
import { number, t, tn } from "../i18n";
import { icon, Part } from "../part";
import type { Landing } from "./drag";
import type { BoardPlace } from "./place";

/** Cards drawn at first, and in each idle moment after. */
const FIRST = 24;
const PIECE = 48;
/** Cards that are skipped together while they are far off: one for each card would cost the browser
 *  as much as it saves. Rows of two, three and four come out even. */
const CHUNK = 12;

/** A run of cards in a column; a card that comes or goes changes one. */
interface Chunk {
  key: number;
  ids: string[];
}

/** Where a dragged card would land, and what it is called. */
export interface Gap extends Landing {
  card: string;
  label: string;
}

export class ColumnPart extends Part {
  static override properties = {
    place: { attribute: false },
    key: {},
    heading: {},
    kind: {},
    ids: { attribute: false },
    gap: { attribute: false },
    rows: { attribute: false },
    empty: {},
    menu: { state: true },
    drawn: { state: true },
  };
  declare place: BoardPlace;
  declare key: string;
  declare heading: string;
  declare kind: string;
  declare ids: readonly string[];
  declare gap: Gap | undefined;
  /** What may be done with the whole column. */
  declare rows: (() => Row[]) | undefined;
  /** What an empty one says. */
  declare empty: string;
  declare menu: boolean;
  declare drawn: number;
  /** In which run each card was drawn. */
  private runs = new Map<string, number>();
  private fresh = 0;

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    this.drawn ??= FIRST;
    if (changed.has("place")) this.drawn = FIRST;
  }

  protected override updated(): void {
    if (this.drawn >= this.ids.length) return;
    const more = () => {
      if (this.isConnected) this.drawn += PIECE;
    };
    if ("requestIdleCallback" in window) window.requestIdleCallback(more, { timeout: 200 });
    else setTimeout(more, 16);
  }

  protected override render(): TemplateResult {
    const { ids, key, gap } = this;
    const head = `col-${key || "loose"}`;
    const words = tn("{n} note", "{n} notes", ids.length);
    const chunks = this.chunked(ids.slice(0, this.drawn));
    const land = html`<div class="gap" aria-hidden="true">${gap?.label}</div>`;
    return html`<section class="theme ${this.kind}" data-column=${key} aria-labelledby=${head}>
      <header><h2 id=${head}><bdi>${this.heading}</bdi></h2><span class="note nums" title=${words}>${this.rows ? html`<span aria-hidden="true">${number(ids.length)}</span><span class="vh">${words}</span>` : words}</span>${this.rows ? html`<button class="btn icon" type="button" aria-label=${t("What to do with {theme}", { theme: this.heading })} aria-haspopup="menu" aria-expanded=${this.menu ? "true" : "false"} @click=${() => this.unfold()}>${icon("more")}</button>` : nothing}</header>
      ${this.menu ? this.drawMenu() : nothing}
      ${
        chunks.length
          ? html`<div class="cards" role="list">${gap && !gap.after ? land : nothing}${repeat(
              chunks,
              (chunk) => chunk.key,
              (chunk) =>
                html`<div class="chunk">${repeat(
                  chunk.ids,
                  (id) => id,
                  (id) =>
                    html`<div role="listitem" data-card=${id}><tl-card .place=${this.place} .card=${id}></tl-card></div>${gap?.after === id ? land : nothing}`,
                )}</div>`,
            )}</div>`
          : gap
            ? land
            : html`<p class="empty">${this.empty}</p>`
      }</section>`;
  }

  /** The cards in runs that stay as they were, but for those that came and went. */
  private chunked(ids: readonly string[]): Chunk[] {
    const chunks: Chunk[] = [];
    const used = new Set<number>();
    const { runs } = this;
    let last: Chunk | undefined;
    ids.forEach((id, n) => {
      const was = runs.get(id);
      const next = runs.get(ids[n + 1] ?? "");
      // A card that was moved here stands among the others of this run.
      const stays = last && (was === last.key || next === last.key || was === undefined);
      if (last && (stays || used.has(was ?? -1)) && last.ids.length < 2 * CHUNK) {
        if (was !== undefined || last.ids.length < CHUNK) {
          last.ids.push(id);
          return;
        }
      }
      const key = was === undefined || used.has(was) ? ++this.fresh : was;
      last = { key, ids: [id] };
      used.add(key);
      chunks.push(last);
    });
    this.runs = new Map(chunks.flatMap(({ key, ids: run }) => run.map((id) => [id, key])));
    return chunks;
  }

  /** Draws as far as this card: it is about to be looked for. */
  reach(card: string): void {
    const at = this.ids.indexOf(card);
    if (at >= this.drawn) this.drawn = at + 1;
  }

  private unfold(): void {
    this.menu = !this.menu;
    if (this.menu)
      void this.updateComplete.then(() =>
        this.querySelector<HTMLElement>("header + .menu [role=menuitem]")?.focus(),
      );
  }

  private shut(): void {
    this.menu = false;
    this.querySelector<HTMLElement>("header .btn.icon")?.focus();
  }

  private drawMenu(): TemplateResult {
    const press = (row: Row) => {
      this.shut();
      row.run();
    };
    return html`<div class="menu" role="menu" aria-label=${this.heading} @keydown=${(event: KeyboardEvent) => this.steer(event)}>${(this.rows?.() ?? []).map((row) => html`<button type="button" role="menuitem" tabindex="-1" @click=${() => press(row)}>${row.icon ? icon(row.icon) : nothing}<bdi>${row.label}</bdi></button>`)}</div>`;
  }

  private steer(event: KeyboardEvent): void {
    const items = [...this.querySelectorAll<HTMLElement>("header + .menu [role=menuitem]")];
    const at = items.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (event.key === "Escape") this.shut();
    else if (event.key === "Tab") this.menu = false;
    else if (to !== undefined) items[(to + items.length) % items.length]?.focus();
    if (event.key === "Escape" || to !== undefined) event.preventDefault();
  }
}
