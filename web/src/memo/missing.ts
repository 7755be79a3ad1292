// "Before you send": what is missing in words, a tap to each, and the kind reminder.
import { html, nothing, type TemplateResult } from "lit";
import { comma, t, tn } from "../i18n";
import { icon } from "../part";
import type { Stage } from "../stage";
import { anchor, type MemoTree, type Missing } from "./tree";

/** Goes to what is missing and puts the cursor there. */
export type Go = (each: Missing) => void;

interface Gaps {
  memo: MemoTree;
  stage: Stage;
  go: Go;
  /** Whether those who wait were reminded from here a moment ago. */
  reminded: boolean;
}

export function drawMissing(gaps: Gaps): TemplateResult {
  const missing = gaps.memo.missing ?? [];
  const blocking = missing.filter((each) => each.blocks !== false);
  const consent = blocking.filter((each) => each.kind === "consent");
  const rest = blocking.filter((each) => each.kind !== "consent");
  const left = rest.length + (consent.length ? 1 : 0);
  return html`<section><h2 class="sec">${t("Before you send")}<span class="note">${left ? tn("{n} left", "{n} left", left) : t("nothing is missing")}</span></h2><ul class="missing">${consent.length ? waiting(gaps, consent) : nothing}${rest.map((each) => row(gaps, each, gapText(gaps.memo, each)))}${optional(
    gaps,
    missing.filter((each) => each.blocks === false),
  )}</ul></section>`;
}

/** How many things keep it from being sent, as they are listed. */
export function leftOf(memo: MemoTree): number {
  const blocking = (memo.missing ?? []).filter((each) => each.blocks !== false);
  const rest = blocking.filter((each) => each.kind !== "consent").length;
  return rest + (rest < blocking.length ? 1 : 0);
}

function row(gaps: Gaps, each: Missing, text: string, who = ""): TemplateResult {
  return html`<li><a href=${`#${target(each)}`} @click=${(event: Event) => {
    event.preventDefault();
    gaps.go(each);
  }}>${icon(pictureOf(each.kind))}<span class="grow">${text}${who ? html`<span class="note"><bdi>${who}</bdi></span>` : nothing}</span></a></li>`;
}

/** Quotes without an answer: how many, whose, and one friendly word to them. */
function waiting(gaps: Gaps, consent: Missing[]): TemplateResult {
  const n = consent.reduce((sum, each) => sum + (each.count ?? 1), 0);
  const names = [...new Set(consent.map((each) => gaps.stage.name(each.owner ?? "")))];
  const [first] = consent;
  const text = tn(
    "{n} quote waits for its speaker’s yes.",
    "{n} quotes wait for their speaker’s yes.",
    n,
  );
  return html`<li>${
    first
      ? html`<a href=${`#${target(first)}`} @click=${(event: Event) => {
          event.preventDefault();
          gaps.go(first);
        }}>${icon("quote")}<span class="grow">${text}${names.filter(Boolean).length ? html`<span class="note"><bdi>${names.filter(Boolean).join(comma())}</bdi></span>` : nothing}</span></a>`
      : nothing
  }${
    gaps.reminded
      ? html`<p class="note remind" role="status">${t("Reminded. Their phones show it kindly, once.")}</p>`
      : html`<p class="remind"><button class="btn small" type="button" @click=${() => gaps.stage.say({ type: "memo.remind" })}>${icon("bell")}${t("Remind kindly")}</button></p>`
  }</li>`;
}

/** What would make the memo better but holds nobody up: one line for each kind. */
function optional(gaps: Gaps, list: Missing[]): TemplateResult | typeof nothing {
  if (!list.length) return nothing;
  const prose = list.filter((each) => each.kind === "prose");
  const stories = prose.filter((each) => each.place.startsWith("story:"));
  const parts = prose.filter((each) => !stories.includes(each));
  const unplaced = list.filter((each) => each.kind === "prose_unplaced");
  const dates = list.filter((each) => each.kind === "commitment_date");
  const rest = list.filter((each) => ![...prose, ...unplaced, ...dates].includes(each));
  const many = (found: Missing[], one: string, several: string, only?: string) =>
    found[0]
      ? row(gaps, found[0], found.length === 1 && only ? only : tn(one, several, found.length))
      : nothing;
  const owners = [...new Set(dates.map((each) => each.owner ?? ""))].filter(Boolean).join(comma());
  return html`<li class="also"><p class="note">${t("Only if you like")}</p></li>${many(
    stories,
    "{n} story could have a few sentences.",
    "{n} stories could have a few sentences.",
  )}${many(
    parts,
    "{n} part could have a few sentences.",
    "{n} parts could have a few sentences.",
    parts[0] ? gapText(gaps.memo, parts[0]) : "",
  )}${many(
    unplaced,
    "{n} text of yours has lost its theme.",
    "{n} texts of yours have lost their theme.",
  )}${
    dates[0]
      ? row(
          gaps,
          dates[0],
          tn("{n} commitment has no date.", "{n} commitments have no date.", dates.length),
          owners,
        )
      : nothing
  }${rest.map((each) => row(gaps, each, gapText(gaps.memo, each)))}`;
}

/** The heading of the section a place belongs to. */
function heading(memo: MemoTree, place: string): string {
  for (const section of memo.sections) {
    if (section.id === place || place.startsWith(`${section.id}:`)) return section.heading;
    for (const block of section.blocks)
      if (block.type === "heading" && block.id === place) return block.line.text;
  }
  return t("This part");
}

function gapText(memo: MemoTree, each: Missing): string {
  const where = each.heading || heading(memo, each.place);
  switch (each.kind) {
    case "question":
      return t("“{theme}” has no question yet.", { theme: where });
    case "question_suggested":
      return t("The question of “{theme}” is still as suggested. Edit it or keep it.", {
        theme: where,
      });
    case "too_long":
      return t("A quote is longer than the memo prints. Its speaker can shorten it.");
    case "prose_public":
      return t("“{section}” was not yet read for the shareable copy.", { section: where });
    case "prose_holds_words":
      return t("“{section}” repeats words that were not released.", { section: where });
    default:
      return t("“{section}” could have a few sentences of yours.", { section: where });
  }
}

/** Where on the page something is missing. */
export function target(each: Missing): string {
  switch (each.kind) {
    case "question":
    case "question_suggested":
      return `ask-${anchor(each.place)}`;
    case "prose":
    case "prose_holds_words":
      return `w${anchor(each.place)}`;
    case "prose_unplaced":
      return "s-unplaced";
    default:
      return anchor(each.place);
  }
}

function pictureOf(kind: string): string {
  if (kind === "consent") return "quote";
  if (kind === "question") return "heart";
  if (kind.startsWith("question")) return "pencil";
  if (kind.startsWith("commitment")) return "people";
  return "page";
}
