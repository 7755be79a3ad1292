// What somebody asks who does not want to look round: how long, who speaks, who is next, and when it
// is their own turn; in sentences, from the view that the page has already.
import { timeWords } from "./clock";
import { comma, number, t } from "./i18n";
import type { Block, Bowl, Clock, Ring, ViewMessage } from "./wire";

/** What a part of the screen tells: its time, who speaks, and what comes. */
interface Told {
  time: string;
  who: string;
  next: string[];
}

const NOBODY = "";

/** A sentence with its end, in whatever script. */
const closed = (text: string) => (/[.!?।؟]$/.test(text) ? text : `${text}.`);

/** A name that does not turn round the sentence it stands in. */
const apart = (name: string) => `\u2068${name}\u2069`;

function spoken(clock: Clock | null | undefined, mine = false): string {
  return (clock && timeWords(clock, mine)?.spoken) || "";
}

/** One's own place among those who wait, counted from 0; -1: one does not. */
function place(n: number): string[] {
  if (n < 0) return [];
  return [n ? t("You are number {n} in line.", { n: number(n + 1) }) : t("You are next.")];
}

/** The first of those who wait, and one's own place among them. */
function line(names: (string | undefined)[], mine: number): string[] {
  const first = names[0];
  return [...(first && mine ? [t("Next: {name}.", { name: apart(first) })] : []), ...place(mine)];
}

function ring({ seats, floor, clock, next }: Ring, me: string): Told {
  const mine = !!me && floor === me;
  const name = (seat: string) => seats.find((each) => each.seat === seat)?.name;
  const holder = floor && name(floor);
  return {
    time: spoken(clock, mine),
    who: mine
      ? t("You have the floor.")
      : holder
        ? t("{name} has the floor.", { name: apart(holder) })
        : NOBODY,
    next: line(next.map(name), me ? next.indexOf(me) : -1),
  };
}

function bowl({ chairs, queue, clock }: Bowl, me: string): Told {
  const inside = chairs.filter((chair) => chair.name);
  const names = inside.map(({ seat, name }) => (seat === me ? t("You") : apart(name ?? "")));
  return {
    time: spoken(clock),
    who: names.length ? `${t("Inside now:")} ${names.join(comma())}.` : NOBODY,
    next: line(
      queue.map((each) => each.name),
      me ? queue.findIndex((each) => each.seat === me) : -1,
    ),
  };
}

function told(block: Block, me: string): Told[] {
  switch (block.type) {
    case "ring":
      return [ring(block, me)];
    case "bowl":
      return [bowl(block, me)];
    case "voice": {
      const time = spoken(block.clock, block.mode === "speak");
      return [{ time, who: block.text, next: block.next ? [block.next] : [] }];
    }
    case "countdown": {
      const time = spoken(block.clock);
      return [
        { time: time && [block.label, time].filter(Boolean).join(": "), who: NOBODY, next: [] },
      ];
    }
    case "pairs":
    case "ballot":
      return [{ time: spoken(block.clock), who: NOBODY, next: [] }];
    case "groups":
      return block.groups.map(({ name, status, ring: drawn }) => ({
        time: NOBODY,
        who: [closed(`${apart(name)}: ${status}`), spoken(drawn?.clock)].filter(Boolean).join(" "),
        next: [],
      }));
    case "next":
      return [
        { time: NOBODY, who: NOBODY, next: [t("Next: {activity}", { activity: block.text })] },
      ];
    default:
      return [];
  }
}

/** What is now, where nobody has the floor. */
function now({ blocks, activity, place: here, room }: ViewMessage): string {
  const head = blocks.find((block) => block.type === "now");
  return (head?.type === "now" && head.text) || activity?.title || here || room.title;
}

/** The answer, a sentence an entry: how long, who speaks, who is next, and when it is my turn. */
export function whereabouts(view: ViewMessage): string[] {
  // On a panel nobody is "you".
  const me = view.lens === "seat" ? view.seat : NOBODY;
  const parts = view.blocks.flatMap((block) => told(block, me));
  const times = parts.map(({ time }) => time).filter(Boolean);
  const whole: Clock = {
    kind: "soft",
    state: "running",
    duration: 0,
    ends_at: view.ends_at,
    marks: [],
  };
  const circles = view.blocks.some(
    (block) => block.type === "groups" && block.groups.some((group) => group.ring?.clock),
  );
  const none = circles ? [] : [t("No clock is running.")];
  const time = times.length ? times : view.ends_at ? [spoken(whole)] : none;
  const who = parts.map((part) => part.who).filter(Boolean);
  const next = parts.flatMap((part) => part.next);
  const coming = view.activity
    ? undefined
    : view.room.agenda.find((row) => row.state === "to come")?.title;
  const then = next.length || !coming ? next : [t("Next: {activity}", { activity: coming })];
  return [...new Set([...time, ...(who.length ? who : [now(view)]), ...then])];
}
