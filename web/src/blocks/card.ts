// One card, the same in a room, on the panel, in the memo and on the board: what differs is the
// place it stands in, which says what may be done here. It looks again only when it itself changes.
import { html, nothing, type TemplateResult } from "lit";
import { hour, language, number, runs, t, tn, tp } from "../i18n";
import { icon, Part } from "../part";
import type { Facts, Shelf } from "../shelf";
import type { Stage } from "../stage";
import { NOTE_LIMIT, type Sees } from "../wire";
import { sees } from "./block";
import { beside, firstChoice, forReader, putting, renderable, spoken } from "./rendering";
import "./photo";

/** Milliseconds the focus waits for a card that was moved to stand in its new place. */
const LANDING = 6_000;

/** The draft of new words for a card without a name. */
const REWORD = "room/reword";

/** A line of a card's "Move to…" menu. */
export interface Row {
  label: string;
  icon?: string;
  /** Where it stands already. */
  current?: boolean;
  /** The menu stays open: it may be pressed again. */
  again?: boolean;
  run(): void;
}

/** What a card may ask of the place it stands in. */
export interface CardPlace {
  readonly stage: Stage;
  readonly shelf: Shelf;
  readonly seat: string;
  readonly sees: Sees;
  /** Whether kind, language and scope stand on each card, or at the head of its section. */
  readonly full: boolean;
  /** Whether moving is what this page is for: its button has words. */
  readonly wordy: boolean;
  movable(card: Facts): boolean;
  moves(card: Facts): Row[];
  /** Whether a tick may be put here, or is only counted. */
  ticks(card: Facts): "may" | "counted" | "";
  /** Whether this seat has ticked it, or is about to. */
  ticked(card: Facts): boolean;
  tick(card: Facts): void;
  remove(card: Facts): void;
  /** Something was typed into this card and is not saved yet. */
  typed(card: Facts): void;
  circle(group: string): string;
  /** Whether cards are being chosen, and whether this one is; null: nobody chooses. */
  chosen(card: Facts): boolean | null;
  choose(card: Facts): void;
  /** What else stands under a card. */
  below(card: Facts): TemplateResult | typeof nothing;
}

/** The cards that are drawn, by id: looking one up must not mean searching the page. */
const drawn = new Map<string, CardPart>();

/** The element of a card, if it is drawn. */
export function standing(card: string): CardPart | undefined {
  return drawn.get(card);
}

/** The card that was moved just now: the focus finds it again where it landed. */
let landing: { card: string; control: string; until: number } | null = null;

/** The card whose author was typing when it was moved, and where in it. */
let interrupted: { card: string; at: number; until: number } | null = null;

/** Keeps the focus on a card while it moves: on its `control`, found by a selector. */
export function land(card: string, control = ".move"): void {
  landing = { card, control, until: Date.now() + LANDING };
}

/** A card's kind, in a word (`methods.md` 1.7). */
export function kindWord(kind: string): string {
  switch (kind) {
    case "question":
      return t("A question");
    case "burning_question":
      return t("A burning question");
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
    case "commitment":
      return t("A step");
    case "plus":
      return t("What helped");
    case "delta":
      return t("What to change");
    case "score":
      return t("A number");
    case "worthwhile":
      return t("A hope");
    case "mood":
      return t("A mood");
    case "offer":
      return t("An offer");
    case "need":
      return t("A need");
    case "contact":
      return t("A contact");
    case "ask":
      return t("A request");
    case "reply":
      return t("A reply");
    case "agreement":
      return t("An agreement");
    case "update":
      return t("What has happened since");
    default:
      return t("An insight");
  }
}

/** The name of a language in itself; its code where the browser knows no better. */
export function tongue(code: string): string {
  try {
    return new Intl.DisplayNames([code], { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** Words that are somebody's own: who may quote them is said on the card. */
const WORDS: ReadonlySet<string> = new Set(["quote", "story_title", "key_moment"]);

export class CardPart extends Part {
  static override properties = {
    place: { attribute: false },
    card: {},
    editing: { state: true },
    moving: { state: true },
    into: { state: true },
    original: { state: true },
  };
  declare place: CardPlace;
  declare card: string;
  declare editing: boolean;
  declare moving: boolean;
  /** The language it is being put into; nothing: it is not. */
  declare into: string | undefined;
  /** This reader wants to see what was written. */
  declare original: boolean;
  private unwatch: (() => void) | undefined;
  private watching: unknown;
  private readonly look = () => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    drawn.set(this.card, this);
    this.requestUpdate();
    if (interrupted?.card === this.card) void this.resume(interrupted);
    if (landing?.card !== this.card) return;
    void this.updateComplete.then(() => this.land());
  }

  override disconnectedCallback(): void {
    if (drawn.get(this.card) === this) drawn.delete(this.card);
    const area = this.editing ? this.querySelector("textarea") : null;
    if (area) interrupted = { card: this.card, at: area.selectionEnd, until: Date.now() + LANDING };
    this.unwatch?.();
    this.unwatch = undefined;
    this.watching = undefined;
    super.disconnectedCallback();
  }

  /** Takes the focus if nobody has taken it elsewhere meanwhile. */
  private land(): void {
    if (!landing || landing.card !== this.card || !this.isConnected) return;
    const { control, until } = landing;
    const { activeElement } = document;
    const free = !activeElement || activeElement === document.body;
    if (Date.now() > until || !(free || this.contains(activeElement))) return;
    const to =
      this.querySelector<HTMLElement>(control) ?? this.querySelector<HTMLElement>("button");
    to?.focus();
  }

  /** Somebody moved the card while its author was typing in it: the caret goes along. */
  private async resume({ at, until }: { at: number; until: number }): Promise<void> {
    interrupted = null;
    if (Date.now() > until) return;
    this.editing = true;
    await this.updateComplete;
    const box = this.querySelector<HTMLElement & { updateComplete: Promise<boolean> }>("tl-box");
    await box?.updateComplete;
    const free = !document.activeElement || document.activeElement === document.body;
    const area = this.querySelector("textarea");
    if (!area || !free) return;
    area.focus();
    // At once: what is typed from here on stands behind the caret.
    area.setSelectionRange(at, at);
  }

  private watch(): void {
    if (this.watching === this.place.shelf && this.unwatch) return;
    this.unwatch?.();
    this.watching = this.place.shelf;
    this.unwatch = this.place.shelf.watch(this.card, this.look);
  }

  protected override render(): TemplateResult | typeof nothing {
    if (!this.isConnected) return nothing;
    this.watch();
    const { place } = this;
    const card = place.shelf.get(this.card);
    if (!card) return nothing;
    const own = place.stage.own(place.stage.author(card));
    const chosen = place.chosen(card);
    const movable = place.movable(card);
    const editing = this.editing && own;
    const mine = forReader(place.stage, card, own);
    const shown = this.original || this.into ? undefined : mine;
    const text = editing && card.author ? place.shelf.text(card.id) : undefined;
    return html`<div class="nt ${card.kind} ${chosen ? "chosen" : ""} ${chosen === null ? "" : "picking"} ${movable ? "movable" : ""}">
      ${chosen === null ? nothing : html`<label class="row pick"><input type="checkbox" .checked=${chosen} @change=${() => place.choose(card)}><span class="vh">${t("Choose: {note}", { note: card.text })}</span></label>`}
      ${card.photo ? html`<tl-photo .room=${place.stage.boot.room} .photo=${card.photo} .alt=${card.alt}></tl-photo>` : nothing}
      ${
        text
          ? html`<div class="editing" @keydown=${(event: KeyboardEvent) => this.key(event)}><tl-box .stage=${place.stage} .text=${text} .name=${""} .label=${t("Your note")} .hint=${null} .limit=${NOTE_LIMIT} .lines=${2} .need=${this.card} .typed=${() => place.typed(card)}></tl-box><div class="row"><button class="btn small" type="button" @click=${() => this.done()}>${tp("a button", "Done")}</button>${spoken(
              place.stage,
              card,
              (code) => {
                place.shelf.speak(card.id, code);
                place.typed(card);
              },
            )}</div></div>`
          : editing
            ? this.rewording(card)
            : shown
              ? html`<p class="text" dir=${runs(shown.language)} lang=${shown.language}>${shown.text}</p>`
              : html`<p class="text" dir="auto" lang=${card.language || nothing}>${card.text}</p>`
      }
      ${
        this.into
          ? putting(
              place.stage,
              card,
              this.into,
              (code) => {
                this.into = code;
              },
              () => this.put(undefined),
            )
          : editing
            ? nothing
            : beside(place.stage, card, mine, shown, () => {
                this.original = !this.original;
              })
      }
      ${place.below(card)}
      <div class="meta"><span class="who">${this.who(card, own, !!shown)}</span>${place.full ? sees(this.shown(card)) : nothing}${this.tools(card, own, movable)}</div>
      ${this.moving && movable ? this.menu(card) : nothing}</div>`;
  }

  private who(card: Facts, own: boolean, translated: boolean): TemplateResult {
    const { place } = this;
    const circle = card.group ? place.circle(card.group) : "";
    const name = card.author
      ? html`<bdi>${own && card.author === place.seat ? t("You") : place.stage.name(card.author) || t("Somebody")}</bdi>`
      : circle || card.group
        ? html`<bdi>${circle || t("From the circle")}</bdi>`
        : this.nameless(card, own);
    if (!place.full)
      return html`${name}${card.created ? html` · <span class="nums">${hour(card.created)}</span>` : nothing}`;
    const foreign = !translated && card.language && card.language !== language();
    const kind = card.kind === "insight" ? "" : kindWord(card.kind);
    return html`<span class="by">${name}</span>${card.author && circle ? html` · <bdi class="from">${circle}</bdi>` : nothing}${kind ? html` · <span class="kind">${kind}</span>` : nothing}${foreign ? html` · <span class="tongues" lang=${card.language}><bdi>${tongue(card.language)}</bdi></span>` : nothing}`;
  }

  /** A card without a name: others are told nothing, its author and facilitators whose it is. */
  private nameless(card: Facts, own: boolean): TemplateResult {
    const { stage } = this.place;
    const author = stage.author(card);
    if (own)
      return html`<span class="row tight">${icon("lock")}${t("You, without your name")}</span>`;
    if (author && stage.facilitator)
      return html`<span class="row tight">${icon("lock")}<bdi>${t("{name}, for facilitators only", { name: stage.name(author) || t("Somebody") })}</bdi></span>`;
    return html`<bdi>${t("Without a name")}</bdi>`;
  }

  /** Its words are changed by a command: typing into it would show who does. */
  private rewording(card: Facts): TemplateResult {
    const { stage } = this.place;
    const send = (event: Event) => {
      event.preventDefault();
      const text = stage.drafts.peek(stage.seat, REWORD).trim();
      if (text && text !== card.text)
        stage.say({ type: "note.reword", card: card.id, text }, [REWORD], `reword ${card.id}`);
      this.done();
    };
    return html`<form class="editing" @submit=${send} @keydown=${(event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.done();
    }}><tl-box .stage=${stage} .seat=${stage.seat} .name=${REWORD} .start=${card.text} .label=${t("Your note")} .hint=${t("Your name stays away from it.")} .limit=${NOTE_LIMIT} .lines=${2} .need=${""}></tl-box><button class="btn small">${tp("a button", "Done")}</button></form>`;
  }

  /** Its author takes a card away; what is nobody's a facilitator, on the board. */
  private removable(card: Facts, own: boolean): boolean {
    const { stage, sees } = this.place;
    const nobodys = !card.group && card.kind !== "theme" && !stage.author(card);
    return own || (nobodys && sees !== "self" && sees !== "circle" && stage.facilitator);
  }

  /** Who sees it; of somebody's own words, that they may be quoted. */
  private shown(card: Facts): Sees {
    const { sees } = this.place;
    const quotable = WORDS.has(card.kind) && (card.scope === "memo" || card.scope === "public");
    return sees === "room" && quotable ? "memo" : sees;
  }

  private tools(card: Facts, own: boolean, movable: boolean): TemplateResult {
    const { place } = this;
    const { wordy } = place;
    return html`${this.ticker(card)}${
      own
        ? html`<button class="btn icon edit" type="button" aria-label=${t("Edit")} aria-expanded=${this.editing ? "true" : "false"} @click=${() => this.unfold()}>${icon("pencil")}</button>`
        : nothing
    }${
      renderable(place.stage, card, place.full)
        ? html`<button class="btn icon put" type="button" aria-label=${t("Put this note in another language")} aria-expanded=${this.into ? "true" : "false"} @click=${() => this.put(this.into ? undefined : firstChoice(place.stage, card))}>${icon("globe")}</button>`
        : nothing
    }${
      movable
        ? html`<button class=${wordy ? "btn bare move" : "btn icon move"} type="button" aria-label=${wordy ? nothing : t("Move to…")} aria-haspopup="menu" aria-keyshortcuts=${place.full ? "Alt+ArrowUp Alt+ArrowDown" : nothing} aria-expanded=${this.moving ? "true" : "false"} @click=${() => this.open()}>${icon("move", "flip")}${wordy ? t("Move to…") : nothing}</button>`
        : nothing
    }${this.removable(card, own) ? html`<button class="btn icon away" type="button" aria-label=${t("Take this note away")} @click=${() => place.remove(card)}>${icon("cross")}</button>` : nothing}`;
  }

  private ticker(card: Facts): TemplateResult | typeof nothing {
    const { place } = this;
    const may = place.ticks(card);
    const mine = place.ticked(card);
    const others = card.ticks.filter((seat) => seat !== place.seat).length;
    const count = others + (mine ? 1 : 0);
    if (may !== "may")
      return may && count
        ? html`<span class="ticked row tight nums">${icon("check")}${tn("{n} also", "{n} also", count)}</span>`
        : nothing;
    return html`<button class="btn small bare ticker ${mine ? "on" : ""}" type="button" aria-pressed=${mine ? "true" : "false"} @click=${() => place.tick(card)}>${icon(mine ? "check" : "plus")}<span>${t("Also ours")}${count ? html` <span class="nums">${number(count)}</span>` : nothing}</span></button>`;
  }

  // Editing: live, for the author alone

  private unfold(): void {
    this.editing = !this.editing;
    this.moving = false;
    this.into = undefined;
    if (!this.editing) return;
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("textarea")?.focus());
  }

  /** Opens the box for another language, or closes it. */
  private put(into: string | undefined): void {
    this.into = into;
    if (into) {
      this.editing = false;
      this.moving = false;
    }
    const control = into ? ".putting select" : ".put";
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(control)?.focus());
  }

  private done(): void {
    this.editing = false;
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(".edit")?.focus());
  }

  private key(event: KeyboardEvent): void {
    const send = event.key === "Enter" && (event.ctrlKey || event.metaKey);
    if (event.key !== "Escape" && !send) return;
    event.stopPropagation();
    this.done();
  }

  // Moving, from the keyboard as with a thumb

  open(on = !this.moving): void {
    this.moving = on;
    if (!on) return;
    this.editing = false;
    this.into = undefined;
    void this.updateComplete.then(() => this.items()[0]?.focus());
  }

  private items(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>("[role=menuitem]")];
  }

  private shut(): void {
    this.moving = false;
    this.querySelector<HTMLElement>(".move")?.focus();
  }

  private menu(card: Facts): TemplateResult {
    const rows = this.place.moves(card);
    const press = (row: Row) => {
      if (!row.again) this.shut();
      if (row.current) return;
      land(card.id, row.again ? `[data-row="${rows.indexOf(row)}"]` : ".move");
      row.run();
    };
    const label = `to-${card.id}`;
    return html`<div class="menu moving" @keydown=${(event: KeyboardEvent) => this.steer(event)} @focusout=${(event: FocusEvent) => this.left(event)}><p class="note" id=${label}>${t("Move this note to")}</p><div role="menu" aria-labelledby=${label}>${rows.map(
      (row, n) =>
        html`<button type="button" role="menuitem" tabindex="-1" data-row=${n} aria-current=${row.current ? "true" : nothing} @click=${() => press(row)}>${row.icon ? icon(row.icon) : nothing}<bdi>${row.label}</bdi>${row.current ? icon("check") : nothing}</button>`,
    )}<button type="button" role="menuitem" tabindex="-1" @click=${() => this.shut()}>${t("Leave it here")}</button></div></div>`;
  }

  /** Tab goes on to the next card: the menu does not stay behind. A card that is moved in its list
   *  loses the focus for a moment, which is no reason to close. */
  private left(event: FocusEvent): void {
    const to = event.relatedTarget as Node | null;
    if (to && !this.contains(to)) this.moving = false;
  }

  private steer(event: KeyboardEvent): void {
    const items = this.items();
    const at = items.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (event.key === "Escape") this.shut();
    else if (to !== undefined) items[(to + items.length) % items.length]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
