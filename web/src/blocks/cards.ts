// A section of a board: cards as a list, one element per card watching its own part of the
// document; adding is a command, editing one's own text is live, moving is a menu.
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import * as Y from "yjs";
import { StagePart } from "../frame";
import { hour, number, t, tn } from "../i18n";
import { icon } from "../part";
import type { Cards, Sees } from "../wire";
import { BlockPart, sees } from "./block";

type CardMap = Y.Map<unknown>;

function word(card: CardMap, key: string): string {
  const value = card.get(key);
  return value instanceof Y.Text ? value.toString() : typeof value === "string" ? value : "";
}

/** Cards of a section, in their order. */
export function listed(cards: Y.Map<CardMap>, section: string, kinds: readonly string[]): string[] {
  const found: [string, string][] = [];
  cards.forEach((card, id) => {
    if (!(card instanceof Y.Map)) return;
    if (section && word(card, "section") !== section) return;
    if (kinds.length && !kinds.includes(word(card, "kind"))) return;
    const order = card.get("order") ?? card.get("created") ?? "";
    found.push([String(order).padStart(20, "0"), id]);
  });
  return found.sort().map(([, id]) => id);
}

/** The card that was moved just now: its menu is found again where it landed. */
let landing: { card: string; theme: string; from: unknown } | null = null;

export class CardsBlock extends BlockPart<Cards> {
  static override properties = { ...BlockPart.properties, adding: { state: true } };
  declare adding: boolean;
  private unwatch: (() => void) | undefined;
  private watching = "";
  private readonly look = () => this.requestUpdate();

  override disconnectedCallback(): void {
    this.unwatch?.();
    this.unwatch = undefined;
    this.watching = "";
    super.disconnectedCallback();
  }

  /** "mine" is this seat's own document. */
  private get document(): string {
    return this.block.document === "mine" ? `mine/${this.view.seat}` : this.block.document;
  }

  private get cards(): Y.Map<CardMap> {
    const shared = this.stage.connection.open(this.document);
    const cards = shared.doc.getMap(
      this.document.startsWith("mine/") ? "notes" : "cards",
    ) as Y.Map<CardMap>;
    if (this.watching !== `${this.document} ${shared.doc.clientID}`) {
      this.unwatch?.();
      this.watching = `${this.document} ${shared.doc.clientID}`;
      // A card may go under another theme, so its parts count too.
      cards.observeDeep(this.look);
      this.unwatch = () => cards.unobserveDeep(this.look);
    }
    return cards;
  }

  /** On the panel and the memo facilitators sort what everyone sees into themes. */
  private get sorts(): boolean {
    return this.block.document === "board" && this.view.lens === "panel";
  }

  private get themes(): string[] {
    return this.block.document === "board" ? listed(this.cards, "", ["theme"]) : [];
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
    const { cards, stage } = this;
    return html`<ul>${repeat(
      ids,
      (id) => id,
      (id) =>
        html`<li><tl-card .stage=${stage} .cards=${cards} .card=${id} .seat=${this.view.seat} .document=${this.block.document} .sees=${this.block.sees} .sorts=${this.sorts}></tl-card></li>`,
    )}</ul>`;
  }

  /** Under their themes; what has none comes first for those who sort, last for those who read. */
  private sorted(ids: string[]): TemplateResult {
    const { cards } = this;
    const under = new Map<string, string[]>(this.themes.map((id) => [id, []]));
    const loose: string[] = [];
    for (const id of ids) {
      const card = cards.get(id);
      (under.get(card ? word(card, "theme") : "") ?? loose).push(id);
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
    const card = this.cards.get(theme);
    return card ? word(card, "text") : "";
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

  protected override render(): TemplateResult {
    const { section, kinds, title, hint, add } = this.block;
    const { cards, stage } = this;
    const ids = listed(cards, section, kinds);
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
      ${open && !first ? this.adder(busy) : nothing}</section>`;
  }

  private adder(busy: boolean): TemplateResult {
    const { section, kinds } = this.block;
    const { stage } = this;
    return html`<form class="adder stack" @submit=${(event: Event) => this.add(event)}>
          ${kinds.length > 1 ? html`<fieldset><legend class="vh">${t("Kind of note")}</legend><div class="three">${kinds.map((kind, n) => html`<label class="opt"><input type="radio" name="kind" value=${kind} ?checked=${n === 0}><span>${kindWord(kind)}</span></label>`)}</div></fieldset>` : nothing}
          <tl-box .stage=${stage} .seat=${this.view.seat} .name=${stage.box(`note-${section}`)} .label=${t("Add a note")} .hint=${null} .limit=${500} .lines=${2} .need=${""}></tl-box>
          <button class="btn" aria-busy=${busy ? "true" : "false"}>${icon("plus")}<span>${busy ? t("Adding") : t("Add it")}${busy ? html`<span class="dots"></span>` : nothing}</span></button></form>`;
  }
}

/** A card's kind, in a word (`methods.md` 1.7). */
export function kindWord(kind: string): string {
  switch (kind) {
    case "question":
      return t("A question");
    case "practice":
      return t("A way of working");
    case "quote":
      return t("A quote");
    case "theme":
      return t("A theme");
    case "parking":
      return t("For later");
    case "key_moment":
      return t("A moment");
    case "story_title":
      return t("A title");
    default:
      return t("An insight");
  }
}

/** One card. */
export class CardPart extends StagePart {
  static override properties = {
    ...StagePart.properties,
    cards: { attribute: false },
    card: {},
    seat: {},
    document: {},
    sees: {},
    sorts: { type: Boolean },
    editing: { state: true },
    moving: { state: true },
  };
  declare cards: Y.Map<CardMap>;
  declare card: string;
  declare seat: string;
  declare document: string;
  declare sees: Sees;
  /** Whether this page is where notes are put under themes. */
  declare sorts: boolean;
  declare editing: boolean;
  declare moving: boolean;
  private unwatch: (() => void) | undefined;
  private watched: CardMap | undefined;
  private readonly look = () => this.requestUpdate();

  override disconnectedCallback(): void {
    this.unwatch?.();
    this.unwatch = undefined;
    this.watched = undefined;
    super.disconnectedCallback();
  }

  protected override render(): TemplateResult | typeof nothing {
    const card = this.cards.get(this.card);
    if (!(card instanceof Y.Map)) return nothing;
    if (this.watched !== card) {
      this.unwatch?.();
      this.watched = card;
      card.observeDeep(this.look);
      this.unwatch = () => card.unobserveDeep(this.look);
    }
    const author = word(card, "author");
    const own = this.stage.own(author);
    const text = card.get("text");
    const created = Number(card.get("created") ?? 0);
    return html`<div class="nt ${word(card, "kind")}">
      ${
        this.editing && text instanceof Y.Text
          ? html`<tl-box .stage=${this.stage} .text=${text} .name=${""} .label=${t("Your note")} .hint=${null} .limit=${500} .lines=${2} .need=${this.card}></tl-box><button class="btn small" type="button" @click=${() => {
              this.editing = false;
            }}>${t("Done")}</button>`
          : html`<p class="text" dir="auto" lang=${word(card, "language") || nothing}>${word(card, "text")}</p>`
      }
      ${own && this.stage.sharing && this.document.startsWith("group/") ? html`<label class="row sharing"><input type="checkbox" .checked=${this.stage.ticked.has(this.card)} @change=${() => this.stage.tick(this.card)}>${t("Share this one")}</label>` : nothing}
      <div class="meta"><span class="who">${author ? html`<bdi>${own && author === this.seat ? t("You") : this.stage.name(author)}</bdi>` : t("From the circle")}${created ? html` · <span class="nums">${hour(created)}</span>` : nothing}</span>
      ${
        own
          ? html`<button class="btn icon" type="button" aria-label=${t("Edit")} @click=${() => {
              this.editing = !this.editing;
            }}>${icon("pencil")}</button>`
          : nothing
      }
      ${
        this.sorts || (own && this.document === "board" && this.themes.length)
          ? html`<button class=${this.sorts ? "btn bare move" : "btn icon move"} type="button" aria-label=${this.sorts ? nothing : t("Move to…")} aria-expanded=${this.moving ? "true" : "false"} @click=${() => this.unfold()}>${icon("move", "flip")}${this.sorts ? t("Move to…") : nothing}</button>`
          : nothing
      }
      ${own ? html`<button class="btn icon" type="button" aria-label=${t("Take this note away")} @click=${() => this.stage.say({ type: "note.delete", document: this.document, card: this.card })}>${icon("cross")}</button>` : nothing}</div>
      ${this.moving ? this.menu() : nothing}</div>`;
  }

  private get themes(): string[] {
    return listed(this.cards, "", ["theme"]);
  }

  protected override updated(): void {
    const card = this.cards.get(this.card);
    if (landing?.card !== this.card || landing.from === this || !card) return;
    if (word(card, "theme") !== landing.theme) return;
    landing = null;
    this.querySelector<HTMLElement>(".move")?.focus();
  }

  private unfold(): void {
    this.moving = !this.moving;
    if (!this.moving) return;
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(".menu button")?.focus());
  }

  private menu(): TemplateResult {
    const card = this.cards.get(this.card);
    const under = card ? word(card, "theme") : "";
    const { themes } = this;
    const move = (theme: string) => {
      this.moving = false;
      this.querySelector<HTMLElement>(".move")?.focus();
      if (theme === under) return;
      landing = { card: this.card, theme, from: this };
      this.stage.say({ type: "note.move", card: this.card, theme });
    };
    const row = (id: string, label: string) =>
      html`<button type="button" aria-current=${id === under ? "true" : nothing} @click=${() => move(id)}><bdi>${label}</bdi>${id === under ? icon("check") : nothing}</button>`;
    return html`<div class="menu" @keydown=${(event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      this.moving = false;
      this.querySelector<HTMLElement>(".move")?.focus();
    }}><p class="note">${themes.length ? t("Move this note to") : t("Make a theme first, in the box above. Then move notes under it.")}</p>${themes.map(
      (id) => {
        const theme = this.cards.get(id);
        return row(id, theme ? word(theme, "text") : "");
      },
    )}${themes.length ? row("", t("No theme")) : nothing}<button type="button" @click=${() => {
      this.moving = false;
      this.querySelector<HTMLElement>(".move")?.focus();
    }}>${t("Leave it here")}</button></div>`;
  }
}
