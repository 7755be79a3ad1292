// What a page knows: its views, people and lines, and what the person has filled in so far.
import { type Boot, readBoot } from "./boot";
import { learn, unlearn } from "./clock";
import { type Answer, Commands } from "./commands";
import { Connection } from "./connection";
import { Drafts } from "./drafts";
import { t, useCatalogue } from "./i18n";
import { tooMany, unfit } from "./sizes";
import type {
  Block,
  DeskMessage,
  DeviceMessage,
  Field,
  Lens,
  Need,
  Offer,
  PeopleMessage,
  Person,
  RefusedMessage,
  ServerMessage,
  ViewMessage,
  WordsMessage,
} from "./wire";
import { ROOM_COMMANDS } from "./wire";

type Filled = string | boolean | number | string[];

/** What somebody decided about their words: it holds once the room has it, and not before. */
export const DECIDES = /^(consent\.\w+|words\.erase|(?!seat)\w+\.release)$/;

export class Stage extends EventTarget {
  readonly connection: Connection;
  readonly commands: Commands;
  readonly drafts: Drafts;
  readonly views = new Map<string, ViewMessage>();
  readonly words = new Map<string, WordsMessage>();
  people: PeopleMessage | null = null;
  desk: DeskMessage | null = null;
  /** Who is on this device now. */
  device: DeviceMessage | null = null;
  /** The seat whose screen is shown; on a shared device one of several. */
  seat: string;
  /** Since this is said in a fixed place until it is answered or overtaken. */
  refusal: string | null = null;
  /** The same, when it will be sent again by itself. */
  private putOff: string | null = null;
  /** Help and the like, open under the foot. */
  private readonly filled = new Map<string, Filled>();
  /** Answers on their way, by request: once they have arrived the next question begins empty. */
  private readonly sending = new Map<string, string>();

  constructor(
    readonly boot: Boot,
    readonly lens: Lens,
  ) {
    super();
    this.seat = boot.seat;
    if (boot.view) {
      this.views.set(boot.view.seat, boot.view);
      learn(boot.view.now);
    }
    this.connection = new Connection(boot);
    // First: what waited may be answered by where the room is now.
    this.connection.addEventListener("open", () => this.live());
    this.commands = new Commands(boot.room, this.connection);
    this.drafts = new Drafts(boot.room, this.connection);
    this.connection.addEventListener("message", (event) =>
      this.hear((event as CustomEvent<ServerMessage>).detail),
    );
    this.commands.addEventListener("answer", (event) =>
      this.answered((event as CustomEvent<Answer>).detail),
    );
    for (const part of [this.connection, this.commands, this.drafts])
      part.addEventListener("change", () => this.changed());
  }

  /** When this room was last seen here (ms), while that is all there is; 0 once there was a line. */
  get kept(): number {
    return this.boot.seen ?? 0;
  }

  get view(): ViewMessage | null {
    return this.views.get(this.seat) ?? null;
  }

  get offers(): Offer[] {
    return (this.view?.may ?? []) as unknown as Offer[];
  }

  /** The address of a page of this room ("" for the room itself): on a shared device it opens for
   *  the seat that is shown here. */
  path(page = "", seat = this.seat): string {
    const { room, seats } = this.boot;
    return `/r/${room}${page && `/${page}`}${seats.length > 1 ? `?as=${seat}` : ""}`;
  }

  person(seat: string): Person | undefined {
    return this.people?.people.find((person) => person.seat === seat);
  }

  name(seat: string): string {
    const here = this.person(seat)?.name;
    return here ?? this.boot.seats.find((each) => each.seat === seat)?.name ?? "";
  }

  /** Whether a seat is one of this device's. */
  own(seat: string): boolean {
    return this.boot.seats.some((each) => each.seat === seat);
  }

  /** Whose a card is, as far as this seat may know; "" when nobody says so. */
  author(card: { id: string; author: string }): string {
    return card.author || this.view?.authors?.[card.id] || "";
  }

  get facilitator(): boolean {
    const role = this.person(this.seat)?.role ?? this.seatOfDevice?.role ?? "";
    return role === "facilitator" || role === "lead" || role === "co";
  }

  private get seatOfDevice() {
    return this.boot.seats.find((each) => each.seat === this.seat);
  }

  /** Boxes with changes the server has not acknowledged, and commands without an answer. */
  get unsaved(): { count: number; onDisk: boolean } {
    let count = this.commands.waiting;
    let onDisk =
      this.commands.onDisk &&
      !this.commands.waits(({ command }) => DECIDES.test(String(command.type)));
    for (const shared of this.connection.documents.values()) {
      count += shared.touched.size;
      if (shared.touched.size && !shared.onDisk) onDisk = false;
    }
    return { count, onDisk };
  }

  /** Whether the person has read that this device keeps nothing. */
  warned = false;

  changed(): void {
    // Whoever was told that nothing can be saved sees as well that it is.
    if (this.putOff && !this.unsaved.count) {
      if (this.refusal === this.putOff) this.refusal = null;
      this.putOff = null;
    }
    this.dispatchEvent(new Event("change"));
  }

  show(seat: string): void {
    this.seat = seat;
    this.changed();
  }

  // What is filled in, until it is sent

  key(offer: Offer): string {
    const { label, place, needs, hint, confirm, shown, ...command } = offer;
    void [label, place, needs, hint, confirm, shown];
    return `${this.seat} ${JSON.stringify(command)}`;
  }

  fill(type: string, field: string, value: Filled | undefined): void {
    const key = this.filledAs(type, field);
    if (value === undefined) this.filled.delete(key);
    else this.filled.set(key, value);
    this.changed();
  }

  filling(type: string, field: string): Filled | undefined {
    return this.filled.get(this.filledAs(type, field));
  }

  private filledAs(type: string, field: string): string {
    return `${this.seat}/${this.view?.activity?.id ?? ""}/${type}/${field}`;
  }

  /** Under which name a button's own questions are kept: each card's "Change it" has its own. */
  scope(offer: Offer): string {
    const { label, place, needs, hint, confirm, shown, ...command } = offer;
    void [label, place, hint, confirm, shown];
    const about = Object.entries(command).filter(
      ([name, value]) => name !== "type" && !(name in needs) && typeof value === "string",
    );
    return [offer.type, ...about.map(([, value]) => value)].join(" ");
  }

  /** The draft in which a button of an activity asks for words; "" where the room itself asks. */
  questionBox(offer: Offer, field: string): string {
    const kind = offer.needs?.[field]?.kind;
    if (ROOM_COMMANDS.includes(offer.type) || (kind !== "text" && kind !== "texts")) return "";
    return this.box(`ask-${this.scope(offer)}-${field}`.replace(/[^\w.-]+/g, "-").slice(0, 90));
  }

  /** All of them. */
  questionBoxes(offer: Offer): string[] {
    return Object.keys(offer.needs ?? {})
      .map((field) => this.questionBox(offer, field))
      .filter(Boolean);
  }

  /** What a question of a button is answered with so far. */
  answer(offer: Offer, field: string): Filled | undefined {
    return this.filling(this.scope(offer), field) ?? offer.needs[field]?.value ?? undefined;
  }

  /** The name of a box in the drafts. */
  box(name: string): string {
    return `${this.view?.activity?.id ?? "room"}/${name}`;
  }

  /** Needs of an offer that nothing on the screen fills: the button asks for them first. */
  asks(offer: Offer): [string, Need][] {
    const blocks = this.view?.blocks ?? [];
    return Object.entries(offer.needs ?? {}).filter(
      ([field]) =>
        !blocks.some(
          (block) =>
            ((block.type === "entry" || block.type === "choices") &&
              block.offer === offer.type &&
              block.field === field) ||
            (block.type === "form" &&
              block.offer === offer.type &&
              block.fields.some((each) => each.field === field)) ||
            (block.type === "release" && block.offer === offer.type),
        ),
    );
  }

  /** The values of an offer's needs, with the draft boxes they came from. */
  gather(offer: Offer): { values: Record<string, unknown>; boxes: string[]; missing: string[] } {
    const values: Record<string, unknown> = {};
    const boxes: string[] = [];
    const missing: string[] = [];
    const blocks = this.view?.blocks ?? [];
    for (const [field, need] of Object.entries(offer.needs ?? {})) {
      const value = this.value(offer, field, need, blocks, boxes);
      const empty = value === undefined || value === "" || (Array.isArray(value) && !value.length);
      if (!empty) values[field] = value;
      else if (need.optional) continue;
      else if (need.kind === "flag") values[field] = false;
      else if (need.kind === "texts") values[field] = [];
      else missing.push(field);
    }
    return { values, boxes, missing };
  }

  private value(offer: Offer, field: string, need: Need, blocks: Block[], boxes: string[]) {
    for (const block of blocks) {
      if (block.type === "entry" && block.offer === offer.type && block.field === field) {
        const box = this.box(block.box);
        boxes.push(box);
        const text = this.drafts.peek(this.seat, box).trim();
        if (need.kind === "texts") return text ? text.split(/\n+/).map((line) => line.trim()) : [];
        return text;
      }
      if (block.type === "choices" && block.offer === offer.type && block.field === field) {
        const chosen = this.filling(offer.type, field) ?? block.chosen ?? undefined;
        return need.kind === "number" && chosen !== undefined ? Number(chosen) : chosen;
      }
      if (block.type === "form" && block.offer === offer.type) {
        const found = block.fields.find((each) => each.field === field);
        if (found) return this.formed(offer, found, boxes);
      }
      if (block.type === "release" && block.offer === offer.type)
        return this.released(offer, field, need, block.moments, boxes);
    }
    const asked = this.questionBox(offer, field);
    if (asked && this.drafts.has(this.seat, asked)) {
      boxes.push(asked);
      const text = this.drafts.peek(this.seat, asked).trim();
      return need.kind === "texts" ? text.split(/\n+/).filter(Boolean) : text;
    }
    const given = this.answer(offer, field);
    return need.kind === "number" && given !== undefined ? Number(given) : given;
  }

  private formed(offer: Offer, field: Field, boxes: string[]) {
    if (field.kind === "text") {
      const box = this.box(field.box);
      boxes.push(box);
      return this.drafts.peek(this.seat, box).trim();
    }
    const given = this.filling(offer.type, field.field) ?? field.value ?? undefined;
    const need = offer.needs[field.field];
    return need?.kind === "number" && given !== undefined ? Number(given) : given;
  }

  private released(offer: Offer, field: string, need: Need, moments: number, boxes: string[]) {
    const take = (name: string) => {
      const box = this.box(name);
      boxes.push(box);
      return this.drafts.peek(this.seat, box).trim();
    };
    if (need.kind === "texts")
      return Array.from({ length: moments }, (_, n) => take(`moment${n + 1}`)).filter(Boolean);
    if (need.kind === "text") return take(field === "quote" ? "quote" : "title");
    return this.filling(offer.type, field);
  }

  /** Sends an offer with what is filled in. Returns the fields that are still empty. */
  take(offer: Offer, more: Record<string, unknown> = {}): string[] {
    const { values, boxes, missing } = this.gather(offer);
    const open = missing.filter((field) => !(field in more));
    if (open.length) return open;
    const { label, place, needs, hint, confirm, shown, activity, ...command } = offer;
    void [label, place, hint, confirm, shown];
    if (this.tooLarge(values, boxes, needs)) return [];
    const extra = offer.type === "notes.share" ? { cards: this.chosenCards(values.share) } : {};
    const room = ROOM_COMMANDS.includes(offer.type);
    const at = room ? undefined : (activity ?? this.view?.activity?.id);
    const request = this.commands.send(
      { ...command, ...values, ...extra, ...more },
      { activity: at, seat: this.seat, key: this.key(offer), texts: this.written(boxes) },
    );
    this.sending.set(request, this.filledAs(this.scope(offer), ""));
    return [];
  }

  /** Cards ticked to be shared; a person shares only their own. */
  readonly ticked = new Set<string>();

  tick(card: string): void {
    if (!this.ticked.delete(card)) this.ticked.add(card);
    this.changed();
  }

  /** Whether the person is choosing which of their cards to share. */
  get sharing(): boolean {
    return this.filling("notes.share", "share") === "some";
  }

  private chosenCards(share: unknown): string[] {
    return share === "some" ? [...this.ticked] : [];
  }

  /** Sends a command that is always allowed (notes, the strip, one's own words). Returns the id its
   *  answer will carry, "" when it was too large to be sent or is on its way already. */
  say(command: Record<string, unknown>, boxes: string[] = [], key = ""): string {
    if (boxes.some((box) => this.onItsWay(box)) || this.tooLarge(command, boxes)) return "";
    return this.commands.send(command, { seat: this.seat, texts: this.written(boxes), key });
  }

  private written(boxes: string[]): Record<string, string> {
    return Object.fromEntries(boxes.map((box) => [box, this.drafts.peek(this.seat, box)]));
  }

  /** Whether what a box holds was sent and has no answer, even if more was typed behind it. Another
   *  text is another thing to send: on a weak line people do not wait for the first. */
  private onItsWay(box: string): boolean {
    const carried = this.commands.carried(this.seat, box);
    return !!carried && this.drafts.peek(this.seat, box).startsWith(carried);
  }

  /** Says so when a command is too large to be sent; what is written stays where it is. */
  private tooLarge(
    command: Record<string, unknown>,
    boxes: string[],
    needs?: Record<string, Need>,
  ): boolean {
    const more = Math.max(0, ...boxes.map((box) => this.drafts.over(this.seat, box)));
    this.refusal = more ? tooMany(more) : unfit(command, needs);
    if (this.refusal) this.changed();
    return this.refusal !== null;
  }

  // What comes in

  private live(): void {
    if (this.kept) unlearn();
    delete this.boot.seen;
    this.ask();
  }

  private ask(): void {
    for (const { seat } of this.boot.seats) this.connection.send({ lens: this.lens, seat });
  }

  private hear(message: ServerMessage): void {
    switch (message.type) {
      case "view": {
        const old = this.views.get(message.seat);
        if (message.lens !== this.lens || (old && old.seq > message.seq)) return;
        this.views.set(message.seat, message);
        for (const name of message.documents)
          if (name.startsWith("mine") || this.wanted(name)) this.connection.open(name);
        break;
      }
      case "people":
        this.people = message;
        break;
      case "desk":
        this.desk = message;
        break;
      case "device":
        this.seated(message);
        break;
      case "words":
        this.words.set(message.seat, message);
        break;
      case "refused":
        if (message.document) this.refusedDocument(message);
        // The command is kept and sent again: there will be another answer.
        else if (message.again) this.refusal = this.putOff = message.message;
        break;
    }
    this.changed();
  }

  /** People came to this device, or went to another: then nothing of theirs stays here. */
  private seated(message: DeviceMessage): void {
    const before = this.boot.seats.map((each) => each.seat);
    const now = message.seats.map((each) => each.seat);
    this.device = message;
    this.boot.seats = message.seats;
    for (const seat of before.filter((each) => !now.includes(each))) {
      this.views.delete(seat);
      this.words.delete(seat);
      void this.connection.forget(`mine/${seat}`);
    }
    for (const seat of now.filter((each) => !before.includes(each)))
      this.connection.send({ lens: this.lens, seat });
    if (!now.includes(this.seat) && now[0]) this.seat = now[0];
  }

  /** A document is opened when a block on the screen shows cards of it. */
  private wanted(name: string): boolean {
    return [...this.views.values()].some((view) =>
      view.blocks.some((block) => block.type === "cards" && block.document === name),
    );
  }

  private refusedDocument(message: RefusedMessage): void {
    const name = message.document.startsWith(`${this.boot.room}/`)
      ? message.document.slice(this.boot.room.length + 1)
      : message.document;
    this.refusal = message.message || reasonSentence(message.reason);
    if (message.again) {
      this.putOff = this.refusal;
      this.connection.documents.get(name)?.later();
    } else if (name.startsWith("mine/")) void this.drafts.rescue(name.slice("mine/".length));
    else {
      // Whoever shows it can still take what was not sent out of it.
      this.dispatchEvent(new CustomEvent("losing", { detail: name }));
      void this.connection.reopen(name);
    }
  }

  private answered({ sent, message }: Answer): void {
    const seat = sent.payload.seat ?? this.seat;
    const scope = this.sending.get(sent.id);
    this.sending.delete(sent.id);
    if (message.type === "done") {
      this.arrived(sent.payload.command.type, scope);
      for (const box of sent.boxes) this.drafts.sent(seat, box, sent.texts?.[box]);
      this.dispatchEvent(new CustomEvent("done", { detail: sent }));
      return;
    }
    this.refusal = message.message || reasonSentence(message.reason);
    // The moment for this text is over: it must not stay in a box that is gone from the screen.
    if (message.reason.startsWith("stale") || message.reason === "closed")
      for (const box of sent.boxes) {
        const text = this.drafts.peek(seat, box);
        void this.drafts.stray(seat, box, text).then(() => this.drafts.sent(seat, box));
      }
  }

  /** What a button asked for has been taken; what stands in a block of the screen stays there. */
  private arrived(type: unknown, scope: string | undefined): void {
    const drawn = this.view?.blocks.some((block) => "offer" in block && block.offer === type);
    if (!scope || drawn) return;
    for (const key of [...this.filled.keys()]) if (key.startsWith(scope)) this.filled.delete(key);
  }
}

/** The general sentence of a refusal, when the server sent no better one. */
function reasonSentence(reason: string): string {
  switch (reason) {
    case "stale_epoch":
      return t("Someone else leads now. Look again, then decide.");
    case "stale_phase":
    case "stale_turn":
    case "stale_seat":
      return t("The room has moved on already. Nothing was lost.");
    case "full":
      return t("There is no room left here.");
    case "closed":
      return t("This is closed now. What you wrote is kept on this device.");
    case "too_large":
      return t("That is too long. Shorten it and send it again.");
    case "too_many":
      return t("That was a lot at once. Wait a moment and try again.");
    case "not_present":
      return t("You are shown as away. Wait for the line, then try again.");
    case "duplicate":
      return t("That was done already.");
    case "unknown":
      return t("That is no longer here.");
    case "bad_request":
      return t("Something was missing. Look at the boxes and send it again.");
    default:
      return t("That is not possible now. Nothing was lost.");
  }
}

/** Starts a live page; null where the page has no room yet (its link is still being read). */
export function openStage(lens: Lens): Stage | null {
  const boot = readBoot();
  useCatalogue(boot.catalogue);
  return boot.room && boot.seat ? new Stage(boot, lens) : null;
}
