// Commands on their way: kept on this device until the server has answered each, then forgotten.
import { AGAIN, type Connection } from "./connection";
import { Drawer, freshId, type Kept } from "./keep";
import type { DoneMessage, RefusedMessage, ServerMessage } from "./wire";

/** As the wire has it (`ClientCommand`), with what the page must do once it is done. */
export interface Sent extends Kept {
  payload: { request: string; command: Record<string, unknown>; activity?: string; seat?: string };
  /** Which button shows that it is on its way. */
  key: string;
  /** Draft boxes whose text this command carries, each with it: emptied of it when it is done. */
  boxes: string[];
  texts?: Record<string, string>;
}

export type Answer = { sent: Sent; message: DoneMessage | RefusedMessage };

export class Commands extends EventTarget {
  private readonly drawer: Drawer<Sent>;
  /** Requests that are not on this device's disk: on their way there, or refused by it. */
  private readonly unkept = new Set<string>();
  private again: number | undefined;
  /** Those that could not be saved, until they are sent again. */
  private readonly unsaved = new Set<string>();

  constructor(
    room: string,
    private readonly connection: Connection,
  ) {
    super();
    this.drawer = new Drawer<Sent>(room, "commands");
    void this.drawer.load().then(() => this.resend());
    connection.addEventListener("open", () => this.resend());
    connection.addEventListener("message", (event) =>
      this.hear((event as CustomEvent<ServerMessage>).detail),
    );
  }

  /** How many have no answer yet. */
  get waiting(): number {
    return this.drawer.all().length;
  }

  /** Whether they all would outlive this page. */
  get onDisk(): boolean {
    return !this.unkept.size;
  }

  /** Those that have no answer yet. */
  get requests(): string[] {
    return this.drawer.all().map((sent) => sent.id);
  }

  /** Whether this command has no answer yet. */
  pending(request: string): boolean {
    return this.drawer.all().some((sent) => sent.id === request);
  }

  /** Whether any of those without an answer is like this. */
  waits(like: (payload: Sent["payload"]) => boolean): boolean {
    return this.drawer.all().some((sent) => like(sent.payload));
  }

  /** Whether the command of a button is on its way. */
  busy(key: string): boolean {
    return this.drawer.all().some((sent) => sent.key === key);
  }

  /** The text of a box that a command without an answer carries. */
  carried(seat: string, box: string): string | undefined {
    const carrying = this.drawer
      .all()
      .filter((each) => each.payload.seat === seat && each.boxes.includes(box));
    return carrying.at(-1)?.texts?.[box];
  }

  /** Sends now, or as soon as there is a line again. */
  send(
    command: Record<string, unknown>,
    at: { activity?: string; seat?: string; key?: string; texts?: Record<string, string> } = {},
  ): string {
    const request = freshId();
    const payload: Sent["payload"] = { request, command };
    if (at.activity) payload.activity = at.activity;
    if (at.seat) payload.seat = at.seat;
    const texts = at.texts ?? {};
    const sent: Sent = {
      id: request,
      payload,
      key: at.key ?? "",
      boxes: Object.keys(texts),
      texts,
    };
    this.unkept.add(request);
    void this.drawer.put(sent).then((kept) => {
      if (kept && this.unkept.delete(request)) this.dispatchEvent(new Event("change"));
    });
    // Behind what could not be saved, in order.
    if (this.again === undefined) this.connection.send(payload);
    this.dispatchEvent(new Event("change"));
    return request;
  }

  /** Whether something that could not be saved was done before it. */
  private follows(sent: Sent): boolean {
    for (const each of this.drawer.all()) {
      if (each.id === sent.id) return false;
      if (this.unsaved.has(each.id)) return true;
    }
    return false;
  }

  /** Once, in a while: nothing is wrong with what waits, it could not be saved. */
  private later(): void {
    this.again ??= window.setTimeout(() => this.resend(), AGAIN * (1 + Math.random()));
  }

  private resend(): void {
    window.clearTimeout(this.again);
    this.again = undefined;
    this.unsaved.clear();
    for (const sent of this.drawer.all()) this.connection.send(sent.payload);
  }

  private hear(message: ServerMessage): void {
    if (message.type !== "done" && message.type !== "refused") return;
    const sent = this.drawer.all().find((each) => each.id === message.request);
    if (!sent) return;
    if (message.type === "refused") {
      if (message.again) this.unsaved.add(sent.id);
      // Judged without what was done before it: that could not be saved, and is sent again too.
      if (message.again || this.follows(sent)) {
        this.later();
        return;
      }
    }
    this.unsaved.delete(sent.id);
    this.unkept.delete(sent.id);
    void this.drawer.drop(sent.id);
    this.dispatchEvent(new CustomEvent<Answer>("answer", { detail: { sent, message } }));
    this.dispatchEvent(new Event("change"));
  }
}
