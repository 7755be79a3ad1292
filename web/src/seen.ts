// The sentence over a page that came out of this device: what stands on it may be over.
import { day, hour, t } from "./i18n";

export function seenSentence(at: number): string {
  const then = new Date(at);
  const iso = (date: Date) =>
    [date.getFullYear(), date.getMonth() + 1, date.getDate()]
      .map((part) => String(part).padStart(2, "0"))
      .join("-");
  const today = iso(then) === iso(new Date());
  return today
    ? t("Last seen at {time}. You have no line.", { time: hour(at) })
    : t("Last seen on {day}, at {time}. You have no line.", {
        day: day(iso(then)),
        time: hour(at),
      });
}
