// Time as the server has it: an offset measured from its messages, words instead of seconds.
import { number, t } from "./i18n";
import type { Clock } from "./wire";

/** A sample further off than this (ms) means that a clock was set, or the device slept. */
const JUMP = 2_000;

let offset: number | null = null;

/** Learn from a message's `now`. Latency only makes a sample smaller: the largest is nearest. */
export function learn(now: number): void {
  const sample = now - performance.now();
  if (offset === null || sample > offset || offset - sample > JUMP) offset = sample;
}

/** What was learnt on another day counts no more. */
export function unlearn(): void {
  offset = null;
}

/** Milliseconds since the epoch on the server's clock. */
export function serverNow(): number {
  return offset === null ? Date.now() : performance.now() + offset;
}

/** Milliseconds left (below zero: over), or null for a clock without an end. */
export function left(clock: Clock): number | null {
  if (clock.kind === "open") return null;
  switch (clock.state) {
    case "idle":
      return clock.duration;
    case "paused":
      return clock.remaining ?? clock.duration;
    case "ended":
      return 0;
    default:
      return clock.ends_at == null ? (clock.remaining ?? null) : clock.ends_at - serverNow();
  }
}

/** Three short lines for the middle of a ring, and one sentence for those who hear it. */
interface TimeWords {
  above: string;
  main: string;
  below: string;
  spoken: string;
}

/** One message of three short lines, "about|12 min|left": a translator orders and breaks them. */
function lines(text: string): Omit<TimeWords, "spoken"> {
  const [above = "", main = "", below = ""] = text.split("|");
  return { above, main, below };
}

const MINUTE = 60_000;
const LAST_WORDS = 15_000;

/** "1½", "12": to the half minute under ten, in the page's own digits. */
export function minutes(ms: number): string {
  const halves = Math.max(1, Math.round(ms / (MINUTE / 2)));
  if (halves >= 20) return number(Math.round(halves / 2));
  const whole = Math.floor(halves / 2);
  const half = halves % 2 ? "½" : "";
  // A half is no digit to the rules of two directions: in Arabic it would stand before its number.
  return whole && half ? `\u2066${number(whole)}${half}\u2069` : whole ? number(whole) : half;
}

/** Words for a clock: soft endings, no counting down. `mine`: the viewer has the floor. */
export function timeWords(clock: Clock, mine: boolean): TimeWords | null {
  const ms = left(clock);
  if (ms === null) return null;
  const main = ms < MINUTE && ms > 30_000 ? t("1 min") : t("{n} min", { n: minutes(ms) });
  if (clock.state === "ended") return null;
  if (clock.state === "idle") {
    const long = t("{n} min", { n: minutes(clock.duration) });
    const time = clock.duration < MINUTE ? t("{n} s", { n: number(clock.duration / 1000) }) : long;
    return {
      above: "",
      main: time,
      below: mine ? t("once you begin") : t("when it begins"),
      spoken: mine ? t("{time}, once you begin", { time: long }) : long,
    };
  }
  if (clock.state === "paused")
    return {
      // Translators: three short lines in a clock, of at most 14 letters; the middle one is large.
      ...lines(t("paused|{time}|kept", { time: main })),
      spoken: t("Paused. {time} are kept.", { time: main }),
    };
  if (clock.state === "over" || ms <= 0) {
    return mine
      ? {
          // Translators: three short lines in a clock, of at most 14 letters; the middle one is large.
          ...lines(t("finish|when|you are ready")),
          spoken: t("Finish when you are ready."),
        }
      : {
          // Translators: three short lines in a clock, of at most 14 letters; the middle one is large.
          ...lines(t("a little|longer|softly")),
          spoken: t("A little longer, softly."),
        };
  }
  if (ms <= LAST_WORDS && clock.duration > MINUTE)
    return {
      // Translators: three short lines in a clock, of at most 14 letters; the middle one is large.
      ...lines(t("last|words|softly")),
      spoken: t("Last words, softly."),
    };
  if (ms < MINUTE)
    return clock.duration <= MINUTE
      ? {
          // Translators: three short lines in a clock, of at most 14 letters; the middle one is large.
          ...lines(t("under|{time}|left", { time: main })),
          spoken: t("Under {time} left.", { time: main }),
        }
      : {
          // Translators: three short lines in a clock, of at most 14 letters; the middle one is large.
          ...lines(t("under|1 min|no hurry")),
          spoken: t("Under 1 minute, no hurry."),
        };
  return {
    // Translators: three short lines in a clock, of at most 14 letters; the middle one is large.
    ...lines(t("about|{time}|left", { time: main })),
    spoken: t("About {time} left.", { time: main }),
  };
}

/** How much of the arc is filled, 0 to 1. */
export function filled(clock: Clock): number {
  const ms = left(clock);
  if (ms === null || clock.state === "idle" || clock.duration <= 0) return 0;
  return Math.min(1, Math.max(0, 1 - ms / clock.duration));
}

/** Calls back once a second while something on the screen shows time. */
class Ticker {
  private readonly listeners = new Set<() => void>();
  private timer: number | undefined;

  add(listener: () => void): void {
    this.listeners.add(listener);
    this.timer ??= window.setInterval(() => {
      for (const each of this.listeners) each();
    }, 1000);
  }

  remove(listener: () => void): void {
    this.listeners.delete(listener);
    if (this.listeners.size) return;
    window.clearInterval(this.timer);
    this.timer = undefined;
  }
}

export const ticker = new Ticker();
