// How much of the page an on-screen keyboard covers, for what must stay above it. Browsers that
// shrink the page instead (`interactive-widget` in base.html) cover nothing.

/** Writes the covered height to `--keyboard`, now and whenever it changes. */
export function watchKeyboard(): void {
  const { visualViewport } = window;
  if (!visualViewport) return;
  const measure = () => {
    // Zooming in makes the visible part smaller too, and is no keyboard.
    const covered =
      visualViewport.scale > 1
        ? 0
        : window.innerHeight - visualViewport.height - visualViewport.offsetTop;
    document.documentElement.style.setProperty(
      "--keyboard",
      `${Math.max(0, Math.round(covered))}px`,
    );
  };
  visualViewport.addEventListener("resize", measure);
  visualViewport.addEventListener("scroll", measure);
}
