// Keeps the place of somebody on a keyboard when what they pressed goes away: it goes back to the
// button that asked, or to the heading that says what is now. Without it, it would fall to the top.

/** Watches over the focus inside a page's place. */
export function keepFocus(place: HTMLElement): void {
  let last: HTMLElement | null = null;
  let asked: HTMLElement | null = null;
  place.addEventListener("focusin", (event) => {
    last = event.target as HTMLElement;
    asked = last.closest<HTMLElement>("tl-offer");
    const to = last;
    if (to.matches(":focus-visible")) requestAnimationFrame(() => uncover(to));
  });
  place.addEventListener("focusout", (event) => {
    if (event.relatedTarget) return;
    // Some browsers say this too while an element is taken away: only who is still there let go.
    queueMicrotask(() => {
      if (last?.isConnected) last = null;
    });
  });
  const found = () => {
    if (!last || last.isConnected) return;
    last = null;
    if (document.activeElement && document.activeElement !== document.body) return;
    const button = asked?.isConnected ? asked.querySelector<HTMLElement>("button") : null;
    const heads = [...place.querySelectorAll<HTMLElement>("h1")];
    const to = [button, ...heads].find((each) => each?.getClientRects().length);
    if (!to) return;
    if (to !== button) to.tabIndex = -1;
    to.focus({ preventScroll: true });
  };
  // After the page's own code, which may know a better place.
  new MutationObserver(() => setTimeout(found)).observe(place, { childList: true, subtree: true });
}

/** Space left between what has the focus and what stays in sight over the page (px). */
const CLEAR = 12;

/** What has the focus must be seen: it is not under the buttons that stay at the foot. */
function uncover(to: HTMLElement): void {
  const { bottom } = (to.closest("label") ?? to).getBoundingClientRect();
  for (const bar of document.querySelectorAll<HTMLElement>(".dock, .reach, .boardbar")) {
    if (bar.contains(to) || !/sticky|fixed/.test(getComputedStyle(bar).position)) continue;
    const { top, height } = bar.getBoundingClientRect();
    if (height && top > CLEAR && bottom + CLEAR > top) window.scrollBy(0, bottom + CLEAR - top);
  }
}

/** Whether somebody writes at this moment: then nothing moves under their hands. */
export function isTyping(): boolean {
  return !!document.activeElement?.matches("input:not([type=radio], [type=checkbox]), textarea");
}
