// Hocuspocus as it comes, with what it stores in SQLite. Port, folder and milliseconds between
// flushes come from the command line.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Server } from "@hocuspocus/server";

const [port, folder, flush] = process.argv.slice(2);

async function store() {
  try {
    const { SQLite } = await import("@hocuspocus/extension-sqlite");
    const made = new SQLite({ database: join(folder, "hocuspocus.sqlite") });
    await made.onConfigure();
    made.db.close();
    return [made, "better-sqlite3"];
  } catch {
    // No compiled driver: a file for each document, as its Database extension allows.
    const { Database } = await import("@hocuspocus/extension-database");
    const place = (name) => join(folder, encodeURIComponent(name));
    return [
      new Database({
        fetch: async ({ documentName: name }) =>
          existsSync(place(name)) ? readFileSync(place(name)) : null,
        store: async ({ documentName: name, state }) => {
          writeFileSync(`${place(name)}.new`, state);
          renameSync(`${place(name)}.new`, place(name));
        },
      }),
      "files",
    ];
  }
}

const [extension, driver] = await store();
const server = new Server({
  port: Number(port),
  address: "127.0.0.1",
  quiet: true,
  stopOnSignals: true,
  ...(flush ? { flushDelay: Number(flush) } : {}),
  extensions: [extension],
});
await server.listen();
console.log(`ready ${driver}`);
