// Single keys: which letter was pressed, never while somebody types, and one switch that turns them
// all off on this device (WCAG 2.1.4).

const SWITCH = "talanoa keys";

/** Whether this person wants single keys; a browser without storage says yes. */
export function wanted(): boolean {
  try {
    return localStorage.getItem(SWITCH) !== "off";
  } catch {
    return true;
  }
}

export function want(on: boolean): void {
  try {
    localStorage.setItem(SWITCH, on ? "on" : "off");
  } catch {
    // Kept for this page only, then.
  }
}

function typing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      !!target.closest("input:not([type=radio], [type=checkbox]), textarea, select"))
  );
}

/** The letter or sign of an event, also on keyboards whose letters are not Latin; "" where it is
 *  part of a chord or of somebody's writing. */
export function letterOf(event: KeyboardEvent): string {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing)
    return "";
  if (event.defaultPrevented || typing(event.target)) return "";
  if (/^[\x20-\x7e]$/.test(event.key)) return event.key.toLowerCase();
  return /^Key[A-Z]$/.test(event.code) ? event.code.slice(3).toLowerCase() : "";
}
