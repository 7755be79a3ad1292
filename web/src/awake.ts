// The screen stays on while somebody at this device has the floor, and may go dark again after.
import type { ViewMessage } from "./wire";

/** Whether it is this person's time: a screen that goes dark would take the floor out of the hand. */
export function hasFloor(view: ViewMessage | undefined): boolean {
  if (view?.lens !== "seat") return false;
  return view.blocks.some((block) => {
    switch (block.type) {
      case "ring":
        return block.floor === view.seat;
      case "voice":
        return block.mode === "speak";
      case "bowl":
        return block.chairs.some((chair) => chair.seat === view.seat && chair.state !== "held");
      default:
        return false;
    }
  });
}

/** Browsers let a lock go whenever the page is put away, so it is asked for again on the way back;
 *  where there is none, or the battery is low, the page works as ever. */
export class Awake {
  private lock: WakeLockSentinel | null = null;
  private wanted = false;
  private asking = false;

  constructor() {
    document.addEventListener("visibilitychange", () => void this.settle());
  }

  keep(wanted: boolean): void {
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    void this.settle();
  }

  private async settle(): Promise<void> {
    if (this.asking) return;
    if (!this.wanted) {
      const held = this.lock;
      this.lock = null;
      await held?.release().catch(() => undefined);
      return;
    }
    if (this.lock && !this.lock.released) return;
    if (document.visibilityState !== "visible" || !navigator.wakeLock) return;
    this.asking = true;
    try {
      this.lock = await navigator.wakeLock.request("screen");
    } catch {
      this.lock = null;
    }
    this.asking = false;
    if (!this.wanted) void this.settle();
  }
}
