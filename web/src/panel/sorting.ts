// Where each offer stands on the panel. Every offer of the view has one place and is reachable
// there; nothing is offered that the view does not offer.
import { isLead } from "../frame";
import { loose } from "../offers";
import type { Block, Offer } from "../wire";

/** The places of the panel; `groups` are drawn by the groups' own lines. */
export interface Sorted {
  /** The one right button, and its equals. */
  main: Offer[];
  /** Everybody's clocks: more time, a soft end, pause, go on. */
  clocks: Offer[];
  /** What somebody waits for, each with its answer. */
  signals: Offer[];
  /** Beside the now card: what else this phase lets a facilitator do. */
  loose: Offer[];
  /** In the menu. */
  menu: Offer[];
  /** One step back. */
  back: Offer | undefined;
  /** Handing over, asking for or offering the lead, unless it is offered to this person now. */
  lead: Offer | undefined;
  /** The one red control. */
  alarm: Offer | undefined;
}

const CLOCK = /^(phase\.(extend|soften)|pause\.|break\.end|timer\.)/;
const SIGNAL = /^(door\.admit|seat\.(admit|refuse|restore|erase)|care\.|help\.)/;
const LEAD = /^lead\.(offer|request|decline)$/;
const ALARM = /^room\.(freeze|unfreeze)$/;

export function sorted(offers: Offer[], blocks: Block[]): Sorted {
  const free = loose(offers, blocks);
  // What somebody waits for stands among the signals, also where the server leaves drawing it to
  // a list of people.
  const about = (offer: Offer) => SIGNAL.test(offer.type) && !!offer.seat;
  const signals = free.filter(about);
  const left = free.filter((offer) => offer.shown !== false && !about(offer));
  const take = (choose: (offer: Offer) => boolean): Offer[] => {
    const taken = left.filter(choose);
    for (const offer of taken) left.splice(left.indexOf(offer), 1);
    return taken;
  };
  const quiet = (offer: Offer) => offer.place !== "main" && offer.place !== "menu";
  const back = take((offer) => offer.type === "phase.back")[0];
  const alarm = take((offer) => ALARM.test(offer.type))[0];
  // Answered in the private strip, and among the duties.
  take((offer) => /^(lead\.(approve|set_aside)|duty\.set)$/.test(offer.type));
  const lead = take((offer) => offer.place === "menu" && LEAD.test(offer.type))[0];
  // The others of the lead stand before everything, drawn by the frame.
  take((offer) => isLead(offer) && offer.place !== "menu");
  const main = take((offer) => offer.place === "main");
  const clocks = take((offer) => quiet(offer) && CLOCK.test(offer.type));
  return { main, clocks, signals, loose: take(quiet), menu: left, back, lead, alarm };
}
