// Start times in this person's own zone, and how far the exchange is ahead or behind.
import { serverNow } from "../clock";
import { hour, language, t, tn } from "../i18n";
import type { PlanTimes } from "../wire";

const MINUTE = 60_000;

/** The zone of this device, as people know it. */
export function zone(): string {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return timeZone.replace(/_/g, " ").split("/").slice(-1)[0] ?? timeZone;
}

/** "14:05" when the start is known, else minutes from the beginning. */
export function at(starts: number | null | undefined, offset: number): string {
  if (starts) return hour(starts);
  const hours = Math.floor(offset / 60);
  const rest = String(offset % 60).padStart(2, "0");
  // One number in every direction: the sign of it stays before it.
  return `\u2066+${hours}:${rest}\u2069`;
}

/** Milliseconds behind by now (ahead: below zero). */
export function behind(times: PlanTimes): number {
  return times.behind + (times.due ? Math.max(0, serverNow() - times.due) : 0);
}

/** One sentence about ahead and behind; "" while nothing is promised. */
export function standing(times: PlanTimes, begun: boolean): string {
  if (!times.promised || !begun) return "";
  const minutes = Math.round(behind(times) / MINUTE);
  const end = hour(times.promised + behind(times));
  if (minutes > 0)
    return tn(
      "{n} minute behind, it would end at {end}",
      "{n} minutes behind, it would end at {end}",
      minutes,
      { end },
    );
  if (minutes < 0)
    return tn(
      "{n} minute ahead, it would end at {end}",
      "{n} minutes ahead, it would end at {end}",
      -minutes,
      { end },
    );
  return t("On time, it ends at {end}", { end });
}

/** A moment for a box of type datetime-local, and back. */
export function local(ms: number): string {
  if (!ms) return "";
  const date = new Date(ms - new Date(ms).getTimezoneOffset() * MINUTE);
  return date.toISOString().slice(0, 16);
}

export function moment(text: string): number {
  const ms = text ? new Date(text).getTime() : 0;
  return Number.isFinite(ms) ? ms : 0;
}

/** A day in words, when the exchange is not today. */
export function day(ms: number): string {
  return new Intl.DateTimeFormat(language(), {
    weekday: "long",
    day: "numeric",
    month: "long",
  }).format(new Date(ms));
}

/** Whether some of it lies between ten at night and seven in the morning, here. */
export function night(times: PlanTimes): boolean {
  const late = (ms: number) => {
    const hours = new Date(ms).getHours();
    return hours >= 22 || hours < 7;
  };
  return !!times.starts && (late(times.starts) || (!!times.ends && late(times.ends - MINUTE)));
}
