// Dots on options: by tap, and while the ballot has the focus by an option's number.
import { html, nothing, type TemplateResult } from "lit";
import { number, t, tn } from "../i18n";
import { icon, picture } from "../part";
import type { Ballot, BallotOption, Offer } from "../wire";
import { TimedPart } from "./block";
import { clockFor, Speaker } from "./ring";

/** Milliseconds within which two digits are one number, where there are ten options or more. */
const DIGITS = 700;

/** More dots than this on one option are not drawn as empty places. */
const MANY = 5;

export class BallotBlock extends TimedPart<Ballot> {
  private digits = "";
  private waiting: number | undefined;
  private used: number | undefined;
  private told = "";

  private readonly speaker = new Speaker();

  override disconnectedCallback(): void {
    window.clearTimeout(this.waiting);
    super.disconnectedCallback();
  }

  private offer(type: string): Offer | undefined {
    return type ? this.stage.offers.find((offer) => offer.type === type) : undefined;
  }

  private get left(): number {
    return Math.max(0, this.block.dots - this.block.used);
  }

  private may(option: BallotOption, add: boolean): boolean {
    const { offer, back, each } = this.block;
    return add
      ? !!this.offer(offer) && this.left > 0 && option.mine < each
      : !!this.offer(back) && option.mine > 0;
  }

  private dot(option: BallotOption | undefined, add: boolean): void {
    const offer = this.offer(add ? this.block.offer : this.block.back);
    if (!option || !offer || !this.may(option, add)) return;
    this.stage.take(offer, { [this.block.field]: option.value });
  }

  /** Digits give a dot, with Shift they take one away. They fire only inside the ballot. */
  private key(event: KeyboardEvent): void {
    const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code)?.[1];
    if (!digit || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    event.preventDefault();
    window.clearTimeout(this.waiting);
    this.digits += digit;
    const { options } = this.block;
    const give = () => {
      const wanted = Number(this.digits);
      this.digits = "";
      this.dot(
        options.find((option) => option.number === wanted),
        !event.shiftKey,
      );
    };
    const longer = options.some(
      (option) =>
        String(option.number).startsWith(this.digits) && String(option.number) !== this.digits,
    );
    if (longer) this.waiting = window.setTimeout(give, DIGITS);
    else give();
  }

  protected override render(): TemplateResult {
    const { options, dots, used, clock } = this.block;
    const open = !!this.offer(this.block.offer) || !!this.offer(this.block.back);
    const left = tn("{n} dot left", "{n} dots left", this.left);
    if (this.used !== undefined && this.used !== used) this.told = left;
    this.used = used;
    return html`<section class="stack ballot" @keydown=${(event: KeyboardEvent) => this.key(event)}><h2 class="sec">${open ? t("Your dots") : t("The options")}<span class="note nums">${open ? html`<span class="dotted" aria-hidden="true">${"●".repeat(used)}${"○".repeat(this.left)}</span> ${left}` : dots ? tn("{n} dot each", "{n} dots each", dots) : nothing}</span></h2>
      ${clockFor(this.stage, this.view, clock, this.speaker)}
      <ol class="options">${options.map((option) => this.option(option, open))}</ol>
      ${open ? html`<p class="note wideonly">${t("Keys: the number gives a dot, Shift and the number takes it back.")}</p>` : nothing}
      <p class="vh" role="status">${this.told}</p></section>`;
  }

  private option(option: BallotOption, open: boolean): TemplateResult {
    const { each } = this.block;
    const name = `${number(option.number)}. ${option.label}`;
    const mine = tn("{n} dot from you", "{n} dots from you", option.mine);
    // Buttons stay where they are when they cannot be pressed: the focus must not fall away.
    return html`<li class=${option.mine ? "has" : ""}><span class="no nums" aria-hidden="true">${number(option.number)}</span>${option.picture ? picture(option.picture) : nothing}<span class="what"><span dir="auto">${option.label}</span>${open || option.mine ? html`<span class="dotted" aria-hidden="true">${"●".repeat(option.mine)}${each <= MANY ? "○".repeat(Math.max(0, each - option.mine)) : ""}</span>` : nothing}${option.mine ? html`<span class="vh">${mine}</span>` : nothing}</span>${
      open
        ? html`<span class="give"><button class="btn icon take" type="button" aria-disabled=${this.may(option, false) ? "false" : "true"} aria-label=${t("Take a dot back from {option}", { option: name })} @click=${() => this.dot(option, false)}>${icon("minus")}</button><button class="btn icon" type="button" aria-disabled=${this.may(option, true) ? "false" : "true"} aria-label=${t("Give a dot to {option}", { option: name })} @click=${() => this.dot(option, true)}>${icon("plus")}</button></span>`
        : nothing
    }</li>`;
  }
}
