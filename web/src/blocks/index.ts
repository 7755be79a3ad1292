// One element per block tag; a block of a newer server than this page is left out, not an error.
import { html, type TemplateResult } from "lit";
import { OfferButton } from "../offers";
import { define } from "../part";
import type { Stage } from "../stage";
import type { Block, ViewMessage } from "../wire";
import { BallotBlock } from "./ballot";
import { BowlBlock } from "./bowl";
import { Box } from "./box";
import { CallBlock } from "./call";
import { CardPart } from "./card";
import { CardsBlock } from "./cards";
import { CommitmentsBlock } from "./commitments";
import { ChoicesBlock, EntryBlock, ReleaseBlock } from "./fill";
import { FormBlock } from "./form";
import { GroupsBlock } from "./groups";
import { PairsBlock } from "./pairs";
import { PilesBlock } from "./piles";
import { CountdownBlock, RingBlock } from "./ring";
import { SharesBlock } from "./shares";
import { VoiceBlock } from "./voice";
import {
  AnswersBlock,
  NextBlock,
  NoteBlock,
  NowBlock,
  ProgressBlock,
  PromptBlock,
  RollBlock,
  RulesBlock,
  StoriesBlock,
  TallyBlock,
} from "./words";

define("tl-offer", OfferButton);
define("tl-box", Box);
define("tl-card", CardPart);
define("tl-now", NowBlock);
define("tl-prompt", PromptBlock);
define("tl-note", NoteBlock);
define("tl-rules", RulesBlock);
define("tl-ring", RingBlock);
define("tl-countdown", CountdownBlock);
define("tl-entry", EntryBlock);
define("tl-choices", ChoicesBlock);
define("tl-answers", AnswersBlock);
define("tl-tally", TallyBlock);
define("tl-progress", ProgressBlock);
define("tl-cards", CardsBlock);
define("tl-stories", StoriesBlock);
define("tl-release", ReleaseBlock);
define("tl-groups", GroupsBlock);
define("tl-next", NextBlock);
define("tl-roll", RollBlock);
define("tl-bowl", BowlBlock);
define("tl-voice", VoiceBlock);
define("tl-pairs", PairsBlock);
define("tl-shares", SharesBlock);
define("tl-ballot", BallotBlock);
define("tl-form", FormBlock);
define("tl-commitments", CommitmentsBlock);
define("tl-piles", PilesBlock);
define("tl-call", CallBlock);

/** The element of a block. */
export function drawBlock(stage: Stage, view: ViewMessage, block: Block): TemplateResult | string {
  switch (block.type) {
    case "now":
      return html`<tl-now .stage=${stage} .view=${view} .block=${block}></tl-now>`;
    case "prompt":
      return html`<tl-prompt .stage=${stage} .view=${view} .block=${block}></tl-prompt>`;
    case "note":
      return html`<tl-note .stage=${stage} .view=${view} .block=${block}></tl-note>`;
    case "rules":
      return html`<tl-rules .stage=${stage} .view=${view} .block=${block}></tl-rules>`;
    case "ring":
      return html`<tl-ring .stage=${stage} .view=${view} .block=${block}></tl-ring>`;
    case "countdown":
      return html`<tl-countdown .stage=${stage} .view=${view} .block=${block}></tl-countdown>`;
    case "entry":
      return html`<tl-entry .stage=${stage} .view=${view} .block=${block}></tl-entry>`;
    case "choices":
      return html`<tl-choices .stage=${stage} .view=${view} .block=${block}></tl-choices>`;
    case "answers":
      return html`<tl-answers .stage=${stage} .view=${view} .block=${block}></tl-answers>`;
    case "tally":
      return html`<tl-tally .stage=${stage} .view=${view} .block=${block}></tl-tally>`;
    case "progress":
      return html`<tl-progress .stage=${stage} .view=${view} .block=${block}></tl-progress>`;
    case "cards":
      return html`<tl-cards .stage=${stage} .view=${view} .block=${block}></tl-cards>`;
    case "stories":
      return html`<tl-stories .stage=${stage} .view=${view} .block=${block}></tl-stories>`;
    case "release":
      return html`<tl-release .stage=${stage} .view=${view} .block=${block}></tl-release>`;
    case "groups":
      return html`<tl-groups .stage=${stage} .view=${view} .block=${block}></tl-groups>`;
    case "next":
      return html`<tl-next .stage=${stage} .view=${view} .block=${block}></tl-next>`;
    case "roll":
      return html`<tl-roll .stage=${stage} .view=${view} .block=${block}></tl-roll>`;
    case "bowl":
      return html`<tl-bowl .stage=${stage} .view=${view} .block=${block}></tl-bowl>`;
    case "voice":
      return html`<tl-voice .stage=${stage} .view=${view} .block=${block}></tl-voice>`;
    case "pairs":
      return html`<tl-pairs .stage=${stage} .view=${view} .block=${block}></tl-pairs>`;
    case "shares":
      return html`<tl-shares .stage=${stage} .view=${view} .block=${block}></tl-shares>`;
    case "ballot":
      return html`<tl-ballot .stage=${stage} .view=${view} .block=${block}></tl-ballot>`;
    case "form":
      return html`<tl-form .stage=${stage} .view=${view} .block=${block}></tl-form>`;
    case "commitments":
      return html`<tl-commitments .stage=${stage} .view=${view} .block=${block}></tl-commitments>`;
    case "piles":
      return html`<tl-piles .stage=${stage} .view=${view} .block=${block}></tl-piles>`;
    case "call":
      return html`<tl-call .stage=${stage} .view=${view} .block=${block}></tl-call>`;
    default:
      return "";
  }
}

/** Blocks drawn as the picture of what is going on. */
const PICTURES: ReadonlySet<Block["type"]> = new Set(["ring", "bowl", "voice"]);

/** Blocks as regions of a screen: what is said, the pictures, and the rest, each in view order. */
export function regions(view: ViewMessage): { say: Block[]; pics: Block[]; rest: Block[] } {
  const say: Block[] = [];
  const rest: Block[] = [];
  const pics: Block[] = [];
  for (const block of view.blocks) {
    if (block.type === "now" || (block.type === "prompt" && !rest.length)) say.push(block);
    else if (PICTURES.has(block.type)) pics.push(block);
    else rest.push(block);
  }
  return { say, pics, rest };
}
