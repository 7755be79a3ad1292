// A vibration and a quiet sound when it is one's turn: both off until somebody wants them on this
// device, and never the only sign.
import { html, nothing, type TemplateResult } from "lit";
import { t } from "./i18n";
import { icon } from "./part";
import type { Stage } from "./stage";

type Way = "vibrate" | "sound";

/** Seconds and loudness of the tone: two soft notes that end no sentence of anybody. */
const NOTES: readonly [hertz: number, at: number][] = [
  [523, 0],
  [659, 0.18],
];
const LENGTH = 0.4;
const LOUD = 0.08;

const wanted = new Set<Way>();
let speaker: AudioContext | undefined;

// Browsers inside chat apps may refuse storage: then the choice lasts as long as the page.
try {
  for (const way of ["vibrate", "sound"] as const)
    if (localStorage.getItem(`talanoa-${way}`) === "on") wanted.add(way);
} catch {
  wanted.clear();
}

/** Lets the device be felt and heard, as far as its owner chose. `pattern` in milliseconds. */
export function nudge(pattern: number[]): void {
  // Browsers let a page vibrate and sound only after it was touched once.
  if (!navigator.userActivation?.hasBeenActive) return;
  if (wanted.has("vibrate")) navigator.vibrate?.(pattern);
  if (wanted.has("sound")) chime();
}

function chime(): void {
  if (!("AudioContext" in window)) return;
  speaker ??= new AudioContext();
  void speaker.resume();
  for (const [hertz, after] of NOTES) {
    const tone = new OscillatorNode(speaker, { frequency: hertz });
    const loud = new GainNode(speaker, { gain: 0 });
    const at = speaker.currentTime + after;
    loud.gain.setValueAtTime(0, at);
    loud.gain.linearRampToValueAtTime(LOUD, at + 0.03);
    loud.gain.linearRampToValueAtTime(0, at + LENGTH);
    tone.connect(loud).connect(speaker.destination);
    tone.start(at);
    tone.stop(at + LENGTH);
  }
}

function choose(way: Way, on: boolean): void {
  if (on) wanted.add(way);
  else wanted.delete(way);
  try {
    localStorage.setItem(`talanoa-${way}`, on ? "on" : "off");
  } catch {
    // It holds until the page is closed.
  }
  if (on) nudge([120]);
}

/** Two rows of the menu. */
export function nudges(stage: Stage): TemplateResult {
  const row = (way: Way, label: string) =>
    html`<label class="check"><input type="checkbox" .checked=${wanted.has(way)} @change=${(
      event: Event,
    ) => {
      choose(way, (event.target as HTMLInputElement).checked);
      stage.changed();
    }}>${icon(way === "sound" ? "bell" : "device")}<span>${label}</span></label>`;
  return html`${"vibrate" in navigator ? row("vibrate", t("Vibrate when it is my turn")) : nothing}${row("sound", t("A quiet sound when it is my turn"))}`;
}
