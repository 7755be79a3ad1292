// A thumb on its way cannot be stopped: what comes under it at the last moment must not act. A
// button that is new, or was somewhere else, takes no press for a short while.

/** Milliseconds between seeing that a screen has changed and being able to hold the hand back. */
const SETTLE = 400;

/** Pixels a button may shift and still be under the thumb that meant it. */
const SHIFT = 12;

/** Watches the buttons of offers below `root`; `tl-offer` names what each does (`data-does`). */
export function keepSteady(root: HTMLElement): void {
  let stood = new Map<string, DOMRect>();
  let scrolled = 0;
  const look = () => {
    const stands = new Map<string, DOMRect>();
    const moved: HTMLElement[] = [];
    const down = window.scrollY - scrolled;
    for (const offer of root.querySelectorAll<HTMLElement>("tl-offer[data-does]")) {
      const button = offer.querySelector(":scope > button");
      const does = offer.dataset.does ?? "";
      if (!button || stands.has(does)) continue;
      const now = button.getBoundingClientRect();
      const before = stood.get(does);
      stands.set(does, now);
      const far = before
        ? Math.max(Math.abs(before.top - down - now.top), Math.abs(before.left - now.left))
        : Number.POSITIVE_INFINITY;
      if (now.height && far > SHIFT) moved.push(offer);
    }
    const first = !stood.size;
    stood = stands;
    scrolled = window.scrollY;
    if (!first) moved.forEach(settle);
  };
  let waiting = 0;
  // The first screen is measured when it is laid out anyway: nothing stood there before.
  const soon = () => {
    if (stood.size) return look();
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(look);
  };
  new MutationObserver(soon).observe(root, {
    childList: true,
    characterData: true,
    subtree: true,
  });
}

const settling = new WeakMap<HTMLElement, number>();

function settle(offer: HTMLElement): void {
  clearTimeout(settling.get(offer));
  offer.toggleAttribute("data-settling", true);
  settling.set(
    offer,
    window.setTimeout(() => offer.removeAttribute("data-settling"), SETTLE),
  );
}
