// The invitation and what there is to choose, read by this device's own voice: only when somebody
// asks, and only by a voice that has the language.
import { html, nothing, type TemplateResult } from "lit";
import { StagePart } from "./frame";
import { language, number, t } from "./i18n";
import { define, icon } from "./part";
import type { Block, ViewMessage } from "./wire";

const numbered = (labels: string[]) =>
  labels.map((label, n) => `${number(n + 1)}. ${label.replace(/[.!?।؟]*$/, ".")}`);

function read(block: Block): string[] {
  switch (block.type) {
    case "now":
    case "prompt":
      return [block.text];
    case "rules":
      return block.open ? [block.title, ...block.lines] : [];
    case "note":
      return block.tone === "plain" ? [[block.title, block.text].filter(Boolean).join(" ")] : [];
    case "choices":
      return [block.label, ...numbered(block.options.map((option) => option.label))];
    case "ballot":
      return block.options.map((option) => `${number(option.number)}. ${option.label}`);
    case "entry":
      return [block.label];
    case "form":
      return [
        block.title,
        ...block.fields.flatMap(({ label, options }) => [
          label,
          ...numbered(options.map((option) => option.label)),
        ]),
      ];
    default:
      // What people wrote is theirs; no device reads it out in a hall.
      return [];
  }
}

/** What is read aloud on a screen, a sentence or two an entry; empty where nobody is asked or told
 *  anything that a person who reads little would need. */
export function aloud(view: ViewMessage): string[] {
  const asks = view.blocks.some(
    (block) =>
      ["prompt", "choices", "ballot", "form"].includes(block.type) ||
      (block.type === "rules" && block.open),
  );
  return asks ? view.blocks.flatMap(read).filter(Boolean) : [];
}

const SCRIPTS: readonly [script: RegExp, code: string, pages: RegExp][] = [
  [/\p{Script=Arabic}/u, "ar", /^(ar|fa|ps|sd|ug|ur)\b/],
  [/\p{Script=Devanagari}/u, "hi", /^(hi|mr|ne)\b/],
  [/\p{Script=Latin}/u, "", /^(?!ar|fa|ps|sd|ug|ur|hi|mr|ne)/],
];

/** The language a text is read in: the page's, or that of another script a facilitator wrote it in;
 *  "" where nobody can say. */
export function tongueOf(text: string, page = language()): string {
  const letter = /\p{L}/u.exec(text)?.[0];
  if (!letter) return page;
  const found = SCRIPTS.find(([script]) => script.test(letter));
  if (!found) return "";
  const [, code, pages] = found;
  return pages.test(page) ? page : code;
}

const base = (code: string) => code.toLowerCase().split(/[-_]/)[0];

/** A voice of this device for a language; none that would send the words somewhere else. */
function voiceFor(code: string): SpeechSynthesisVoice | undefined {
  const found = speechSynthesis
    .getVoices()
    .filter((voice) => voice.localService && base(voice.lang) === base(code));
  return found.find((voice) => voice.default) ?? found[0];
}

export const speaks = "speechSynthesis" in window;

/** Whether this device can say a text by itself. */
export function sayable(text: string): boolean {
  return speaks && !!voiceFor(tongueOf(text));
}

/** A text as this device would say it; undefined where it has no voice of its own for it. */
export function utterance(text: string): SpeechSynthesisUtterance | undefined {
  const voice = speaks ? voiceFor(tongueOf(text)) : undefined;
  if (!voice) return undefined;
  const made = new SpeechSynthesisUtterance(text.replace(/[\u2066-\u2069]/g, ""));
  made.voice = voice;
  made.lang = voice.lang;
  return made;
}

export class AloudPart extends StagePart {
  static override properties = { ...StagePart.properties, on: { state: true } };
  declare on: boolean;
  /** What is being read; another step is not talked into. */
  private reading = "";
  /** Held here: some browsers forget a sentence that nobody holds before it is over. */
  private said: SpeechSynthesisUtterance[] = [];
  private readonly look = () => this.requestUpdate();
  private readonly stop = () => this.hush();

  override connectedCallback(): void {
    super.connectedCallback();
    if (!speaks) return;
    speechSynthesis.addEventListener?.("voiceschanged", this.look);
    window.addEventListener("pagehide", this.stop);
  }

  override disconnectedCallback(): void {
    this.hush();
    if (speaks) speechSynthesis.removeEventListener?.("voiceschanged", this.look);
    window.removeEventListener("pagehide", this.stop);
    super.disconnectedCallback();
  }

  private get pieces(): string[] {
    const { view } = this.stage;
    return view ? aloud(view) : [];
  }

  /** Which screen this is: what others do on it meanwhile does not stop the voice. */
  private get step(): string {
    const { seat, view } = this.stage;
    const asked = view?.blocks.map((block) => (/now|prompt/.test(block.type) ? read(block) : ""));
    return [seat, view?.activity?.id, view?.activity?.phase, asked].join();
  }

  private hush(): void {
    if (!this.on) return;
    this.on = false;
    speechSynthesis.cancel();
  }

  private start(): void {
    speechSynthesis.cancel();
    this.reading = this.step;
    this.on = true;
    this.said = this.pieces.flatMap((text) => {
      const each = utterance(text);
      return each ? [each] : [];
    });
    for (const each of this.said) {
      const ended = () => this.ended(each);
      each.onend = ended;
      each.onerror = ended;
      speechSynthesis.speak(each);
    }
  }

  /** The last sentence is over; what was cut short before says so late. */
  private ended(piece: SpeechSynthesisUtterance): void {
    if (piece === this.said.at(-1)) this.on = false;
  }

  protected override updated(): void {
    if (this.on && this.step !== this.reading) this.hush();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { view } = this.stage;
    if (!speaks || !view) return nothing;
    const { pieces } = this;
    const first = view.blocks.find((block) => block.type === "prompt");
    const words = first?.type === "prompt" ? first.text : pieces[0];
    if (!words || !sayable(words)) return nothing;
    return html`<button class="btn bare" type="button" aria-pressed=${this.on ? "true" : "false"} @click=${() => (this.on ? this.hush() : this.start())}>${icon(this.on ? "pause" : "sound")}${t("Read aloud")}</button>`;
  }
}

define("tl-aloud", AloudPart);
