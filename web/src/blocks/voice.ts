// A pair's big screen: whose time it is, in words, colour, a picture and a vibration.
import { html, nothing, svg, type TemplateResult } from "lit";
import { comma, t } from "../i18n";
import { nudge } from "../nudge";
import { icon, initials, shortName } from "../part";
import type { RingSeat, Voice } from "../wire";
import { TimedPart } from "./block";
import { dial, mat, Speaker } from "./ring";

/** Milliseconds of vibration: two short ones when it is your turn, one when it is not. */
const BUZZ: Record<Voice["mode"], number[]> = {
  speak: [120, 80, 120],
  listen: [200],
  think: [80],
  breath: [80],
  open: [80],
};

const PICTURES: Record<Voice["mode"], string> = {
  speak: "microphone",
  listen: "ear",
  think: "pencil",
  breath: "leaf",
  open: "speech",
};

function modeWord(mode: Voice["mode"]): string {
  switch (mode) {
    case "speak":
      return t("You speak");
    case "listen":
      return t("You listen");
    case "think":
      return t("Think for yourself");
    case "breath":
      return t("A breath");
    default:
      return t("Talk freely");
  }
}

export class VoiceBlock extends TimedPart<Voice> {
  private readonly speaker = new Speaker();
  private was: string | undefined;
  private told = "";

  /** A change of speaker is told once, aloud and in the hand; a page that just opened is silent. */
  private turned(): void {
    const { mode, text } = this.block;
    if (this.was !== undefined && this.was !== mode) {
      this.told = text;
      if (this.view.lens === "seat") nudge(BUZZ[mode]);
    }
    this.was = mode;
  }

  protected override render(): TemplateResult {
    const { mode, text, clock, next } = this.block;
    this.turned();
    this.speaker.hear(clock, mode === "speak");
    const first = !this.view.blocks.some((block) => block.type === "now");
    return html`<section class="voice ${mode}"><p class="how">${icon(PICTURES[mode])}<span>${modeWord(mode)}</span></p>
      ${first ? html`<h1 class="head" tabindex="-1">${text}</h1>` : html`<p class="head">${text}</p>`}
      ${this.picture()}${next ? html`<p class="next">${icon("pass", "flip")}<span>${next}</span></p>` : nothing}</section>
      <p class="vh" role="status">${this.told} ${this.speaker.text}</p>`;
  }

  private picture(): TemplateResult {
    const { mode, clock, others } = this.block;
    const me: RingSeat = { seat: this.view.seat, name: t("You"), state: "waiting" };
    const own = this.view.lens === "seat";
    const beside = own ? others : others.slice(1);
    const first = own ? me : others[0];
    const shown = beside.slice(0, 4);
    const tall = Math.max(168, shown.length * 84);
    const middle = tall / 2;
    // The dial is drawn round the ring's own middle (164, 173): moved to where it stands here.
    return html`<svg class="duo ring" viewBox=${`0 0 320 ${tall}`} aria-hidden="true">
      ${clock ? svg`<g transform=${`translate(${160 - 164 * 0.86} ${middle - 173 * 0.86}) scale(0.86)`}><path class="weave" d=${mat()}></path><circle class="track" cx="164" cy="173" r="71"></circle>${dial(clock, 0.75, mode === "speak")}</g>` : nothing}
      ${first ? this.seat(first, 46, middle, mode === "speak" && own) : nothing}
      ${shown.map((seat, n) => this.seat(seat, 274, ((n + 0.5) * tall) / shown.length, seat.state === "floor"))}</svg>
      ${others.length ? html`<p class="vh">${others.map((seat, n) => html`${n ? comma() : t("With you: ")}<bdi>${seat.name}</bdi>`)}</p>` : nothing}`;
  }

  private seat(seat: RingSeat, x: number, y: number, floor: boolean): TemplateResult {
    const mine = this.view.lens === "seat" && seat.seat === this.view.seat;
    const name = mine ? this.stage.name(seat.seat) || t("You") : seat.name;
    return svg`<g class=${`seat ${floor ? "floor" : seat.state} ${mine ? "me" : ""}`}><circle class="bed" cx=${x} cy=${y - 6} r="33"></circle><circle class="d" cx=${x} cy=${y - 6} r="29"></circle><text class="ini" x=${x} y=${y}>${initials(name)}</text><text class="nm" x=${x} y=${y + 40}>${mine ? t("You") : shortName(seat.name, 11)}</text></g>`;
  }
}
