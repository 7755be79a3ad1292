// My words: everything of mine that could be quoted or printed, where it stands in the memo, and my
// answer to each; mine to change, to take back and to delete.
import { html, nothing, type TemplateResult } from "lit";
import { Box } from "./blocks/box";
import { consent } from "./blocks/fill";
import { readBoot } from "./boot";
import { fixedPlace, StagePart, stateLine, tray } from "./frame";
import { hour, moment, t, tn, tp } from "./i18n";
import { keep, stageOf } from "./keeper";
import { enter } from "./mount";
import { define, icon } from "./part";
import { DECIDES } from "./stage";
import type { MyWords, WordsMessage } from "./wire";

/** Milliseconds between two looks at where words stand in the memo. */
const LOOK_AGAIN = 1_500;

type Doing = "" | "answer" | "edit" | "erase" | "all";

export class MePage extends StagePart {
  static override properties = {
    ...StagePart.properties,
    open: { state: true },
    doing: { state: true },
    choice: { state: true },
    outside: { state: true },
    looked: { state: true },
  };
  /** The words something is being done with, and what. */
  declare open: string;
  declare doing: Doing;
  declare choice: string | undefined;
  declare outside: boolean;
  /** The newest answer that knows where words stand. */
  declare looked: WordsMessage | undefined;
  private looking = 0;
  private lookedAt = "";

  private get message(): WordsMessage | undefined {
    const { stage } = this;
    return stage.words.get(stage.seat) ?? stage.boot.words;
  }

  /** As the room last said, with the places that were looked up. */
  private get words(): MyWords[] {
    const known = this.looked ?? this.stage.boot.words;
    const places = new Map(known?.words.map((each) => [each.words, each.places]));
    const shown = (this.message?.words ?? []).map((each) => ({
      ...each,
      places: each.in_memo ? (places.get(each.words) ?? []) : [],
    }));
    return shown.sort((one, other) => rank(one) - rank(other));
  }

  protected override updated(): void {
    const mark = JSON.stringify(this.message?.words ?? []) + this.stage.seat;
    if (mark === this.lookedAt || this.looking) return;
    if (!this.stage.words.get(this.stage.seat)) return;
    this.lookedAt = mark;
    this.looking = window.setTimeout(() => {
      this.looking = 0;
      void this.look();
    }, LOOK_AGAIN);
  }

  private async look(): Promise<void> {
    const { boot, seat } = this.stage;
    const answer = await fetch(`/api/rooms/${boot.room}/words?seat=${seat}`).catch(() => null);
    if (answer?.ok) {
      this.looked = (await answer.json()) as WordsMessage;
      this.stage.dispatchEvent(new Event("loaded"));
    } else this.requestUpdate();
  }

  /** What this page shows, for the device to keep. */
  get seen(): WordsMessage | undefined {
    return this.message && { ...this.message, words: this.words };
  }

  protected override render(): TemplateResult {
    const { stage } = this;
    const carried = stage.boot.seats.length > 1 && stage.boot.seats[0]?.seat !== stage.seat;
    const kept = stage.view?.room.kept;
    const { words } = this;
    return html`<div class="phone mywords room"><header class="where"><div class="place"><b>${t("Your words")}</b><span>${t("Only you decide")}</span></div><a class="btn bare" href=${stage.path()}>${t("Back to the room")}</a></header>
    ${stateLine(stage)}${fixedPlace(stage)}
    <section class="stack say"><h1 class="head">${t("What may be quoted")}</h1><p class="quiet">${t("Nothing leaves the circle without your yes. You can change each answer here, at any time.")}</p>
    ${carried ? html`<p class="note aloud">${icon("sound")}<span>${t("Read each aloud to {name}. They answer, you press. It counts when a second person confirms that they heard it.", { name: `\u2068${stage.name(stage.seat)}\u2069` })}</span></p>` : nothing}
    ${kept ? html`<p class="note" dir="auto">${kept}</p>` : nothing}</section>${this.asked(words)}
    <div class="list">${words.length ? words.map((each) => this.entry(each)) : html`<p class="quiet">${t("Nothing of yours is waiting here. When you tell a story, its title, moments and quote will stand here.")}</p>`}${tray(stage)}${words.length ? this.everything() : nothing}</div></div>`;
  }

  /** The memo waits for an answer: until when, and what silence means. */
  private asked(words: MyWords[]): TemplateResult | typeof nothing {
    const until = this.message?.asked_until ?? 0;
    if (!until) return nothing;
    const waiting = words.filter((each) => quotable(each)).length;
    const named = words.filter((each) => each.own && each.in_memo && each.attribution !== "none");
    return html`<div class="sig">${icon("quote")}<div class="grow"><b>${waiting ? t("The memo asks you") : t("The memo goes out soon")}</b><p class="note">${waiting ? t("Until {time}. Not answering means no: it is left out.", { time: moment(until) }) : t("Nothing of yours waits for an answer.")} ${named.length ? tn("Your name stands under {n} quote. You can change that here.", "Your name stands under {n} quotes. You can change that here.", named.length) : nothing}</p></div></div>`;
  }

  /** The answers most people give, each one tap away; the other choices behind them. */
  private quick(each: MyWords): TemplateResult {
    const answer = (choice: string) => () =>
      this.stage.say({ type: "consent.release", words: each.words, choice, exact: each.digest });
    return html`<div class="stack quick"><button class="btn main big" type="button" @click=${answer("unnamed")}>${t("Yes, without my name")}</button><button class="btn big" type="button" @click=${answer("first_name")}>${t("Yes, with my first name")}</button><button class="btn big" type="button" @click=${answer("keep")}>${t("No, leave it out")}</button></div>`;
  }

  private entry(each: MyWords): TemplateResult {
    const given = each.state === "given";
    const here = this.open === each.words ? this.doing : "";
    return html`<article class="card words stack" data-words=${each.words} aria-label=${sort(each)}><p class="note">${sort(each)}${each.by ? html` · ${t("Written down by {name}", { name: `\u2068${each.by}\u2069` })}` : nothing}</p>
    ${each.gone ? html`<p class="quiet">${t("Deleted here, as you wished.")}</p>` : html`<blockquote dir="auto">“${each.text}”</blockquote>`}
    ${this.waits(each) ? html`<p class="note waits" role="status">${icon("pencil")}${t("Not sent yet. Until it is, everything stays as it is here.")}</p>` : nothing}<div class="row between"><span class="tag ${given ? "leaf" : ""}">${icon(given ? "quote" : "circle")}${where(each)}</span>${this.place(each)}</div>
    ${each.until ? html`<p class="note">${t("It is deleted here at {time}. Until then you can change your mind.", { time: hour(each.until) })}</p>` : nothing}
    ${here === "answer" ? this.asking(each) : here === "edit" ? this.editing(each) : here === "erase" ? this.erasing(each) : this.offers(each, given)}</article>`;
  }

  /** Whether something was decided about them here that the room does not know yet. */
  private waits(each: MyWords): boolean {
    const { commands, connection, seat } = this.stage;
    if (connection.connected) return false;
    return commands.waits(
      ({ command, seat: whose }) =>
        DECIDES.test(String(command.type)) &&
        whose === seat &&
        (command.words ?? each.words) === each.words,
    );
  }

  /** Where they stand in the memo people get, by heading. */
  private place(each: MyWords): TemplateResult | typeof nothing {
    if (!each.in_memo) return nothing;
    const inside = each.places.find((place) => place.edition === "participants");
    if (!inside) return html`<span class="note">${t("not in the memo so far")}</span>`;
    return html`<span class="note place">${t("In the memo: {heading}", { heading: `\u2068${inside.heading}\u2069` })}</span>`;
  }

  private offers(each: MyWords, given: boolean): TemplateResult {
    const { stage } = this;
    if (each.gone)
      return html`<div class="acts">${this.button(each, "edit", t("Write it again"))}${this.button(each, "erase", tp("words that are put away", "Let it go"))}</div>`;
    const first = each.state === "pending" && !each.unheard;
    const asked = quotable(each) && (this.message?.asked_until ?? 0) > 0;
    const answer = asked
      ? html`${this.quick(each)}<button class="btn small" type="button" @click=${() => this.ask(each)}>${t("Other answers")}</button>`
      : each.own
        ? html`<button class="btn ${first ? "main big" : "small"}" type="button" @click=${() => this.ask(each)}>${first ? t("Answer") : t("Change my answer")}</button>`
        : this.reach(each, given);
    return html`<div class="acts">${answer}${given ? html`<button class="btn small" type="button" @click=${() => stage.say({ type: "consent.withdraw", words: each.words })}>${tp("permission to pass words on", "Take it back")}</button>` : nothing}${each.card ? nothing : this.button(each, "edit", t("Edit"))}${this.button(each, "erase", t("Delete"))}</div>`;
  }

  /** Insights, questions and practices need no answer; how far they travel is still their author's. */
  private reach(each: MyWords, given: boolean): TemplateResult {
    const { stage } = this;
    if (!given)
      return html`<button class="btn small" type="button" @click=${() => stage.say({ type: "consent.release", words: each.words, choice: "unnamed", exact: each.digest })}>${t("Give it again")}</button>`;
    const inside = each.in_memo;
    return html`<button class="btn small" type="button" @click=${() =>
      stage.say({
        type: inside ? "consent.narrow" : "consent.widen",
        words: each.words,
        scope: inside ? "room" : "memo",
      })}>${inside ? t("Keep it in the room") : t("Let it go into the memo")}</button>`;
  }

  private button(each: MyWords, doing: Doing, label: string): TemplateResult {
    return html`<button class="btn small" type="button" @click=${() => {
      this.open = each.words;
      this.doing = doing;
      this.land(each.words);
    }}>${label}</button>`;
  }

  private ask(each: MyWords): void {
    this.open = each.words;
    this.doing = "answer";
    this.choice = undefined;
    this.outside = each.scope === "public";
    this.land(each.words);
  }

  /** The place of a keyboard is at these words, before and after the answer. */
  private land(words: string): void {
    void this.updateComplete.then(async () => {
      const place = this.querySelector(`[data-words="${CSS.escape(words)}"]`);
      await place?.querySelector<Box>("tl-box")?.updateComplete;
      place?.querySelector<HTMLElement>("input, textarea, .btn")?.focus();
    });
  }

  private asking(each: MyWords): TemplateResult {
    return html`<h2 class="sec">${t("May we quote this?")}</h2>${consent(
      `w-${each.words}`,
      this.choice,
      this.outside,
      (value) => {
        this.choice = value;
      },
      (value) => {
        this.outside = value;
      },
    )}<p class="note">${t("People who were there will recognise this, also without your name.")}</p><div class="pair"><button class="btn main big" type="button" ?disabled=${!this.choice} @click=${() => this.answer(each)}>${t("This is my answer")}</button>${this.leave()}</div>`;
  }

  private editing(each: MyWords): TemplateResult {
    const { stage } = this;
    const box = `me/${each.words}`;
    return html`<tl-box .stage=${stage} .seat=${stage.seat} .name=${box} .label=${t("Your words, as you want them")} .hint=${each.own ? t("Other words need another answer.") : null} .limit=${600} .lines=${3} .start=${each.text}></tl-box><div class="pair"><button class="btn main big" type="button" @click=${() => {
      const text = stage.drafts.peek(stage.seat, box).trim();
      if (text && text !== each.text)
        stage.say({ type: "words.edit", words: each.words, text }, [box]);
      if (each.own) this.ask(each);
      else this.close();
    }}>${t("These are my words")}</button>${this.leave()}</div>`;
  }

  private erasing(each: MyWords): TemplateResult {
    return html`<p class="quiet">${each.gone ? t("Nothing of it is left on this page then.") : each.card ? t("It goes from the board and from the memo, for good.") : t("It goes for good. Nobody can bring it back.")}</p><div class="pair"><button class="btn main big" type="button" @click=${() => {
      this.stage.say({ type: "words.erase", words: each.words });
      this.close();
    }}>${t("Delete it for good")}</button>${this.leave()}</div>`;
  }

  private everything(): TemplateResult {
    const now = this.doing === "all";
    return html`<section class="stack all">${
      now
        ? html`<p class="quiet">${t("All your words, cards and notes go from this room, the board and the memo, for good. Your name and your seat stay.")}</p><div class="pair"><button class="btn main big" type="button" @click=${() => {
            this.stage.say({ type: "words.erase" });
            this.close();
          }}>${t("Delete everything of mine")}</button>${this.leave()}</div>`
        : html`<button class="btn bare" type="button" @click=${() => {
            this.open = "";
            this.doing = "all";
          }}>${t("Delete everything of mine")}</button>`
    }</section>`;
  }

  private leave(): TemplateResult {
    return html`<button class="btn big" type="button" @click=${() => this.close()}>${t("Leave it as it is")}</button>`;
  }

  private close(): void {
    // What was not sent is let go of: words that are deleted here stay in no box either.
    if (this.doing === "edit") this.stage.drafts.sent(this.stage.seat, `me/${this.open}`);
    if (this.open) this.land(this.open);
    this.open = "";
    this.doing = "";
  }

  private answer(each: MyWords): void {
    if (!this.choice) return;
    const now = this.message?.words.find((one) => one.words === each.words) ?? each;
    this.stage.say({
      type: "consent.release",
      words: each.words,
      choice: this.choice,
      outside: this.outside,
      exact: now.digest,
    });
    this.close();
  }
}

/** Exact words of mine that nobody has answered for. */
function quotable(each: MyWords): boolean {
  return each.own && each.state === "pending" && !each.unheard && !each.gone;
}

/** What waits for an answer stands first, what was deleted last. */
function rank(each: MyWords): number {
  if (each.gone) return 3;
  return each.state === "pending" ? 0 : each.state === "given" ? 1 : 2;
}

/** What these words are, so that a name of a story is not taken for a quote. */
function sort(each: MyWords): string {
  switch (each.kind) {
    case "story_title":
    case "title":
      return t("The name of your story");
    case "key_moment":
    case "moment":
      return t("A moment of your story");
    case "quote":
      return t("Your exact words");
    default:
      return each.card ? t("Your card on the board") : t("You gave this");
  }
}

/** Where words stand, in one phrase. */
function where(each: MyWords): string {
  if (each.state === "withdrawn") return t("Taken back");
  if (each.state === "refused") return t("Not to be quoted");
  if (each.unheard) return t("Waits for a second person who heard your yes");
  if (each.state !== "given") return t("Your circle only, until you say");
  if (!each.in_memo) return t("Only here in the room");
  const name =
    each.attribution === "none"
      ? t("Without your name")
      : each.attribution === "name_org"
        ? t("With your name and organisation")
        : t("With your first name");
  return each.scope === "public" ? t("{name}, also outside this group", { name }) : name;
}

define("tl-box", Box);
define("tl-me", MePage);
async function start(): Promise<void> {
  const stage = await stageOf("seat", "me");
  if (!stage && readBoot().kept) return;
  if (stage)
    keep(stage, ["me"], "me", () => ({
      words: document.querySelector<MePage>("tl-me")?.seen ?? stage.boot.words,
    }));
  await enter(stage, readBoot().room, "tl-me");
}
void start();
