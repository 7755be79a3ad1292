// My words: everything of mine that could be quoted, and my answer to each; mine to change.
import { html, nothing, type TemplateResult } from "lit";
import { consent } from "./blocks/fill";
import { readBoot } from "./boot";
import { fixedPlace, StagePart, stateLine, tray } from "./frame";
import { t } from "./i18n";
import { enter } from "./mount";
import { define, icon } from "./part";
import { openStage } from "./stage";
import type { MyWords } from "./wire";

export class MePage extends StagePart {
  static override properties = {
    ...StagePart.properties,
    open: { state: true },
    choice: { state: true },
    outside: { state: true },
  };
  /** The words whose answer is being changed. */
  declare open: string;
  declare choice: string | undefined;
  declare outside: boolean;

  private get words(): MyWords[] {
    const { stage } = this;
    return (stage.words.get(stage.seat) ?? stage.boot.words)?.words ?? [];
  }

  protected override render(): TemplateResult {
    const { stage } = this;
    const back = `/r/${stage.boot.room}${stage.boot.seats.length > 1 ? `?as=${stage.seat}` : ""}`;
    return html`<div class="phone mywords room"><header class="where"><div class="place"><b>${t("Your words")}</b><span>${t("Only you decide")}</span></div><a class="btn bare" href=${back}>${t("Back to the room")}</a></header>
    ${stateLine(stage)}${fixedPlace(stage)}
    <section class="stack say"><h1 class="head">${t("What may be quoted")}</h1><p class="quiet">${t("Nothing leaves the circle without your yes. You can change each answer here, at any time.")}</p></section>
    <div class="list">${this.words.length ? this.words.map((each) => this.entry(each)) : html`<p class="quiet">${t("Nothing of yours is waiting here. When you tell a story, its title, moments and quote will stand here.")}</p>`}${tray(stage)}</div></div>`;
  }

  private entry(each: MyWords): TemplateResult {
    const { stage } = this;
    const open = this.open === each.words;
    const given = each.state === "given";
    return html`<article class="card words stack"><p class="note">${sort(each.kind)}</p><blockquote dir="auto">“${each.text}”</blockquote>
    <div class="row between"><span class="tag ${given ? "leaf" : ""}">${icon(given ? "quote" : "circle")}${where(each)}</span>${each.in_memo ? html`<span class="note">${t("stands in the memo")}</span>` : nothing}</div>
    ${
      open
        ? html`<h2 class="sec">${t("May we quote this?")}</h2>${consent(
            `w-${each.words}`,
            this.choice,
            this.outside,
            (value) => {
              this.choice = value;
            },
            (value) => {
              this.outside = value;
            },
          )}<div class="pair"><button class="btn main big" type="button" @click=${() => this.answer(each)}>${t("This is my answer")}</button><button class="btn big" type="button" @click=${() => {
            this.open = "";
          }}>${t("Leave it as it is")}</button></div>`
        : html`<div class="row"><button class="btn small" type="button" @click=${() => {
            this.open = each.words;
            this.choice = undefined;
            this.outside = each.scope === "public";
          }}>${t("Change my answer")}</button>${given ? html`<button class="btn small" type="button" @click=${() => stage.say({ type: "consent.withdraw", words: each.words })}>${t("Take it back")}</button>` : nothing}</div>`
    }</article>`;
  }

  private answer(each: MyWords): void {
    if (!this.choice) return;
    this.stage.say({
      type: "consent.release",
      words: each.words,
      choice: this.choice,
      outside: this.outside,
    });
    this.open = "";
  }
}

/** What these words are, so that a name of a story is not taken for a quote. */
function sort(kind: string): string {
  switch (kind) {
    case "story_title":
    case "title":
      return t("The name of your story");
    case "key_moment":
    case "moment":
      return t("A moment of your story");
    case "quote":
      return t("Your exact words");
    default:
      return t("You gave this");
  }
}

/** Where words stand, in one phrase. */
function where(each: MyWords): string {
  if (each.state === "withdrawn") return t("Taken back");
  if (each.state === "refused") return t("Not to be quoted");
  if (each.unheard) return t("Waits for a second person who heard your yes");
  if (each.state !== "given") return t("Your circle only, until you say");
  const name =
    each.attribution === "none"
      ? t("Without your name")
      : each.attribution === "name_org"
        ? t("With your name and organisation")
        : t("With your first name");
  return each.scope === "public" ? t("{name}, also outside this group", { name }) : name;
}

define("tl-me", MePage);
void enter(openStage("seat"), readBoot().room, "tl-me");
