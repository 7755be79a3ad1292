// The editor of one place: TipTap on an element of the memo's document. Loaded when a place comes
// near the screen, on the memo page alone; its styles are ours (`injectCSS: false`).
import { Editor, Extension, Node } from "@tiptap/core";
import { Bold } from "@tiptap/extension-bold";
import { Collaboration } from "@tiptap/extension-collaboration";
import { CollaborationCaret } from "@tiptap/extension-collaboration-caret";
import { Italic } from "@tiptap/extension-italic";
import { BulletList, ListItem } from "@tiptap/extension-list";
import { Paragraph } from "@tiptap/extension-paragraph";
import { Text } from "@tiptap/extension-text";
import { Placeholder } from "@tiptap/extensions";
import { Plugin } from "@tiptap/pm/state";
import { ySyncPluginKey } from "@tiptap/y-tiptap";
import type { Awareness } from "y-protocols/awareness";
import type * as Y from "yjs";
import { t } from "../i18n";
import { PLACE_LIMIT } from "../wire";

export interface Writing {
  host: HTMLElement;
  element: Y.XmlElement;
  id: string;
  awareness: Awareness | null;
  name: string;
  /** Whose place it is, for those who hear the page. */
  label: string;
  /** What to write there, while it is empty. */
  ask: string;
  editable: boolean;
  typed(): void;
  changed(editor: Editor): void;
  /** A sentence about something that was not taken as it came. */
  told(sentence: string): void;
}

/** The element itself is the document of its editor: so its name and its id must be the same, or
 *  the binding would refuse the one and take away the other. */
function top(id: string) {
  return Node.create({
    name: "place",
    topNode: true,
    content: "block+",
    addAttributes: () => ({ id: { default: id, rendered: false } }),
  });
}

/** No list in a list: Tab goes on to the next thing on the page, as everywhere. */
const Item = ListItem.extend({
  content: "paragraph+",
  addKeyboardShortcuts() {
    return { Enter: () => this.editor.commands.splitListItem(this.name) };
  },
});

/** What would make a place longer than is printed is not taken, unless somebody else wrote it. */
const Bounded = Extension.create({
  name: "bounded",
  addOptions: (): { refused(): unknown } => ({ refused: () => null }),
  addProseMirrorPlugins() {
    const { refused } = this.options;
    return [
      new Plugin({
        filterTransaction: (change, state) => {
          if (!change.docChanged || change.getMeta(ySyncPluginKey)) return true;
          const size = change.doc.content.size;
          const fits = size <= PLACE_LIMIT || size <= state.doc.content.size;
          if (!fits) refused();
          return fits;
        },
      }),
    ];
  },
});

function caret(user: { name?: unknown }): HTMLElement {
  const bar = document.createElement("span");
  bar.className = "coauthor";
  bar.setAttribute("aria-hidden", "true");
  // By the style sheet, not as text: nobody copies a name along with the words.
  bar.dataset.name = typeof user.name === "string" ? user.name : "";
  return bar;
}

const AUTO = { HTMLAttributes: { dir: "auto" } };

export function open(writing: Writing): Editor {
  const { host, awareness, told } = writing;
  const tooLong = () =>
    told(t("That is more than fits in one place. Nothing was lost; divide it into parts."));
  return new Editor({
    element: host,
    injectCSS: false,
    editable: writing.editable,
    enableInputRules: false,
    enablePasteRules: false,
    extensions: [
      top(writing.id),
      Paragraph.configure(AUTO),
      Text,
      Bold,
      Italic,
      BulletList,
      Item.configure(AUTO),
      Bounded.configure({ refused: tooLong }),
      Placeholder.configure({ placeholder: writing.ask }),
      Collaboration.configure({ fragment: writing.element }),
      ...(awareness
        ? [
            CollaborationCaret.configure({
              provider: { awareness },
              user: { name: writing.name },
              render: caret,
              selectionRender: () => ({ class: "coauthor-range" }),
            }),
          ]
        : []),
    ],
    editorProps: {
      attributes: {
        role: "textbox",
        "aria-multiline": "true",
        "aria-label": writing.label,
        ...(writing.ask ? { "aria-placeholder": writing.ask } : {}),
      },
      handleDOMEvents: {
        paste: (view, event) => {
          event.preventDefault();
          const plain = event.clipboardData?.getData("text/plain") ?? "";
          const rich = event.clipboardData?.getData("text/html") ?? "";
          if (plain.length + view.state.doc.content.size > PLACE_LIMIT) tooLong();
          else if (!plain.trim()) told(t("Only text can be put here. What you copied has none."));
          // Copied in one of these places: with its marks and lists.
          else if (rich.includes("data-pm-slice") && rich.length < 4 * PLACE_LIMIT)
            view.pasteHTML(rich);
          else {
            view.pasteText(plain);
            if (rich) told(t("It was put in as plain text; only the words are kept."));
          }
          return true;
        },
        drop: (view, event) => {
          if (view.dragging) return false;
          event.preventDefault();
          return true;
        },
      },
    },
    onTransaction: ({ editor: now, transaction }) => {
      if (transaction.docChanged && !transaction.getMeta(ySyncPluginKey)) writing.typed();
      writing.changed(now);
    },
    onFocus: ({ editor: now }) => writing.changed(now),
    onBlur: ({ editor: now }) => writing.changed(now),
  });
}

/** The three things the toolbar does. */
export type Mark = "bold" | "italic" | "list";

export function press(editor: Editor, mark: Mark): void {
  const chain = editor.chain().focus();
  if (mark === "bold") chain.toggleBold().run();
  else if (mark === "italic") chain.toggleItalic().run();
  else chain.toggleBulletList().run();
}

export function pressed(editor: Editor, mark: Mark): boolean {
  return editor.isActive(mark === "list" ? "bulletList" : mark);
}
