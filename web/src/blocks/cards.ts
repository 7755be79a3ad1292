// Cards of a section: the shared board, a circle's own document or one's own notes. A flat list;
// adding is a command, editing one's own text is live, moving is a menu. The board's own page
// (`board.ts`) shows the same cards with more room.
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { outwards, ways } from "../board/outwards";
import { number, t, tn } from "../i18n";
import { icon } from "../part";
import { type Facts, Shelf } from "../shelf";
import { type Cards, NOTE_LIMIT, type Sees } from "../wire";
import { BlockPart, sees } from "./block";
import { type CardPlace, kindWord, land, type Row } from "./card";

export class CardsBlock extends BlockPart<Cards> {
  static override properties = { ...BlockPart.properties, adding: { state: true } };
  declare adding: boolean;
  private shelf: Shelf | undefined;
  private names = "";
  private readonly look = () => this.requestUpdate();

  override disconnectedCallback(): void {
    this.shelf?.close();
    this.shelf = undefined;
    super.disconnectedCallback();
  }

  /** "mine" is this seat's own document. */
  private get document(): string {
    return this.block.document === "mine" ? `mine/${this.view.seat}` : this.block.document;
  }

  private get cards(): Shelf {
    const { doc } = this.stage.connection.open(this.document);
    if (this.shelf?.doc !== doc) {
      this.shelf?.close();
      this.shelf = new Shelf(doc, this.document.startsWith("mine/") ? "notes" : "cards");
      this.shelf.follow(this.look);
      this.place = this.made(this.shelf);
    }
    return this.shelf;
  }

  private place: CardPlace | undefined;

  /** What may be done with a card here. */
  private made(shelf: Shelf): CardPlace {
    const block = this;
    const { stage } = this;
    return {
      stage,
      shelf,
      full: false,
      get seat() {
        return block.view.seat;
      },
      get sees(): Sees {
        return block.block.sees;
      },
      get wordy() {
        return block.sorts;
      },
      movable: (card: Facts) => block.themes.length > 0 && (block.sorts || stage.own(card.author)),
      moves: (card: Facts) => block.moves(card),
      ticks: (card: Facts) => (card.ticks.length ? "counted" : ""),
      ticked: (card: Facts) => card.ticks.includes(block.view.seat),
      tick: () => undefined,
      remove: (card: Facts) =>
        stage.say({ type: "note.delete", document: block.block.document, card: card.id }),
      typed: (card: Facts) => {
        stage.connection.open(block.document).touched.add(card.id);
        stage.changed();
      },
      circle: () => "",
      chosen: () => null,
      choose: () => undefined,
      below: (card: Facts) =>
        stage.own(card.author) && stage.sharing && block.document.startsWith("group/")
          ? html`<label class="row sharing"><input type="checkbox" .checked=${stage.ticked.has(card.id)} @change=${() => stage.tick(card.id)}>${t("Share this one")}</label>`
          : block.block.document === "mine"
            ? outwards(stage, "mine", card, (way) =>
                stage.say({ type: "note.share", cards: [card.id], to: way.to }),
              )
            : nothing,
    };
  }

  private moves(card: Facts): Row[] {
    const rows: Row[] = this.themes.map((id) => ({
      label: this.called(id),
      current: card.theme === id,
      run: () => this.move(card, id),
    }));
    if (rows.length)
      rows.push({ label: t("No theme"), current: !card.theme, run: () => this.move(card, "") });
    return rows;
  }

  private move(card: Facts, theme: string): void {
    land(card.id);
    this.stage.say({ type: "note.move", card: card.id, theme });
  }

  /** Names and what is ticked stand on cards, which do not follow the stage themselves. */
  protected override updated(): void {
    const { stage } = this;
    const people = stage.people?.people.map((each) => each.name).join("\n") ?? "";
    const known = Object.keys(stage.view?.authors ?? {}).length;
    const now = `${known} ${this.themes.length}\n${people}\n${stage.boot.seats.map((each) => each.seat).join()}\n${stage.sharing ? [...stage.ticked].join() : "-"}\n${ways(
      stage,
      this.block.document,
    )
      .map((way) => way.to)
      .join()}`;
    if (now === this.names) return;
    this.names = now;
    this.shelf?.again();
  }

  /** On the panel and the memo facilitators sort what everyone sees into themes. */
  private get sorts(): boolean {
    return this.block.document === "board" && this.view.lens === "panel";
  }

  private get themes(): string[] {
    return this.block.document === "board" ? this.cards.themes().map((card) => card.id) : [];
  }

  /** Writing for oneself or one's circle is the one thing now; on the board it is one of several. */
  private get open(): boolean {
    const { section } = this.block;
    return (
      this.adding ||
      this.block.sees !== "room" ||
      this.stage.drafts.peek(this.view.seat, this.stage.box(`note-${section}`)) !== ""
    );
  }

  private add(event: Event): void {
    event.preventDefault();
    const { document: name, section, kinds } = this.block;
    const { stage, view } = this;
    const box = stage.box(`note-${section}`);
    const text = stage.drafts.peek(view.seat, box).trim();
    if (!text) {
      this.querySelector<HTMLElement>("textarea")?.focus();
      return;
    }
    const chosen = new FormData(event.target as HTMLFormElement).get("kind");
    stage.say(
      {
        type: "note.add",
        document: name,
        section,
        kind: String(chosen ?? kinds[0] ?? "insight"),
        text,
        theme: "",
      },
      [box],
      `add ${section}`,
    );
    this.adding = false;
  }

  private name(event: Event): void {
    event.preventDefault();
    const { stage, view } = this;
    const box = stage.box("note-theme");
    const text = stage.drafts.peek(view.seat, box).trim();
    if (!text) {
      this.querySelector<HTMLElement>(".naming :is(input, textarea)")?.focus();
      return;
    }
    const { document, section } = this.block;
    stage.say(
      { type: "note.add", document, section, kind: "theme", text, theme: "" },
      [box],
      "theme",
    );
  }

  private list(ids: string[]): TemplateResult {
    const { place } = this;
    return html`<ul>${repeat(
      ids,
      (id) => id,
      (id) => html`<li><tl-card .place=${place} .card=${id}></tl-card></li>`,
    )}</ul>`;
  }

  /** Under their themes; what has none comes first for those who sort, last for those who read. */
  private sorted(ids: string[]): TemplateResult {
    const { cards } = this;
    const under = new Map<string, string[]>(this.themes.map((id) => [id, []]));
    const loose: string[] = [];
    for (const id of ids) {
      (under.get(cards.get(id)?.theme ?? "") ?? loose).push(id);
    }
    const rest = loose.length
      ? html`<section class="under"><h3>${t("Under no theme yet")}<span class="note nums">${number(loose.length)}</span></h3>${this.list(loose)}</section>`
      : nothing;
    return html`${this.sorts ? rest : nothing}${[...under].map(([id, mine]) =>
      mine.length || this.sorts
        ? html`<section class="under theme"><h3><bdi>${this.called(id)}</bdi><span class="note nums">${number(mine.length)}</span></h3>${mine.length ? this.list(mine) : html`<p class="empty">${t("Nothing stands here yet. Move notes that belong together under this theme.")}</p>`}</section>`
        : nothing,
    )}${this.sorts ? nothing : rest}`;
  }

  private called(theme: string): string {
    return this.cards.get(theme)?.text ?? "";
  }

  /** A name half written keeps its box, whatever becomes of the notes. */
  private get begun(): boolean {
    return this.stage.drafts.peek(this.view.seat, this.stage.box("note-theme")) !== "";
  }

  private naming(): TemplateResult {
    const { stage, view } = this;
    const busy = stage.commands.busy("theme");
    return html`<form class="naming stack" @submit=${(event: Event) => this.name(event)}>
      <tl-box .stage=${stage} .seat=${view.seat} .name=${stage.box("note-theme")} .label=${t("A new theme")} .hint=${t("A few words that gather notes. In the memo a theme stands when two people carry it.")} .limit=${200} .lines=${1} .need=${""}></tl-box>
      <button class="btn" aria-busy=${busy ? "true" : "false"}>${icon("plus")}<span>${t("Make this theme")}${busy ? html`<span class="dots"></span>` : nothing}</span></button></form>`;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { section, kinds, title, hint, add } = this.block;
    const { cards, stage } = this;
    const ids = cards.listed(section, kinds);
    // Of one's own notes there is nothing to say where none may be written now.
    if (!add && !ids.length && this.block.sees === "self") return nothing;
    const busy = stage.commands.busy(`add ${section}`);
    const open = add && this.open;
    // Where writing is the one thing now, the box stands before what others wrote.
    const first = open && this.block.sees !== "room";
    return html`<section class="section"><header><h2>${title}</h2>${ids.length ? html`<span class="note">${tn("{n} note", "{n} notes", ids.length)}</span>` : nothing}${sees(this.block.sees)}</header>
      ${hint ? html`<p class="note hint">${hint}</p>` : nothing}
      ${first ? this.adder(busy) : nothing}
      ${this.sorts && (ids.length || this.themes.length || this.begun) ? this.naming() : nothing}
      ${
        this.themes.length
          ? this.sorted(ids)
          : ids.length
            ? this.list(ids)
            : html`<p class="empty">${this.block.sees === "self" ? t("What you write stands here, for you alone.") : t("Notes will appear here.")}</p>`
      }
      ${
        add && !this.open
          ? html`<p class="adder"><button class="btn" type="button" @click=${() => {
              this.adding = true;
              void this.updateComplete.then(() =>
                this.querySelector<HTMLElement>("textarea")?.focus(),
              );
            }}>${icon("plus")}${t("Add a note")}</button></p>`
          : nothing
      }
      ${open && !first ? this.adder(busy) : nothing}${this.whole()}</section>`;
  }

  /** The way to everyone's board, where there is more room; one's own typing goes along. */
  private whole(): TemplateResult | typeof nothing {
    const { stage, view } = this;
    if (this.block.document !== "board" || view.lens === "screen") return nothing;
    return html`<p class="adder"><a class="btn small" href=${stage.path("board", view.seat)}>${icon("board")}${t("Open the board")}</a></p>`;
  }

  private adder(busy: boolean): TemplateResult {
    const { section, kinds } = this.block;
    const { stage } = this;
    return html`<form class="adder stack" @submit=${(event: Event) => this.add(event)}>
          ${kinds.length > 1 ? html`<fieldset><legend class="vh">${t("Kind of note")}</legend><div class="three">${kinds.map((kind, n) => html`<label class="opt"><input type="radio" name="kind" value=${kind} ?checked=${n === 0}><span>${kindWord(kind)}</span></label>`)}</div></fieldset>` : nothing}
          <tl-box .stage=${stage} .seat=${this.view.seat} .name=${stage.box(`note-${section}`)} .label=${t("Add a note")} .hint=${null} .limit=${NOTE_LIMIT} .lines=${2} .need=${""}></tl-box>
          <button class="btn" aria-busy=${busy ? "true" : "false"}>${icon("plus")}<span>${busy ? t("Adding") : t("Add it")}${busy ? html`<span class="dots"></span>` : nothing}</span></button></form>`;
  }
}
