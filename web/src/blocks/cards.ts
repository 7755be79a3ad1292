// A section of a board: cards as a list, one element per card watching its own part of the
// document; adding is a command, editing one's own text is live, moving is a menu.
import { html, nothing, type TemplateResult } from "lit";
import * as Y from "yjs";
import { StagePart } from "../frame";
import { hour, t, tn } from "../i18n";
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
      cards.observe(this.look);
      this.unwatch = () => cards.unobserve(this.look);
    }
    return cards;
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

  protected override render(): TemplateResult {
    const { section, kinds, title, hint, add } = this.block;
    const { cards, stage } = this;
    const ids = listed(cards, section, kinds);
    const busy = stage.commands.busy(`add ${section}`);
    return html`<section class="section"><header><h2>${title}</h2>${ids.length ? html`<span class="note">${tn("{n} note", "{n} notes", ids.length)}</span>` : nothing}${sees(this.block.sees)}</header>
      ${hint ? html`<p class="note">${hint}</p>` : nothing}
      ${
        ids.length
          ? html`<ul>${ids.map((id) => html`<tl-card .stage=${stage} .cards=${cards} .card=${id} .seat=${this.view.seat} .document=${this.block.document} .sees=${this.block.sees}></tl-card>`)}</ul>`
          : html`<p class="empty">${t("Notes will appear here.")}</p>`
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
      ${
        add && this.open
          ? html`<form class="adder stack" @submit=${(event: Event) => this.add(event)}>
          ${kinds.length > 1 ? html`<fieldset><legend class="vh">${t("Kind of note")}</legend><div class="three">${kinds.map((kind, n) => html`<label class="opt"><input type="radio" name="kind" value=${kind} ?checked=${n === 0}><span>${kindWord(kind)}</span></label>`)}</div></fieldset>` : nothing}
          <tl-box .stage=${stage} .seat=${this.view.seat} .name=${stage.box(`note-${section}`)} .label=${t("Add a note")} .hint=${null} .limit=${500} .lines=${2} .need=${""}></tl-box>
          <button class="btn" aria-busy=${busy ? "true" : "false"}>${icon("plus")}<span>${busy ? t("Adding") : t("Add it")}${busy ? html`<span class="dots"></span>` : nothing}</span></button></form>`
          : nothing
      }</section>`;
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
    editing: { state: true },
    moving: { state: true },
  };
  declare cards: Y.Map<CardMap>;
  declare card: string;
  declare seat: string;
  declare document: string;
  declare sees: Sees;
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
    return html`<li class="nt ${word(card, "kind")}">
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
        this.document === "board"
          ? html`<button class="btn icon" type="button" aria-label=${t("Move to…")} aria-expanded=${this.moving ? "true" : "false"} @click=${() => {
              this.moving = !this.moving;
            }}>${icon("move", "flip")}</button>`
          : nothing
      }
      ${own ? html`<button class="btn icon" type="button" aria-label=${t("Take this note away")} @click=${() => this.stage.say({ type: "note.delete", document: this.document, card: this.card })}>${icon("cross")}</button>` : nothing}</div>
      ${this.moving ? this.menu() : nothing}</li>`;
  }

  private menu(): TemplateResult {
    const themes = listed(this.cards, "", ["theme"]).filter((id) => id !== this.card);
    const move = (theme: string) => {
      this.moving = false;
      this.stage.say({ type: "note.move", card: this.card, theme });
    };
    return html`<div class="menu"><p class="note">${t("Move this note to")}</p>${themes.map(
      (id) => {
        const theme = this.cards.get(id);
        return html`<button type="button" dir="auto" @click=${() => move(id)}>${theme ? word(theme, "text") : ""}</button>`;
      },
    )}<button type="button" @click=${() => move("")}>${t("No theme")}</button></div>`;
  }
}
