// What people say about a part of the memo they have: read by everyone who has it, printed nowhere.
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { t, tp } from "../i18n";
import { define, icon, Part } from "../part";
import type { Stage } from "../stage";
import type { Comment } from "./tree";

/** Characters of a comment, as the room takes them. */
const LIMIT = 600;
/** Letters of a place in the name of its draft. */
const NAMED = 50;

export class SaidPart extends Part {
  static override properties = {
    stage: { attribute: false },
    place: {},
    heading: {},
    comments: { attribute: false },
    open: { state: true },
    may: { attribute: false },
  };
  declare stage: Stage;
  /** The section's id. */
  declare place: string;
  declare heading: string;
  declare comments: Comment[];
  /** Whether somebody can still say something. */
  declare may: boolean;
  declare open: boolean;

  private get box(): string {
    return `memo/${this.place.slice(-NAMED)}`;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { comments, may } = this;
    if (!comments.length && !may) return nothing;
    return html`<div class="said">${
      comments.length
        ? html`<ul class="plainlist" aria-label=${t("What people said about “{part}”", { part: this.heading })}>${repeat(
            comments,
            (each) => each.id,
            (each) => this.entry(each),
          )}</ul>`
        : nothing
    }${may ? this.writing() : nothing}</div>`;
  }

  private entry(each: Comment): TemplateResult {
    const { stage } = this;
    return html`<li><p dir="auto">${each.text}</p><div class="row between"><span class="note"><bdi>${each.name || t("Someone")}</bdi>${each.taken ? html` · <span class="ok">${icon("check")}${t("taken up")}</span>` : nothing}</span><span class="row tight">${
      stage.facilitator
        ? html`<button class="btn small" type="button" aria-pressed=${each.taken ? "true" : "false"} @click=${() => stage.say({ type: "memo.take_up", comment: each.id, on: !each.taken })}>${each.taken ? t("Not yet after all") : t("Taken up")}</button>`
        : nothing
    }${each.mine ? html`<button class="btn small" type="button" @click=${() => stage.say({ type: "memo.uncomment", comment: each.id })}>${tp("a comment", "Take it back")}</button>` : nothing}</span></div></li>`;
  }

  private writing(): TemplateResult {
    const { stage } = this;
    const started = stage.drafts.peek(stage.seat, this.box).trim() !== "";
    if (!this.open && !started)
      return html`<button class="btn bare" type="button" aria-label=${t("Say something about this part: {part}", { part: this.heading })} @click=${() => {
        this.open = true;
        void this.updateComplete.then(() => this.querySelector("textarea")?.focus());
      }}>${icon("pencil")}${t("Say something about this part")}</button>`;
    return html`<div class="stack"><tl-box .stage=${stage} .seat=${stage.seat} .name=${this.box} .label=${t("What you say about “{part}”", { part: this.heading })} .hint=${t("Everyone here reads it, with your name. It is printed nowhere.")} .limit=${LIMIT} .lines=${3}></tl-box><div class="row"><button class="btn small main" type="button" @click=${() => this.send()}>${t("Say it")}</button><button class="btn small" type="button" @click=${() => {
      stage.drafts.sent(stage.seat, this.box);
      this.open = false;
    }}>${t("Not now")}</button></div></div>`;
  }

  private send(): void {
    const { stage, box } = this;
    const text = stage.drafts.peek(stage.seat, box).trim();
    if (!text) return;
    stage.say({ type: "memo.comment", place: this.place, text }, [box]);
    this.open = false;
  }
}

define("tl-said", SaidPart);
