// The line: one websocket per device, one provider per document, and what the state line may say.
import {
  HocuspocusProvider,
  HocuspocusProviderWebsocket,
  WebSocketStatus,
} from "@hocuspocus/provider";
import { createDecoder, readVarString, readVarUint, readVarUint8Array } from "lib0/decoding";
import {
  createEncoder,
  toUint8Array,
  writeVarString,
  writeVarUint,
  writeVarUint8Array,
} from "lib0/encoding";
import { IndexeddbPersistence } from "y-indexeddb";
import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import type { Boot } from "./boot";
import { learn } from "./clock";
import { deviceKeeps } from "./keep";
import { Pointing } from "./pointing";
import type { ServerMessage } from "./wire";

/** Milliseconds without any message (the server pings every 5 s) after which a line is dead. */
const SILENCE = 12_000;
/** Milliseconds of looking for the line before the page says since when there is none. */
const PATIENCE = 15_000;
/** The close code of a server that goes while another one comes (`wire.CLOSE_CODES`). */
const GOING = 1001;
/** How long a page looks for that one before it says so (ms). */
const MOVING = 8_000;
/** Milliseconds over which typing is gathered into one update. */
const GATHER = 120;
/** Milliseconds over which what others write is gathered before it is put on this device's disk: it
 *  is on the server already, and every write to the disk costs a slow phone milliseconds. */
const OTHERS = 1_000;
/** Milliseconds until what could not be saved is offered again; as much again is drawn by lot, so
 *  that a hall does not ask at once. */
export const AGAIN = 2_000;
/** Milliseconds to wait for this device's own storage before going on without it. */
const STORE_WAIT = 3_000;

/** What this page understands beyond Hocuspocus; a server that does not know it overlooks it. */
const CAN = typeof DecompressionStream === "undefined" ? "pointers" : "pointers,deflate";
/** The kinds of frames with pointers in few bytes, and with a document deflated. */
const POINTERS = 100;
const PACKED = 101;
const SYNC = 0;
const STEP1 = 0;
const STEP2 = [SYNC, 1] as const;

/** A provider that reads our own kinds of frames too. */
class Provider extends HocuspocusProvider {
  /** Told once all that was written before is here: the server asks for what it lacks itself only
   *  after it has sent its own, which may come in several frames. */
  whole: () => void = () => undefined;
  private pointing: Pointing | undefined;
  /** What came behind a document that is being inflated. */
  private behind: MessageEvent[] | null = null;

  override onMessage(event: MessageEvent): void {
    if (this.behind) {
      this.behind.push(event);
      return;
    }
    const from = createDecoder(new Uint8Array(event.data as ArrayBuffer));
    const name = readVarString(from);
    const kind = readVarUint(from);
    if (kind === PACKED) void this.inflate(name, readVarUint8Array(from));
    else if (kind !== POINTERS) {
      super.onMessage(event);
      if (kind === SYNC && readVarUint(from) === STEP1) this.whole();
    } else if (this.awareness) {
      this.pointing ??= new Pointing(this.awareness, this);
      this.pointing.take(readVarUint8Array(from));
    }
  }

  override onClose(): void {
    this.behind = null;
    super.onClose();
  }

  private async inflate(name: string, packed: Uint8Array): Promise<void> {
    const behind: MessageEvent[] = [];
    this.behind = behind;
    const bytes = new Blob([packed as BlobPart]).stream();
    const inflated = new Response(bytes.pipeThrough(new DecompressionStream("deflate")));
    const update = new Uint8Array(await inflated.arrayBuffer().catch(() => new ArrayBuffer(0)));
    // The line may have been lost meanwhile: all is asked for again.
    if (this.behind !== behind) return;
    this.behind = null;
    if (update.length) {
      const frame = createEncoder();
      writeVarString(frame, name);
      for (const part of STEP2) writeVarUint(frame, part);
      writeVarUint8Array(frame, update);
      const { buffer } = toUint8Array(frame).slice();
      super.onMessage(new MessageEvent("message", { data: buffer }));
    }
    for (const event of behind) this.onMessage(event);
  }
}

/** Names of boxes; whoever keeps them is told of each change. */
class Touched extends Set<string> {
  changed: () => void = () => undefined;

  override add(box: string): this {
    const more = !this.has(box);
    super.add(box);
    if (more) this.changed();
    return this;
  }

  override delete(box: string): boolean {
    const less = super.delete(box);
    if (less) this.changed();
    return less;
  }

  override clear(): void {
    if (!this.size) return;
    super.clear();
    this.changed();
  }
}

/** Under which name the copy on this device lists the boxes the server has not acknowledged. */
const UNSENT = "unsent";

export type Line = "opening" | "connected" | "finding" | "lost" | "ended";

/** One shared document with its copy on this device. */
export class Shared {
  doc = new Y.Doc();
  readonly ready: Promise<void>;
  provider: Provider;
  /** Boxes changed here and not yet acknowledged by the server, also before this page was opened. */
  readonly touched = new Touched();
  /** Whether the last change has reached this device's disk. */
  onDisk = true;
  /** Whether what was written before is here: from this device's copy, or from the server. */
  arrived = false;
  /** Carets and pointers of others, where a page shows them; its own state is null until it has
   *  something to say. */
  readonly awareness: Awareness | null;
  private store: IndexeddbPersistence | undefined;
  private changes = 0;
  private readonly gathered: Uint8Array[] = [];
  private flushing: number | undefined;
  private again: number | undefined;

  constructor(
    readonly name: string,
    socket: HocuspocusProviderWebsocket,
    token: string,
    private readonly tell: () => void,
    aware = false,
  ) {
    this.awareness = aware ? new Awareness(this.doc) : null;
    this.awareness?.setLocalState(null);
    this.provider = new Provider({
      websocketProvider: socket,
      name,
      document: this.doc,
      awareness: this.awareness,
      token,
      flushDelay: GATHER,
      onUnsyncedChanges: ({ number }) => {
        if (number === 0 && this.provider.isAuthenticated) this.touched.clear();
        this.tell();
      },
    });
    this.provider.whole = () => {
      this.arrived = true;
      this.tell();
    };
    this.ready = this.load().then(() => this.provider.attach());
    this.doc.on("update", (_update, origin) => {
      if (origin !== this.provider && origin !== this.store) this.wait();
    });
  }

  /** The copy on this device first, whole; only then the line (else it all goes out again). */
  private async load(): Promise<void> {
    try {
      if (!(await deviceKeeps())) return;
      const store = new IndexeddbPersistence(`talanoa/${this.name}`, this.doc);
      this.store = store;
      this.doc.off("update", store._storeUpdate);
      this.doc.on("update", this.keep);
      await Promise.race([
        store.whenSynced,
        new Promise((resolve) => window.setTimeout(resolve, STORE_WAIT)),
      ]);
      this.arrived ||= this.doc.store.clients.size > 0;
      if (store.synced) await this.remember(store);
    } catch {
      this.store = undefined;
    }
  }

  /** A page that was closed before the server had everything says so when it is opened again. */
  private async remember(store: IndexeddbPersistence): Promise<void> {
    const unsent: unknown = await store.get(UNSENT);
    for (const box of typeof unsent === "string" ? unsent.split("\n") : [])
      if (box) this.touched.add(box);
    this.touched.changed = () =>
      void store.set(UNSENT, [...this.touched].join("\n")).catch(() => undefined);
    if (this.touched.size) this.touched.changed();
    this.tell();
  }

  /** What is written here goes to the disk at once, after what it may build on. */
  private readonly keep = (update: Uint8Array, origin: unknown) => {
    if (origin === this.store) return;
    this.gathered.push(update);
    if (origin !== this.provider) this.flush();
    else this.flushing ??= window.setTimeout(() => this.flush(), OTHERS);
  };

  private flush(): void {
    window.clearTimeout(this.flushing);
    this.flushing = undefined;
    const [first, ...more] = this.gathered;
    if (!first) return;
    this.store?._storeUpdate(more.length ? Y.mergeUpdates(this.gathered) : first, this);
    this.gathered.length = 0;
  }

  /** A read that follows the write: done means that the write is on disk. */
  private wait(): void {
    this.onDisk = false;
    // Only the newest write counts: an older one on disk says nothing about the last letters.
    const change = ++this.changes;
    const db = (this.store as unknown as { db?: IDBDatabase } | undefined)?.db;
    if (!db) return;
    try {
      const transaction = db.transaction("updates", "readonly");
      transaction.objectStore("updates").count();
      transaction.oncomplete = () => {
        if (change !== this.changes) return;
        this.onDisk = true;
        this.tell();
      };
    } catch {
      this.onDisk = false;
    }
  }

  /** What could not be saved is offered again in a while: the server then asks for what it lacks. */
  later(): void {
    this.again ??= window.setTimeout(
      () => {
        this.again = undefined;
        if (this.provider.isAuthenticated) this.provider.forceSync();
      },
      AGAIN * (1 + Math.random()),
    );
  }

  /** Gives it up, with the copy on this device when it is of no use any more. */
  async close(forget = false): Promise<void> {
    window.clearTimeout(this.again);
    this.provider.destroy();
    this.doc.off("update", this.keep);
    if (forget) window.clearTimeout(this.flushing);
    else this.flush();
    if (forget) await this.store?.clearData();
    else await this.store?.destroy();
    this.doc.destroy();
  }
}

export class Connection extends EventTarget {
  line: Line = "opening";
  /** When the line was lost (ms, this device's clock). */
  since = 0;
  /** Why it ended for good. */
  ending: { code: number; reason: string } | null = null;
  readonly documents = new Map<string, Shared>();
  private readonly socket: HocuspocusProviderWebsocket;
  private readonly room: HocuspocusProvider;
  private patience: number | undefined;
  /** The server said that it goes and that another one comes. */
  private moving = false;

  constructor(private readonly boot: Boot) {
    super();
    if (boot.seen) {
      this.line = "lost";
      this.since = boot.seen;
    }
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.socket = new HocuspocusProviderWebsocket({
      url: `${scheme}//${location.host}${boot.sync || "/sync"}?can=${CAN}&room=${boot.room}`,
      messageReconnectTimeout: SILENCE,
      delay: 500,
      minDelay: 250,
      maxDelay: 10_000,
      factor: 1.8,
      jitter: true,
      onStatus: ({ status }) => this.status(status),
    });
    this.room = new HocuspocusProvider({
      websocketProvider: this.socket,
      name: boot.room,
      awareness: null,
      token: boot.token ?? "",
      onAuthenticated: () => {
        this.set("connected");
        this.dispatchEvent(new Event("open"));
      },
      onAuthenticationFailed: ({ reason }) => this.end(4401, reason),
      onStateless: ({ payload }) => this.hear(payload),
    });
    this.room.attach();
    // A phone that wakes up or finds a network again need not wait for the next attempt.
    const wake = () => {
      if (this.line === "finding" || this.line === "lost") void this.socket.connect();
    };
    window.addEventListener("online", wake);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") wake();
    });
  }

  get connected(): boolean {
    return this.line === "connected";
  }

  /** Whether this person's own words are still on their way to this device. */
  get fetching(): boolean {
    const mine = [...this.documents].filter(([name]) => name.startsWith("mine/"));
    return this.connected && mine.some(([, shared]) => !shared.arrived);
  }

  /** Sends JSON on the room's own document; false when there is no line. */
  send(payload: unknown): boolean {
    if (!this.connected) return false;
    this.room.sendStateless(JSON.stringify(payload));
    return true;
  }

  /** Which documents this page opens with the carets of others. */
  aware: (name: string) => boolean = () => false;

  /** Opens a document of the room ("board", "group/…", "mine/…"), once. */
  open(name: string): Shared {
    const full = `${this.boot.room}/${name}`;
    let shared = this.documents.get(name);
    if (!shared) {
      const { token = "" } = this.boot;
      const aware = this.aware(name);
      shared = new Shared(full, this.socket, token, () => this.tell(), aware);
      this.documents.set(name, shared);
    }
    return shared;
  }

  /** Gives a document up with its copy on this device: its person is on another one now. */
  async forget(name: string): Promise<void> {
    const old = this.documents.get(name);
    this.documents.delete(name);
    await old?.close(true);
  }

  /** Starts a refused document afresh: new copy, new client id. */
  async reopen(name: string): Promise<Shared> {
    const old = this.documents.get(name);
    this.documents.delete(name);
    await old?.close(true);
    const shared = this.open(name);
    this.dispatchEvent(new CustomEvent("reopened", { detail: name }));
    return shared;
  }

  private status(status: WebSocketStatus): void {
    if (this.line === "ended" || status === WebSocketStatus.Connected) return;
    if (status === WebSocketStatus.Disconnected && this.line === "connected") {
      this.since = Date.now();
      window.clearTimeout(this.patience);
      // While it moves to another server nobody need notice: what is sent meanwhile is kept.
      if (this.moving) this.patience = window.setTimeout(() => this.find(), MOVING);
      else this.find();
    }
  }

  private find(): void {
    this.set("finding");
    this.patience = window.setTimeout(() => this.set("lost"), PATIENCE);
  }

  private hear(payload: string): void {
    let message: ServerMessage;
    try {
      message = JSON.parse(payload) as ServerMessage;
    } catch {
      return;
    }
    learn(message.now);
    if (message.type === "bye") this.moving = message.retry && message.code === GOING;
    if (message.type === "bye" && !message.retry) this.end(message.code, message.reason);
    this.dispatchEvent(new CustomEvent<ServerMessage>("message", { detail: message }));
  }

  private end(code: number, reason: string): void {
    this.ending = { code, reason };
    this.set("ended");
    this.socket.disconnect();
  }

  private set(line: Line): void {
    if (this.line === "ended" || (line === "lost" && this.line !== "finding")) return;
    if (line === "connected") {
      window.clearTimeout(this.patience);
      this.moving = false;
    }
    this.line = line;
    this.tell();
  }

  private tell(): void {
    this.dispatchEvent(new Event("change"));
  }
}
