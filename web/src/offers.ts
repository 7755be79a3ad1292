// Buttons from offers: one coral, equals beside it, a quiet foot. Each says what is happening.
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { dateField } from "./blocks/dates";
import { StagePart } from "./frame";
import { t } from "./i18n";
import { icon } from "./part";
import type { Stage } from "./stage";
import type { Block, Need, Offer } from "./wire";

const ICONS: [RegExp, string][] = [
  [/^phase\.back/, "undo"],
  [/^say\./, "speech"],
  [/^break\./, "later"],
  [/^room\.call/, "call"],
  [/help/, "heart"],
  [/pause/, "pause"],
  [/resume/, "play"],
  [/freeze/, "freeze"],
  [/stop|cut/, "freeze"],
  [/extend|more|hold|^time\./, "plus"],
  [/ready/, "check"],
  [/leave/, "cross"],
  [/lead/, "key"],
  [/door/, "house"],
  [/name|^words\./, "pencil"],
  [/language/, "globe"],
  [/willing|seat|host/, "people"],
  [/skip|next|\.pass$/, "pass"],
];

function iconOf(type: string): string {
  return ICONS.find(([pattern]) => pattern.test(type))?.[1] ?? "arrow";
}

/** Commands a block sends by itself, by type. */
function sentBy(block: Block): string[] {
  switch (block.type) {
    case "ballot":
      return [block.offer, block.back];
    case "piles":
      return [block.move, block.tick, block.untick, block.rename, block.merge];
    default:
      return [];
  }
}

/** Offers of a view that no block of it draws at its own lines. */
export function loose(offers: Offer[], blocks: Block[]): Offer[] {
  const lines = new Set(
    blocks.flatMap((block) =>
      block.type === "groups"
        ? block.groups.flatMap((group) => group.offers)
        : block.type === "commitments"
          ? block.cards.flatMap((card) => card.offers)
          : [],
    ),
  );
  const sent = new Set(blocks.flatMap(sentBy));
  return offers.filter((offer, n) => !lines.has(n) && !sent.has(offer.type));
}

export function drawn(offers: Offer[], ...places: string[]): Offer[] {
  return offers.filter((offer) => offer.shown !== false && places.includes(offer.place));
}

/** A button for one offer, with its questions (needs, confirmation) unfolding below. */
export class OfferButton extends StagePart {
  static override properties = {
    ...StagePart.properties,
    offer: { attribute: false },
    look: {},
    open: { state: true },
    more: { attribute: false },
    keys: {},
    said: { state: true },
  };
  declare offer: Offer;
  /** Needs that are answered by where the button stands ({pile: "t1"}). */
  declare more: Record<string, unknown> | undefined;
  /** Class names of the button. */
  declare look: string;
  /** The key that presses this button, for screen readers to say. */
  declare keys: string | undefined;
  declare open: boolean;
  declare said: string;

  /** Whether a press opens questions first. */
  get asks(): boolean {
    return this.questions.length > 0 || !!this.offer.confirm;
  }

  private get questions(): [string, Need][] {
    return this.stage.asks(this.offer).filter(([field]) => !(field in (this.more ?? {})));
  }

  press(): void {
    const { offer, stage } = this;
    if (stage.commands.busy(stage.key(offer))) return;
    if (this.asks) {
      if (this.open) this.put();
      else this.open = true;
      if (this.open)
        void this.updateComplete.then(() =>
          this.querySelector<HTMLElement>(".ask :is(input, textarea, select, button)")?.focus(),
        );
      return;
    }
    this.send();
  }

  private send(): void {
    const missing = this.stage.take(this.offer, this.more);
    this.said = missing.length ? this.sentence(missing[0] ?? "") : "";
    if (missing.length) this.point(missing[0] ?? "");
    else this.open = false;
  }

  private sentence(field: string): string {
    const written = this.offer.needs[field]?.kind.startsWith("text");
    const label = this.asked(field);
    if (!label) return written ? t("Write something first.") : t("Choose one first.");
    return written
      ? t("{field}: write something first.", { field: label })
      : t("{field}: choose one first.", { field: label });
  }

  /** What a field is called where it stands, if several are asked for. */
  private asked(field: string): string | undefined {
    for (const block of this.stage.view?.blocks ?? [])
      if (block.type === "form" && block.offer === this.offer.type)
        return block.fields.find((each) => each.field === field)?.label;
    return undefined;
  }

  /** Shows where something is missing. */
  private point(field: string): void {
    const at = `[data-need="${this.offer.type}/${field}"]`;
    const box = document.querySelector<HTMLElement>(`${at} :is(input, textarea, select)`);
    box?.focus({ preventScroll: true });
    box?.closest("[data-need]")?.scrollIntoView({ block: "center" });
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    if (this.offer) this.dataset.does = this.does;
  }

  /** What a press would do, as it is sent: another step is another button (`steady.ts`). */
  private get does(): string {
    const { label, place, needs, hint, confirm, shown, epoch, ...command } = this.offer;
    void [label, place, needs, hint, confirm, shown, epoch];
    return JSON.stringify([command, this.more]);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { offer, stage } = this;
    if (!offer) return nothing;
    const busy = stage.commands.busy(stage.key(offer));
    const look = this.look ?? "";
    const quiet = look.includes("bare") || look.includes("row");
    return html`${keyed(
      offer.type,
      html`<button
        class=${look.includes("menurow") ? "" : `btn ${this.open ? look.replace("main", "") : look}`}
        type="button"
        aria-busy=${busy ? "true" : "false"}
        aria-keyshortcuts=${this.keys ?? nothing}
        aria-expanded=${this.asks ? (this.open ? "true" : "false") : nothing}
        @click=${() => this.press()}
        @keydown=${(event: KeyboardEvent) => {
          // A key held down is one press, not a step a moment.
          if (event.repeat && event.key === "Enter") event.preventDefault();
        }}
      >${quiet || look.includes("menurow") ? icon(iconOf(offer.type)) : nothing}<span>${offer.label}${busy ? html`<span class="dots"></span>` : nothing}</span></button>`,
    )}
      ${this.said && !busy ? html`<p class="note" role="status">${this.said}</p>` : nothing}
      ${this.open && this.asks ? this.question() : nothing}`;
  }

  private question(): TemplateResult {
    const { offer } = this;
    return html`<form
      class="ask stack"
      @submit=${(event: Event) => {
        event.preventDefault();
        this.send();
      }}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key !== "Escape") return;
        // The menu round it stays open.
        event.preventDefault();
        this.put();
        this.querySelector("button")?.focus();
      }}
    >
      ${offer.confirm ? html`<p>${offer.confirm}</p>` : nothing}
      ${this.questions.map(([field, need]) => this.field(field, need))}
      <div class="pair"><button class="btn main">${offer.label}</button
        ><button class="btn" type="button" @click=${() => this.put()}>${t("Not now")}</button></div>
    </form>`;
  }

  /** Puts the questions away. What somebody wrote waits in its box; what only stood there goes, so
   *  that the next time shows what is true then. */
  private put(): void {
    const { offer, stage } = this;
    this.open = false;
    for (const box of stage.questionBoxes(offer))
      if (!stage.drafts.byHandIn(stage.seat, box)) stage.drafts.sent(stage.seat, box);
  }

  private field(field: string, need: Need): TemplateResult {
    const { offer, stage } = this;
    const label = need.label ?? offer.label;
    const value = stage.answer(offer, field);
    const id = `${stage.scope(offer)}-${field}`.replace(/\W+/g, "-");
    const set = (next: string | boolean | string[] | undefined) =>
      stage.fill(stage.scope(offer), field, next);
    const text = (event: Event) => (event.target as HTMLInputElement).value;
    switch (need.kind) {
      case "flag":
        return html`<label class="row"><input type="checkbox" .checked=${value === true} @change=${(event: Event) => set((event.target as HTMLInputElement).checked)}>${label}</label>`;
      case "choice":
        return html`<fieldset data-need=${`${offer.type}/${field}`}><legend>${label}</legend><div class="opts">${need.options.map(
          (option) =>
            html`<label class="opt"><input type="radio" name=${id} .checked=${value === option.value} @change=${() => set(option.value)}><span>${option.label}${option.hint ? html`<small>${option.hint}</small>` : nothing}</span>${icon("check", "tick")}</label>`,
        )}</div></fieldset>`;
      case "seat":
      case "seats":
        return this.people(field, need, label);
      case "number":
        return html`<label class="field" data-need=${`${offer.type}/${field}`}>${label}<input class="inp" type="number" min=${need.low || nothing} max=${need.high || nothing} .value=${String(value ?? "")} @input=${(event: Event) => set(text(event) || undefined)}></label>`;
      case "date":
        return dateField({
          id,
          need: `${offer.type}/${field}`,
          label,
          options: need.options,
          value: String(value ?? ""),
          set,
        });
      default: {
        const box = stage.questionBox(offer, field);
        if (box)
          return html`<tl-box .stage=${stage} .seat=${stage.seat} .name=${box} .label=${label} .hint=${null} .limit=${need.limit ?? 0} .lines=${2} .need=${`${offer.type}/${field}`} .start=${typeof need.value === "string" ? need.value : undefined}></tl-box>`;
        return html`<label class="field" data-need=${`${offer.type}/${field}`}>${label}<textarea class="inp" rows="2" dir="auto" .value=${String(value ?? "")} @input=${(event: Event) => set(need.kind === "texts" ? text(event).split(/\n+/).filter(Boolean) : text(event))}></textarea></label>`;
      }
    }
  }

  private people(field: string, need: Need, label: string): TemplateResult {
    const { offer, stage } = this;
    const several = need.kind === "seats";
    const listed = need.options.length
      ? need.options.map((option) => ({ seat: option.value, name: option.label }))
      : (stage.people?.people ?? []).filter(
          (person) =>
            ["here", "away"].includes(person.presence) &&
            person.role !== "screen" &&
            person.seat !== stage.seat,
        );
    const chosen = stage.answer(offer, field);
    const has = (seat: string) => (Array.isArray(chosen) ? chosen.includes(seat) : chosen === seat);
    const toggle = (seat: string) => {
      if (!several) {
        stage.fill(stage.scope(offer), field, seat);
        return;
      }
      const list = Array.isArray(chosen) ? chosen : [];
      stage.fill(
        stage.scope(offer),
        field,
        has(seat) ? list.filter((s) => s !== seat) : [...list, seat],
      );
    };
    return html`<fieldset data-need=${`${offer.type}/${field}`}><legend>${label}</legend><div class="opts">${listed.map(
      (person) =>
        html`<label class="opt"><input type=${several ? "checkbox" : "radio"} name=${`${stage.scope(offer)}-${field}`} .checked=${has(person.seat)} @change=${() => toggle(person.seat)}><span dir="auto">${person.name}</span>${icon("check", "tick")}</label>`,
    )}</div></fieldset>`;
  }
}

/** Looking after a circle is an offer at the edge: it never stands among a teller's buttons. */
function aside(offer: Offer): boolean {
  return offer.place === "beside" && offer.type.startsWith("host.");
}

/** Main and beside: two equals stand in a pair, more stack; the coral one comes first. */
export function mainOffers(stage: Stage, offers: Offer[]): TemplateResult | typeof nothing {
  const main = drawn(offers, "main");
  const beside = drawn(offers, "beside").filter((offer) => !aside(offer));
  const all = [...main, ...beside];
  const button = (offer: Offer) =>
    html`<tl-offer .stage=${stage} .offer=${offer} .look=${offer === main[0] ? "main big" : "big"}></tl-offer>`;
  if (!all.length) return nothing;
  if (all.length === 2 && main.length === 1)
    return html`<div class="pair">${all.map(button)}</div>`;
  if (all.length === 3 && main.length === 1)
    return html`${alone(all) ? html`${button(all[0] as Offer)}<div class="pair">${all.slice(1).map(button)}</div>` : html`<div class="pair">${all.slice(0, 2).map(button)}</div>${button(all[2] as Offer)}`}`;
  return html`${main.map(button)}${beside.length ? html`<div class="pair">${beside.map(button)}</div>` : nothing}`;
}

/** "I have finished" stands alone; "Begin" has Pass as its equal. */
function alone(offers: Offer[]): boolean {
  return !!offers[0]?.type.match(/done|finish/);
}

export function footOffers(stage: Stage, offers: Offer[]): TemplateResult | typeof nothing {
  const foot = [...drawn(offers, "beside").filter(aside), ...drawn(offers, "foot")];
  if (!foot.length) return nothing;
  return html`<div class="footlinks">${foot.map(
    (offer) => html`<tl-offer .stage=${stage} .offer=${offer} .look=${"bare"}></tl-offer>`,
  )}</div>`;
}
