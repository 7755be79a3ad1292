// A small drawer in IndexedDB for what must outlive the page: commands not yet answered, and text
// that found no home. Where IndexedDB is refused, memory serves, and the state line says less.

export interface Kept {
  id: string;
}

export class Drawer<T extends Kept> {
  private readonly memory = new Map<string, T>();
  private readonly opened: Promise<IDBDatabase | null>;

  constructor(
    room: string,
    private readonly store: string,
  ) {
    this.opened = new Promise((resolve) => {
      let request: IDBOpenDBRequest;
      try {
        request = indexedDB.open(`talanoa-${store}-${room}`, 1);
      } catch {
        resolve(null);
        return;
      }
      request.onupgradeneeded = () => request.result.createObjectStore(store, { keyPath: "id" });
      request.onsuccess = () => {
        // A room that is forgotten takes its drawers along (`kept.ts`).
        request.result.onversionchange = () => request.result.close();
        resolve(request.result);
      };
      request.onerror = () => resolve(null);
      request.onblocked = () => resolve(null);
    });
  }

  /** Whether this device keeps anything: browsers inside chat apps and private windows may not. */
  async keeps(): Promise<boolean> {
    return (await this.opened) !== null;
  }

  /** Everything kept from before, oldest first by id. */
  async load(): Promise<T[]> {
    const found = await this.run<T[]>("readonly", (store) => store.getAll() as IDBRequest<T[]>);
    for (const each of found ?? []) if (!this.memory.has(each.id)) this.memory.set(each.id, each);
    return this.all();
  }

  all(): T[] {
    return [...this.memory.values()];
  }

  /** Keeps it; resolves to true once it is on this device's disk. */
  async put(value: T): Promise<boolean> {
    this.memory.set(value.id, value);
    return (await this.run("readwrite", (store) => store.put(value))) !== null;
  }

  async drop(id: string): Promise<void> {
    this.memory.delete(id);
    await this.run("readwrite", (store) => store.delete(id));
  }

  private async run<R>(
    mode: IDBTransactionMode,
    work: (store: IDBObjectStore) => IDBRequest<R>,
  ): Promise<R | null> {
    const db = await this.opened;
    if (!db) return null;
    return new Promise((resolve) => {
      try {
        const transaction = db.transaction(this.store, mode);
        const request = work(transaction.objectStore(this.store));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onerror = () => resolve(null);
        transaction.onabort = () => resolve(null);
      } catch {
        resolve(null);
      }
    });
  }
}

/** Milliseconds after which a store that says nothing is tried all the same. */
const ASKED = 1_000;

let asked: Promise<boolean> | undefined;

/** Whether this device lets a page keep anything, asked once: a library that is refused would say so
 *  by an error of its own, and make the page wait for it. */
export function deviceKeeps(): Promise<boolean> {
  asked ??= new Promise((resolve) => {
    window.setTimeout(() => resolve(true), ASKED); // whoever asks for more waits no longer either
    try {
      const request = indexedDB.open("talanoa-probe", 1);
      request.onsuccess = () => {
        request.result.close();
        resolve(true);
      };
      request.onerror = request.onblocked = () => resolve(false);
    } catch {
      resolve(false);
    }
  });
  return asked;
}

/** An id nobody else has, ordered by time; works over plain http, unlike randomUUID. */
export function freshId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(9));
  const tail = Array.from(bytes, (byte) => byte.toString(36).padStart(2, "0")).join("");
  return `${Date.now().toString(36)}-${tail}`;
}
