// How the browser's part is built: one entry per page, plain CSS entries for pages without scripts.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build, defineConfig, type Plugin } from "vite";

/** Pages with a script of their own; `memo` alone carries the TipTap editor. */
const pages = [
  "front",
  "join",
  "room",
  "panel",
  "screen",
  "me",
  "memo",
  "agenda",
  "outline",
  "board",
];

const scripts = pages.map((page) => `src/${page}.ts`).filter((file) => existsSync(file));
// Every file directly in styles/ is an entry: templates link it through the manifest, so that a
// page looks right before (and without) its script. Parts to be @imported live in subfolders.
const styles = readdirSync("styles")
  .filter((file) => file.endsWith(".css"))
  .map((file) => `styles/${file}`);

/** What several pages share, in few files: each is a round trip of its own, and a browser asks for
 *  six at a time. `door` serves the pages before a room too, and must stay small. */
const shared = [
  { name: "door", test: /\/src\/(boot|i18n|copy|kept|seen)\.ts$/, priority: 4 },
  {
    name: "live",
    test: /\/src\/(mount|stage|frame|keeper|hall|keyboard|keys|here|whereabouts|tongue|panel\/menu|blocks\/(block|box|fill))\.ts$|lit\/directives\/repeat/,
    minShareCount: 2,
    priority: 3,
  },
  {
    name: "cards",
    test: /\/src\/(shelf|board\/outwards|blocks\/card)\.ts$/,
    minShareCount: 2,
    priority: 2,
  },
  {
    name: "blocks",
    test: /\/src\/blocks\/index\.ts$/,
    minShareCount: 2,
    priority: 1,
  },
];

/** Typefaces of the PDF memo that no Python package carries: copied as they are to dist/fonts. */
function fonts(): Plugin {
  const families = ["noto-sans-ethiopic", "noto-emoji"];
  const weights = ["400Regular", "700Bold"];
  return {
    name: "fonts",
    closeBundle() {
      mkdirSync("dist/fonts", { recursive: true });
      for (const family of families)
        for (const weight of weights) {
          const folder = `node_modules/@expo-google-fonts/${family}/${weight}`;
          if (!existsSync(folder)) continue;
          for (const file of readdirSync(folder).filter((name) => name.endsWith(".ttf")))
            copyFileSync(`${folder}/${file}`, `dist/fonts/${file}`);
        }
    },
  };
}

/** Which of our source files went into each page's script, with what it loads later: the server
 *  sends a page the sentences of these and no others (`server/messages.py`). */
function modules(): Plugin {
  return {
    name: "modules",
    generateBundle(_options, bundle) {
      const listed: Record<string, string[]> = {};
      for (const entry of Object.values(bundle)) {
        if (entry.type !== "chunk" || !entry.isEntry) continue;
        const files = new Set<string>();
        const seen = new Set<string>();
        const waiting = [entry.fileName];
        for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
          const chunk = bundle[name];
          if (seen.has(name) || chunk?.type !== "chunk") continue;
          seen.add(name);
          for (const id of chunk.moduleIds)
            if (id.includes("/web/src/")) files.add(id.slice(id.lastIndexOf("/web/src/") + 1));
          waiting.push(...chunk.imports, ...chunk.dynamicImports);
        }
        if (files.size) listed[entry.name] = [...files].sort();
      }
      this.emitFile({
        type: "asset",
        fileName: ".vite/modules.json",
        source: JSON.stringify(listed, null, 1),
      });
    },
  };
}

/** Scripts and styles once more, compressed: the server sends what the browser takes. */
function compressed(): Plugin {
  return {
    name: "compressed",
    closeBundle() {
      for (const file of readdirSync("dist/assets").filter((name) =>
        /\.(js|css|svg)$/.test(name),
      )) {
        const whole = readFileSync(`dist/assets/${file}`);
        writeFileSync(`dist/assets/${file}.br`, brotliCompressSync(whole));
        writeFileSync(`dist/assets/${file}.gz`, gzipSync(whole, { level: 9 }));
      }
    },
  };
}

/** The service worker: one plain script of its own, under a name that stays. */
function worker(): Plugin {
  return {
    name: "worker",
    async closeBundle() {
      await build({
        configFile: false,
        logLevel: "warn",
        build: {
          target: "es2020",
          outDir: "dist",
          emptyOutDir: false,
          copyPublicDir: false,
          rolldownOptions: {
            input: "src/worker.ts",
            output: { format: "iife", entryFileNames: "worker.js" },
          },
        },
      });
    },
  };
}

export default defineConfig({
  plugins: [fonts(), modules(), compressed(), worker()],
  base: "/static/",
  build: {
    target: "es2020",
    // Newer than the scripts' target on purpose: for older browsers the CSS compiler would turn
    // logical properties into left and right by language, which breaks right-to-left pages.
    cssTarget: ["chrome111", "firefox114", "safari16.4"],
    outDir: "dist",
    emptyOutDir: true,
    manifest: true,
    // The polyfill is an inline script, which the content security policy forbids.
    modulePreload: { polyfill: false },
    // A font or picture in a data: address would need a wider policy than we send.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: [...scripts, ...styles],
      output: { codeSplitting: { groups: [...shared] } },
    },
  },
});
