// Whether a screen is low for its letters: then nothing may lie over what is read. A media query
// does not see text that the page alone shows larger.

/** Lines of letters a screen has at least to keep buttons in reach (as in room.css, panel.css). */
const LINES = 34;

/** Marks the page as `data-low`, now and whenever its height or its letters change. */
export function watchHeight(): void {
  const root = document.documentElement;
  const measure = () => {
    const letters = Number.parseFloat(getComputedStyle(root).fontSize);
    root.toggleAttribute("data-low", window.innerHeight < LINES * letters);
  };
  window.addEventListener("resize", measure);
  new ResizeObserver(measure).observe(root);
}
