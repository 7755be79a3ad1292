// Blocks that are read: now, prompt, note, rules, progress, answers, tally, stories, roll, next.
import { html, nothing, type TemplateResult } from "lit";
import { number, t, tn } from "../i18n";
import { icon, picture, way } from "../part";
import type {
  Answers,
  NextStep,
  Note,
  Now,
  Progress,
  Prompt,
  Roll,
  Rules,
  Stories,
  Tally,
} from "../wire";
import { BlockPart, inHand } from "./block";

/** Sentences that stand open on a panel in one hand: as many of each as a lead reads aloud. */
const THREE = 3;

/** The one thing now, in big serif. */
export class NowBlock extends BlockPart<Now> {
  protected override render(): TemplateResult {
    return html`<h1 class="head" id="now">${this.block.text}</h1>`;
  }
}

/** The invitation: a human voice. */
export class PromptBlock extends BlockPart<Prompt> {
  protected override render(): TemplateResult {
    // Where nothing else is the one thing now, the invitation itself is.
    const { blocks } = this.view;
    const first = blocks.some((each) => each.type === "voice")
      ? undefined
      : blocks.find((each) => each.type === "now" || each.type === "prompt");
    return this.view.lens === "seat" && (first as unknown) === this.block
      ? html`<h1 class="head" dir=${way(this.block.text)}>${this.block.text}</h1>`
      : html`<p class="prompt" dir=${way(this.block.text)}>${this.block.text}</p>`;
  }
}

/** A sentence or two; the private one is the blue-grey panel. */
export class NoteBlock extends BlockPart<Note> {
  protected override render(): TemplateResult {
    const { text, title, tone } = this.block;
    // Some notes bring the panel's own head as their title: said once is enough.
    const headed = title === t("Only you see this");
    const words = html`<p>${title && !headed ? html`<b>${title}</b> ` : nothing}${text}</p>`;
    if (tone === "private")
      return html`<section class="private stack note-block" aria-label=${t("Only you see this")}><p><span class="sees self">${icon("lock")}${t("Only you see this")}</span></p>${words}</section>`;
    return html`<div class="note-block ${tone}">${words}</div>`;
  }
}

/** The rules, readable at any time. */
export class RulesBlock extends BlockPart<Rules> {
  protected override render(): TemplateResult {
    const { title, lines, open } = this.block;
    return html`<details class="rules" ?open=${open}><summary>${title}${icon("down")}</summary><ul>${lines.map((line) => html`<li>${line}</li>`)}</ul></details>`;
  }
}

/** How many have done it; never who has not. */
export class ProgressBlock extends BlockPart<Progress> {
  protected override render(): TemplateResult {
    const { done, of, label } = this.block;
    return html`<p class="note nums" id="progress">${label}</p><progress class="meter" max=${of || 1} .value=${done} aria-labelledby="progress"></progress>`;
  }
}

/** What people gave, after the reveal. Single words flow; sentences stand. */
export class AnswersBlock extends BlockPart<Answers> {
  protected override render(): TemplateResult {
    const { title, answers } = this.block;
    const short =
      answers.length > 1 && answers.every((answer) => answer.words.length < 24 && !answer.who);
    // In one hand three are read; the others are a tap away.
    const open = inHand(this.view) && !short && answers.length > THREE + 1 ? THREE : answers.length;
    return html`<section class="stack"><h2 class="sec">${title}</h2>${
      answers.length
        ? html`${this.list(answers.slice(0, open), short)}${answers.length > open ? html`<details class="rules"><summary>${tn("{n} more", "{n} more", answers.length - open)}${icon("down")}</summary>${this.list(answers.slice(open), short)}</details>` : nothing}`
        : html`<p class="quiet">${t("Nobody has given anything yet.")}</p>`
    }</section>`;
  }

  private list(answers: Answers["answers"], short: boolean): TemplateResult {
    return html`<ul class="answers ${short ? "words" : ""}">${answers.map(
      (answer) =>
        html`<li><q dir="auto">${answer.words}</q>${answer.who ? html` <span class="note"><bdi>${answer.who}</bdi></span>` : nothing}</li>`,
    )}</ul>`;
  }
}

/** Counts only, never names. */
export class TallyBlock extends BlockPart<Tally> {
  protected override render(): TemplateResult {
    const { title, bars } = this.block;
    // On a wall a head without anything under it is a riddle.
    if (!bars.length && this.view.lens === "screen") return html``;
    const most = Math.max(1, ...bars.map((bar) => bar.count));
    return html`<section class="stack"><h2 class="sec">${title}</h2><ul class="bars">${bars.map(
      (bar) =>
        html`<li class=${bar.picture ? "" : "bare"}>${bar.picture ? picture(bar.picture) : nothing}<span>${bar.label}</span><meter min="0" max=${most} .value=${bar.count} aria-hidden="true"></meter><span class="n nums">${number(bar.count)}</span></li>`,
    )}</ul></section>`;
  }
}

/** Released stories, for the plenary: their names first, each one tap away; on a wall all of each. */
export class StoriesBlock extends BlockPart<Stories> {
  protected override render(): TemplateResult {
    const { title, stories } = this.block;
    if (this.view.lens === "screen") return this.onWall();
    return html`<section><h2 class="sec">${title}<span class="note">${tn("{n} story", "{n} stories", stories.length)}</span></h2>${
      stories.length
        ? stories.map(
            (story) =>
              html`<details class="story"><summary><span class="grow"><b dir="auto">${story.title || t("A story without a title")}</b><span class="note"><bdi>${by(story)}</bdi></span></span>${icon("down")}</summary><div class="stack">${parts(story)}</div></details>`,
          )
        : html`<p class="quiet">${t("No story has been released for everyone. That is fine.")}</p>`
    }</section>`;
  }

  private onWall(): TemplateResult {
    const { title, stories } = this.block;
    if (!stories.length) return html``;
    return html`<section class="stack"><h2 class="sec">${title}</h2>${stories.map((story) => html`<article class="told1"><h3 dir="auto">${story.title || t("A story without a title")}</h3>${parts(story)}<p class="note"><bdi>${by(story)}</bdi></p></article>`)}</section>`;
  }
}

type Story = Stories["stories"][number];

function by(story: Story): string {
  return story.who || t("Told here, released without a name");
}

function parts(story: Story): TemplateResult {
  return html`${story.moments.length ? html`<ul>${story.moments.map((moment) => html`<li dir="auto">${moment}</li>`)}</ul>` : nothing}${story.quote ? html`<blockquote dir="auto">“${story.quote}”</blockquote>` : nothing}`;
}

/** A list of people with a word about each. */
export class RollBlock extends BlockPart<Roll> {
  protected override render(): TemplateResult {
    const { title, rows } = this.block;
    return html`<section class="stack"><h2 class="sec">${title}</h2><ul class="people">${rows.map(
      ([who, word]) =>
        html`<li><span class="name"><bdi>${who}</bdi></span><span class="note">${word}</span></li>`,
    )}</ul></section>`;
  }
}

/** What comes next, with what it does to the others; its button stands beside it on the panel. */
export class NextBlock extends BlockPart<NextStep> {
  protected override render(): TemplateResult {
    const { text, hint } = this.block;
    return html`<p class="note">${t("Next")}</p><p class="lead">${text}</p>${hint ? html`<p class="note">${hint}</p>` : nothing}`;
  }
}
