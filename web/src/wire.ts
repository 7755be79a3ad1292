// Written by web/wire_types.py from rooms/wire.py and activities/blocks.py.
// A Line, a Who and Words of the server are plain strings here.

/** The one thing now, in big serif: "Wanjiru is telling". */
export interface Now {
  type: "now";
  text: string;
}

/** The invitation, a human voice in serif; a catalogue line or a facilitator's own words. */
export interface Prompt {
  type: "prompt";
  text: string;
}

/** A sentence or two under the head. `private` is the blue-grey *only you* panel; `title` its bold beginning. */
export interface Note {
  type: "note";
  text: string;
  tone: "plain" | "private" | "good" | "look" | "quiet";
  title?: string | null;
}

/** The rules of the activity, readable at any time; unfolded when `open`. */
export interface Rules {
  type: "rules";
  title: string;
  lines: string[];
  open: boolean;
}

/** The circle: people in ring order (never mirrored), who has the floor, the clock inside, who comes next. */
export interface Ring {
  type: "ring";
  id: string;
  seats: RingSeat[];
  floor?: string | null;
  clock?: Clock | null;
  next: string[];
  title?: string | null;
}

/** A seat of the ring; all the same size. The screen itself knows which one is "you". */
export interface RingSeat {
  seat: string;
  name: string;
  state: "waiting" | "floor" | "told" | "later" | "away" | "left";
}

/** A timer as a screen draws it: from `ends_at` and the measured offset, never from its own clock. */
export interface Clock {
  kind: "soft" | "hard" | "open";
  state: "idle" | "running" | "paused" | "over" | "ended";
  duration: number;
  ends_at?: number | null;
  remaining?: number | null;
  marks: number[];
}

/** A clock without a ring. `until`: the local time of its end stands beside it (a break). */
export interface Countdown {
  type: "countdown";
  clock: Clock;
  label?: string | null;
  until: boolean;
}

/** A box a person types into, kept as a draft in `mine/{seat}` under `drafts/{activity}/{box}`; `offer` is the type of the command in `may` whose need `field` it fills. `sees` stands at the field. */
export interface Entry {
  type: "entry";
  box: string;
  offer: string;
  field: string;
  label: string;
  sees: "self" | "circle" | "room" | "memo" | "facilitators";
  hint?: string | null;
  lines: number;
  limit: number;
}

/** Big choices that fill the need `field` of the offer `offer`; `chosen` is this person's present answer. */
export interface Choices {
  type: "choices";
  offer: string;
  field: string;
  label: string;
  options: Option[];
  chosen?: string | null;
  sees: "self" | "circle" | "room" | "memo" | "facilitators";
}

/** One thing to choose. `picture` names an icon of the house set. */
export interface Option {
  value: string;
  label: string;
  picture: string;
  hint?: string | null;
}

/** What people gave, after the reveal. */
export interface Answers {
  type: "answers";
  title: string;
  answers: Answer[];
}

/** One answer shown to all: by whom (None when unnamed) and what. */
export interface Answer {
  words: string;
  who?: string | null;
}

/** Counts only, never names (`methods.md A4`). */
export interface Tally {
  type: "tally";
  title: string;
  bars: Bar[];
}

/** One line of a tally. */
export interface Bar {
  label: string;
  count: number;
  picture: string;
}

/** How many have done it; never who has not. */
export interface Progress {
  type: "progress";
  done: number;
  of: number;
  label: string;
}

/** A section of a board. `document` is "board", "mine" or "group/{id}"; the screen opens it and lists its cards of `kinds`. */
export interface Cards {
  type: "cards";
  document: string;
  section: string;
  title: string;
  kinds: string[];
  sees: "self" | "circle" | "room" | "memo" | "facilitators";
  add: boolean;
  hint?: string | null;
  heading?: string | null;
}

/** Released stories, for the plenary. */
export interface Stories {
  type: "stories";
  title: string;
  stories: Story[];
}

/** A released story as others may see it. */
export interface Story {
  title: string | null;
  moments: string[];
  quote?: string | null;
  who?: string | null;
  organisation: boolean;
}

/** The teller's own card after the stories: title, key moments, a quote, and the four choices (`methods.md` 1.8). */
export interface Release {
  type: "release";
  offer: string;
  moments: number;
  drafted: string[];
  answered?: string | null;
  title?: string | null;
  given: string[];
  quote?: string | null;
}

/** All circles at a glance, for facilitators. With a `title` a phone folds them under it. */
export interface Groups {
  type: "groups";
  groups: GroupLine[];
  title?: string | null;
}

/** One circle on the panel: what it is doing, in words; never what is said in it. */
export interface GroupLine {
  id: string;
  name: string;
  status: string;
  tag?: string | null;
  ring?: Ring | null;
  host?: string | null;
  ready: boolean;
  offers: number[];
}

/** The panel's "Next": what comes, what it does to the others; its button is the offer `offer` in place "main". */
export interface NextStep {
  type: "next";
  text: string;
  hint?: string | null;
}

/** A list of people with a word about each ("not told yet"); for facilitators, or as the ring in words. */
export interface Roll {
  type: "roll";
  title: string;
  rows: ([string, string])[];
}

/** A fishbowl: chairs inside, who waits for one in order, everybody else around. */
export interface Bowl {
  type: "bowl";
  id: string;
  chairs: Chair[];
  queue: RingSeat[];
  outer: RingSeat[];
  clock?: Clock | null;
  title?: string | null;
}

/** One chair of a fishbowl. `free` may be taken now, `locked` not yet; `held`: the line of who sits there dropped; `leaving`: who sits there was asked to make room. */
export interface Chair {
  state: "taken" | "free" | "locked" | "held" | "leaving";
  seat: string;
  name?: string | null;
  tag?: string | null;
}

/** The big screen of a pair: whose time it is, in words, colour, icon and vibration. */
export interface Voice {
  type: "voice";
  mode: "speak" | "listen" | "think" | "breath" | "open";
  text: string;
  clock?: Clock | null;
  others: RingSeat[];
  next?: string | null;
}

/** Who is with whom, for the wall and the panel. */
export interface Pairs {
  type: "pairs";
  title: string;
  pairs: Pair[];
  clock?: Clock | null;
}

/** One pair, trio or four of a table of pairs; `place` says where they talk. */
export interface Pair {
  id: string;
  name: string;
  seats: RingSeat[];
  place?: string | null;
  status?: string | null;
}

/** Speaking time as bars; for the lead alone (`methods.md A2`), never exported. */
export interface Shares {
  type: "shares";
  title: string;
  shares: Share[];
}

/** How long somebody had the floor, in ms. */
export interface Share {
  seat: string;
  name: string;
  spoken: number;
  since?: number | null;
}

/** Dots on options. The offers `offer` (a dot on `field`) and `back` (a dot off) are in `may`. */
export interface Ballot {
  type: "ballot";
  offer: string;
  back: string;
  field: string;
  options: BallotOption[];
  dots: number;
  used: number;
  each: number;
  clock?: Clock | null;
}

/** One option with its number, said aloud with it; `mine` are this seat's own dots on it. */
export interface BallotOption {
  value: string;
  number: number;
  label: string;
  mine: number;
  picture: string;
}

/** Several fields sent together with the offer `offer`; `sees` stands over it. `given`: there is an answer already, and this one replaces it. */
export interface Form {
  type: "form";
  offer: string;
  title: string;
  fields: Field[];
  sees: "self" | "circle" | "room" | "memo" | "facilitators";
  given: boolean;
}

/** One field of a form; fills the need `field` of the form's offer. Texts are drafts in `mine/{seat}` under `drafts/{activity}/{box}`. */
export interface Field {
  box: string;
  field: string;
  label: string;
  kind: "text" | "date" | "choice" | "scale" | "flag";
  hint?: string | null;
  lines: number;
  limit: number;
  options: Option[];
  optional: boolean;
  value?: string | boolean | null;
}

/** Commitment cards. */
export interface Commitments {
  type: "commitments";
  title: string;
  cards: Commitment[];
}

/** One card "I will ..."; texts are None when this viewer may not see them. */
export interface Commitment {
  id: string;
  who: string;
  text?: string | null;
  with_whom?: string | null;
  by: string;
  first_step?: string | null;
  needs?: string | null;
  partner?: string | null;
  asked?: string | null;
  state: "draft" | "active" | "done" | "changed" | "dropped";
  sees: "self" | "circle" | "room" | "memo" | "facilitators";
  offers: number[];
}

/** Notes sorted into themes. The types of the offers that move a note (needs `note` and `pile`), tick one or take the tick back (need `note`), name a pile and merge two; "" where this seat has none. */
export interface Piles {
  type: "piles";
  title: string;
  piles: Pile[];
  move: string;
  tick: string;
  rename: string;
  merge: string;
  untick: string;
}

/** A theme with its notes; the one with the id "" is *not placed*. */
export interface Pile {
  id: string;
  title: string;
  notes: PileNote[];
}

/** A note in a pile; `ticks`: how many said "also ours", `mine`: this seat did. */
export interface PileNote {
  id: string;
  words: string;
  who?: string | null;
  place?: string | null;
  ticks: number;
  mine: boolean;
}

/** Where the voices are: a call opened beside the page, or a number to dial. */
export interface Call {
  type: "call";
  url: string;
  label: string;
}

/** What a seat sees and may do. Whole, never a change; only the newest matters. */
export interface ViewMessage {
  type: "view";
  seat: string;
  lens: "seat" | "panel" | "screen";
  seq: number;
  now: number;
  activity: ActivityInfo | null;
  ends_at: number | null;
  blocks: (Now | Prompt | Note | Rules | Ring | Countdown | Entry | Choices | Answers | Tally | Progress | Cards | Stories | Release | Groups | NextStep | Roll | Bowl | Voice | Pairs | Shares | Ballot | Form | Commitments | Piles | Call)[];
  may: (Record<string, unknown>)[];
  room: RoomInfo;
  place?: string | null;
  sub?: string | null;
  documents: string[];
  authors: Record<string, string>;
}

/** Which activity a view is of. */
export interface ActivityInfo {
  id: string;
  kind: string;
  phase: string;
  title?: string | null;
}

/** The frame round every view: the room itself. */
export interface RoomInfo {
  title: string;
  lead: LeadInfo;
  agenda: AgendaRow[];
  door: "open" | "ask" | "closed";
  here: number;
  notice?: string | null;
  notice_at: number;
  code: string;
  confidentiality?: string | null;
  kept?: string | null;
  tables: Table[];
  call?: string | null;
  plan?: PlanTimes | null;
  frozen?: string | null;
  memo?: MemoMark | null;
  bridge?: Bridge | null;
  waiting: number;
  co_time: boolean;
  duties: DutyRow[];
  baton?: Baton | null;
  rest?: PlannedRest | null;
}

/** Who leads, as everyone may know it. */
export interface LeadInfo {
  lead: string;
  acting: string;
  epoch: number;
  name?: string | null;
  offered_to: string;
  offer_ends?: number | null;
  asked: string[];
  peer: boolean;
}

/** One item of the evening. */
export interface AgendaRow {
  id: string;
  title: string;
  minutes: number;
  state: "to come" | "now" | "done" | "skipped";
  kind: string;
  starts?: number | null;
  ends?: number | null;
  lead?: string | null;
}

/** A shared device, for facilitators. `lost_since` (ms): nothing is heard of it; then `code` is what another device in the hall types in (`seat.adopt`), from `adopt_from` on. */
export interface Table {
  steward: string;
  name: string;
  seats: string[];
  lost_since: number;
  adopt_from: number;
  code: string;
}

/** Where the exchange stands (`rooms/agenda_times.py`, `Times`): a screen shows `behind + max(0, now - due)` ms behind, less than 0 ahead, and never counts by itself. */
export interface PlanTimes {
  total: number;
  starts?: number | null;
  ends?: number | null;
  promised?: number | null;
  behind: number;
  due?: number | null;
  next: string;
}

/** Where the memo stands, in every view of whoever may read it: its step, the version people have (0: none yet), and a number that changes with everything that happens to it. `ends` (ms): of the check that is on. */
export interface MemoMark {
  step: "collecting" | "draft" | "edited" | "consent_check" | "sent" | "commented" | "discussed" | "final";
  version: number;
  moves: number;
  ends: number;
}

/** The line for the room when the lead has changed: who leads now, what comes, how long. */
export interface Bridge {
  text: string;
  seat: string;
  at: number;
  until: number;
}

/** A duty with its holder; `set` false: nobody has decided, which the panel warns of. */
export interface DutyRow {
  duty: "time" | "door" | "notes" | "care" | "producer" | "watch";
  label: string;
  set: boolean;
  seat: string;
  name?: string | null;
}

/** The card both see before a planned hand-over: who leads `item` next, and how it is set. */
export interface Baton {
  item: string;
  title: string;
  minutes: number;
  to: string;
  name: string;
  purpose: string;
  prompt?: string | null;
  settings: string[];
  offered: boolean;
  ends_at?: number | null;
}

/** A rest the plan puts inside the item that is on now, for facilitators. */
export interface PlannedRest {
  at: number;
  minutes: number;
}

/** Who is here. */
export interface PeopleMessage {
  type: "people";
  seq: number;
  now: number;
  people: Person[];
}

/** One row of the people list, as this viewer may see it (`group`, `note` for facilitators only). */
export interface Person {
  seat: string;
  name: string;
  where: "remote" | "room" | "carried" | "phone";
  presence: "here" | "away" | "gone" | "waiting";
  role: string;
  since: number;
  group?: string | null;
  note?: string | null;
  help: boolean;
  about?: string | null;
  hidden: boolean;
}

/** The private strip of facilitators and shadows, never exported (G8): lines, the log of proposals, and after the last activity the facilitators' debrief (facilitators only). */
export interface DeskMessage {
  type: "desk";
  seq: number;
  now: number;
  lines: DeskLine[];
  watcher: string;
  proposals: ProposalRow[];
  debrief?: Debrief | null;
}

/** One line of the private strip. */
export interface DeskLine {
  id: string;
  who: string;
  at: number;
  text: string;
  code: string;
}

/** A line of the log of proposals: what a shadow proposed, and what became of it. */
export interface ProposalRow {
  id: string;
  who: string;
  what: string;
  at: number;
  state: "open" | "done" | "set_aside" | "failed";
}

/** The facilitators' debrief after the last activity; ten minutes, softly. */
export interface Debrief {
  ends_at: number;
  questions: DebriefQuestion[];
}

/** One of the three questions with what facilitators wrote. */
export interface DebriefQuestion {
  question: "saw" | "follow" | "change";
  label: string;
  lines: DebriefLine[];
}

/** One answer of a facilitator. */
export interface DebriefLine {
  who: string;
  text: string;
}

/** My words: everything of mine that could be quoted. `kept_until` and `memo_until` (ms): when the board and the memo are deleted; `sent`: people have the memo already; `asked_until` (ms): the memo waits for answers until then, 0 when it does not. */
export interface WordsMessage {
  type: "words";
  seat: string;
  seq: number;
  now: number;
  words: MyWords[];
  kept_until: number;
  memo_until: number;
  sent: boolean;
  asked_until: number;
}

/** Words of this seat that could be quoted, with their consent and where they stand. */
export interface MyWords {
  words: string;
  text: string;
  kind: string;
  state: string;
  scope: string;
  attribution: string;
  in_memo: boolean;
  story: string;
  unheard: boolean;
  by?: string | null;
  digest: string;
  gone: boolean;
  until: number;
  card: boolean;
  own: boolean;
  verbal: string;
  places: MemoPlace[];
}

/** Where words of mine stand in the memo: the id of the section and its heading. */
export interface MemoPlace {
  section: string;
  heading: string;
  edition: "participants" | "public";
}

/** Who is on this device now, its steward first. A page draws a chip for each. */
export interface DeviceMessage {
  type: "device";
  seq: number;
  now: number;
  seats: OwnSeat[];
}

/** One person of a device. `steward`: whose device it is, who presses the buttons. `code`: what an own phone types in to take this seat along, until `code_ends` (ms). */
export interface OwnSeat {
  seat: string;
  name: string;
  role: string;
  where: "remote" | "room" | "carried" | "phone";
  status: "in" | "left" | "waiting";
  language: string;
  steward: boolean;
  code: string;
  code_ends?: number | null;
}

/** The command of `request` is in the log. */
export interface DoneMessage {
  type: "done";
  request: string;
  seq: number;
  now: number;
}

/** The command was not done, or (`document`) an update was not applied. `message` is one plain sentence. `again`: only because nothing can be saved at the moment; the page keeps it and sends it again by itself. */
export interface RefusedMessage {
  type: "refused";
  seq: number;
  now: number;
  reason: string;
  message: string;
  request: string;
  document: string;
  again: boolean;
}

/** The session ends; with `retry` false the page must not come back by itself. */
export interface ByeMessage {
  type: "bye";
  seq: number;
  now: number;
  code: number;
  reason: string;
  retry: boolean;
}

/** The agenda as facilitators edit it; facilitators only. Others see its outline in every view (`room.agenda`, `room.plan`). */
export interface PlanMessage {
  type: "plan";
  seq: number;
  now: number;
  revision: number;
  frame: PlanFrame;
  times: PlanTimes;
  items: PlanItem[];
  warnings: PlanWarning[];
}

/** What the plan is made for; 0: not known. */
export interface PlanFrame {
  starts: number;
  minutes: number;
  people: number;
  revision: number;
}

/** One item with everything a facilitator may set. `settings` holds what differs from the defaults. */
export interface PlanItem {
  id: string;
  kind: string;
  title: string;
  own: string | null;
  minutes: number;
  offset: number;
  state: "to come" | "now" | "done" | "skipped";
  starts: number | null;
  ends: number | null;
  settings: Record<string, unknown>;
  lead: string;
  leader: string | null;
  about: string | null;
  notes: string | null;
  rest: number;
  rest_at: number;
  revision: number;
}

/** Something to look at (`methods.md` 5). Never blocks anything. `item` is "" when it is about the whole plan; `strong` ones stand first. */
export interface PlanWarning {
  rule: string;
  item: string;
  text: string;
  strong: boolean;
  mend?: PlanMend | null;
}

/** What one tap would do about a warning: a command that can be sent as it stands. */
export interface PlanMend {
  label: string;
  command: Record<string, unknown>;
}

/** The lead offers the lead to a present facilitator (`methods.md A5`). */
export interface LeadOffer {
  type: "lead.offer";
  to: string;
  epoch: number;
}

/** The offered facilitator accepts; `epoch` is the offer's. */
export interface LeadAccept {
  type: "lead.accept";
  epoch: number;
}

/** The offered facilitator declines, or the lead takes the offer back. */
export interface LeadDecline {
  type: "lead.decline";
  epoch: number;
}

/** A co-facilitator asks for the lead; nothing changes until the lead offers. */
export interface LeadRequest {
  type: "lead.request";
}

/** A present co-facilitator takes over from a lead who has been away 30 s (ruling *Lead*). */
export interface LeadTake {
  type: "lead.take";
  epoch: number;
}

/** A willing member becomes peer lead after five minutes without any facilitator. */
export interface LeadVolunteer {
  type: "lead.volunteer";
  epoch: number;
}

/** Start the agenda item `item` (only when nothing runs). */
export interface ActivityStart {
  type: "activity.start";
  item: string;
  epoch: number;
}

/** Leave the agenda item out. */
export interface ActivitySkip {
  type: "activity.skip";
  item: string;
  epoch: number;
}

/** End the activity now and keep what was captured. Room-level on the wire; the room hands it to the activity. */
export interface Cut {
  type: "activity.cut";
  epoch: number;
}

/** I leave by choice. */
export interface SeatLeave {
  type: "seat.leave";
}

/** I come back after leaving: the same seat, order, words and consent (G9). */
export interface SeatReturn {
  type: "seat.return";
}

/** Change my own name. */
export interface SeatName {
  type: "seat.name";
  name: string;
}

/** Change the language of my screen (BCP 47). */
export interface SeatLanguage {
  type: "seat.language";
  language: string;
}

/** I am willing to host a circle, or no longer. */
export interface SeatWilling {
  type: "seat.willing";
  willing: boolean;
}

/** A facilitator takes a place in groups, or leaves it. */
export interface SeatDealIn {
  type: "seat.deal";
  dealt_in: boolean;
}

/** Make a participant co-facilitator, shadow or interpreter, or one of them participant. */
export interface SeatRole {
  type: "seat.role";
  seat: string;
  role: "facilitator" | "participant" | "observer" | "interpreter";
  epoch: number;
}

/** Remove a person: every token of the seat ends at once. `cards`: what they wrote stays, or is hidden until restored. */
export interface SeatRemove {
  type: "seat.remove";
  seat: string;
  cards: "keep" | "hide";
  epoch: number;
}

/** New people may come in. */
export interface DoorOpen {
  type: "door.open";
  epoch: number;
}

/** Nobody new comes in; seats that exist keep working. */
export interface DoorClose {
  type: "door.close";
  epoch: number;
}

/** Ask the facilitators for help, privately; `about` may be empty. */
export interface HelpAsk {
  type: "help.ask";
  about?: string | null;
}

/** A facilitator has seen to it. */
export interface HelpAnswer {
  type: "help.answer";
  seat: string;
  epoch: number;
}

/** One line to everybody's screen. */
export interface RoomSay {
  type: "say.all";
  text: string;
  epoch: number;
}

/** One line on the facilitators' private strip. */
export interface DeskSay {
  type: "desk.say";
  text: string;
}

/** Put a card on a document: "board", "mine" or "group/{id}". The server makes it, author = the speaking seat. */
export interface NoteAdd {
  type: "note.add";
  document: string;
  section: string;
  kind: string;
  text: string;
  theme: string;
  after?: string | null;
  photo: string;
  alt?: string | null;
  faces?: "none" | "agreed" | "unsure" | null;
}

/** Put a card of the board somewhere else: under a theme ("": under none), in a section (it leaves its theme then, unless one is named too), or behind another card where it stands. One's own cards, all by facilitators. `cards` in place of `card` moves several, in this order, in one step. */
export interface NoteMove {
  type: "note.move";
  card: string;
  cards: string[];
  theme?: string | null;
  section?: string | null;
  after?: string | null;
  since?: number | null;
}

/** Say of somebody else's card on the board: also ours; or (`on` false) no longer. */
export interface NoteTick {
  type: "note.tick";
  card: string;
  on: boolean;
}

/** Take away a card of my own. It is off the screens at once and can come back for a minute; then its words are erased. */
export interface NoteDelete {
  type: "note.delete";
  document: string;
  card: string;
}

/** Bring back a card of my own that I took away less than a minute ago. */
export interface NoteRestore {
  type: "note.restore";
  card: string;
}

/** Let more people see cards of my own, some or all of a place: `to` is my circle ("group/{id}") or everybody ("board"). There is only this way; who thinks better of it takes the card away. */
export interface NoteShare {
  type: "note.share";
  cards: string[];
  to: string;
}

/** Change the words of a card of my own that stands on the board without my name: nobody types into such a card, because everybody would see who does. */
export interface NoteReword {
  type: "note.reword";
  card: string;
  text: string;
}

/** A facilitator makes a theme and puts cards under it, in this order, in one step. */
export interface ThemeAdd {
  type: "theme.add";
  text: string;
  cards: string[];
  after?: string | null;
}

/** A facilitator gives a theme another heading. */
export interface ThemeRename {
  type: "theme.rename";
  theme: string;
  text: string;
  since?: number | null;
}

/** A facilitator puts some cards of a theme under a new one that stands behind it. */
export interface ThemeSplit {
  type: "theme.split";
  theme: string;
  cards: string[];
  text: string;
}

/** A facilitator puts all cards of a theme under another one ("": under none); the emptied theme is no more. */
export interface ThemeMerge {
  type: "theme.merge";
  theme: string;
  into: string;
}

/** A facilitator puts a theme somewhere else in the order of themes. */
export interface ThemeOrder {
  type: "theme.order";
  theme: string;
  after?: string | null;
  since?: number | null;
}

/** A facilitator makes a section; it belongs to the activity and step of now. */
export interface SectionAdd {
  type: "section.add";
  title: string;
  after?: string | null;
}

/** A facilitator gives a section another heading. */
export interface SectionRename {
  type: "section.rename";
  section: string;
  title: string;
  since?: number | null;
}

/** A facilitator puts a section somewhere else in the order of sections. */
export interface SectionOrder {
  type: "section.order";
  section: string;
  after?: string | null;
  since?: number | null;
}

/** A facilitator puts the cards of one section, or of one theme, back where they stood at a checkpoint; "" means those that were not placed. Cards their authors took away stay away, and cards that came since stay, behind the others. */
export interface BoardRestore {
  type: "board.restore";
  at: number;
  section?: string | null;
  theme?: string | null;
  since?: number | null;
}

/** Take back a step of my own: `note.move`, `theme.add`, `theme.split` or `theme.merge`, by the number of its commit (a merge within a minute). Refused as stale when somebody built on it. */
export interface BoardUndo {
  type: "board.undo";
  at: number;
}

/** Put beside a card I can read what it says in another language, or (`text` of one that is there) put it better: what I made, what stands on a card of mine, all by facilitators. */
export interface NoteRender {
  type: "note.render";
  card: string;
  language: string;
  text: string;
  of: string;
}

/** Take away what a card says in a language: what I made, what stands on a card of mine, all by facilitators. Its words are deleted. */
export interface NoteUnrender {
  type: "note.unrender";
  card: string;
  language: string;
}

/** My answer to the release card for words of mine, at any time. */
export interface ConsentRelease {
  type: "consent.release";
  words: string;
  choice: "keep" | "lesson" | "unnamed" | "first_name" | "name_org";
  outside: boolean;
  exact: string;
}

/** Take words of mine back out of the memo. */
export interface ConsentWithdraw {
  type: "consent.withdraw";
  words: string;
}

/** A facilitator edits (with text) or confirms (without) the question after a theme. */
export interface MemoQuestion {
  type: "memo.question";
  theme: string;
  text?: string | null;
}

/** A facilitator writes the prose of a place of the memo; kept by its id, never overwritten by the generator (ME3). */
export interface MemoProse {
  type: "memo.prose";
  section: string;
  text: string;
}

/** Send the memo to everyone; refused while something is missing (ME6). */
export interface MemoSend {
  type: "memo.send";
  epoch: number;
}

/** I take my seat along to a phone of my own. The device shows a code for ten minutes; the phone that types it in speaks for this seat from then on, and this device no longer does. */
export interface SeatMove {
  type: "seat.move";
}

/** I stay on this device after all: the code opens nothing any more. */
export interface SeatStay {
  type: "seat.stay";
}

/** The shared device of our table is lost: its people go on at my device. `code` is what the facilitators see for that table. */
export interface SeatAdopt {
  type: "seat.adopt";
  code: string;
}

/** A facilitator speaks from now on for somebody who is on the phone. */
export interface SeatCarry {
  type: "seat.carry";
  seat: string;
  epoch: number;
}

/** Where I am now: online, in the hall, or on a call. */
export interface SeatWhere {
  type: "seat.where";
  where: "remote" | "room" | "phone";
}

/** I heard `seat` answer aloud after the words were read back: I am the second person of `methods.md` 1.8. `answer` is the answer I heard; a later one needs to be heard again. */
export interface ConsentHear {
  type: "consent.hear";
  seat: string;
  answer: number;
}

/** Where this room talks: a link with the places {room} and {group}, such as `https://meet.example.org/{room}-{group}`, `tel:` or `sip:`. Without `link`: nowhere. */
export interface RoomCall {
  type: "room.call";
  link?: string | null;
  epoch: number;
}

/** A new item of `kind` after the item `after`: "" for the first open place, None for the end. Without `minutes` as long as the activity usually takes. */
export interface AgendaAdd {
  type: "agenda.add";
  kind: string;
  after?: string | null;
  minutes?: number | null;
  settings: Record<string, unknown>;
  title?: string | null;
  notes?: string | null;
  lead: string;
}

/** Change an item as it was at `revision`. What is None or not in `settings` stays; a setting given as null returns to its default; `clear` empties "title" or "notes". */
export interface AgendaEdit {
  type: "agenda.edit";
  item: string;
  revision: number;
  minutes?: number | null;
  settings: Record<string, unknown>;
  title?: string | null;
  notes?: string | null;
  lead?: string | null;
  rest?: number | null;
  rest_at?: number | null;
  clear: string[];
}

/** Put an item after `after` ("" for the first place); on the sender's screen it stood after `was`. */
export interface AgendaMove {
  type: "agenda.move";
  item: string;
  after: string;
  was: string;
}

/** Take an item that has not begun off the plan, as it was at `revision`. */
export interface AgendaRemove {
  type: "agenda.remove";
  item: string;
  revision: number;
}

/** Put a template in the place of everything that has not begun; `revision` is the agenda's. */
export interface AgendaUse {
  type: "agenda.use";
  template: string;
  revision: number;
}

/** The same with a plan from a file (`rooms/agenda_file.py`), which may be any JSON at all: what is wrong with it is said there. */
export interface AgendaImport {
  type: "agenda.import";
  plan: unknown;
  revision: number;
}

/** What the plan is made for: start (ms), minutes there are, people invited; 0 for not known, None for as it is. `revision` is the frame's. */
export interface AgendaFrame {
  type: "agenda.frame";
  revision: number;
  starts?: number | null;
  minutes?: number | null;
  people?: number | null;
}

/** The organiser gives the lead to a present facilitator, whoever leads; `epoch` as seen. */
export interface LeadForce {
  type: "lead.force";
  to: string;
  epoch: number;
}

/** A shadow proposes a facilitators' command; the lead approves it with one tap. */
export interface LeadPropose {
  type: "lead.propose";
  command: unknown;
  item: string;
}

/** The lead does what was proposed: checked and run with the rights of this moment. */
export interface LeadApprove {
  type: "lead.approve";
  proposal: string;
  epoch: number;
}

/** The lead leaves a proposal undone. */
export interface LeadSetAside {
  type: "lead.set_aside";
  proposal: string;
  epoch: number;
}

/** Give a duty to a facilitator, or to nobody (`seat` empty); any facilitator may. */
export interface DutySet {
  type: "duty.set";
  duty: "time" | "door" | "notes" | "care" | "producer" | "watch";
  seat: string;
  epoch: number;
}

/** A one-tap line on the private strip; facilitators and shadows. */
export interface DeskCode {
  type: "desk.code";
  code: "five_left" | "slow_down" | "wants_in" | "sound" | "skip_next" | "extend" | "your_turn" | "back";
}

/** Whether co-facilitators may extend and pause for all (`methods.md` 1.15, co_may_time). */
export interface CoTime {
  type: "room.co_time";
  on: boolean;
  epoch: number;
}

/** A facilitator's line under one of the three questions, after the last activity. */
export interface DebriefAnswer {
  type: "debrief.answer";
  question: "saw" | "follow" | "change";
  text: string;
}

/** The red control: freezes people's input and shuts the door; with `seat`, also hides that seat's last two minutes. Any facilitator. */
export interface RoomFreeze {
  type: "room.freeze";
  seat: string;
  epoch: number;
}

/** People may write again. The door stays as it is. */
export interface RoomUnfreeze {
  type: "room.unfreeze";
  epoch: number;
}

/** A participant asks to freeze the room while no facilitator is present, or (`on` false) to go on; the second one who asks for the same within a minute, on another device, makes it so. */
export interface RoomPause {
  type: "room.pause";
  on: boolean;
}

/** Hide what a seat made or changed in the last two minutes, until restored. Any facilitator. */
export interface SeatHide {
  type: "seat.hide";
  seat: string;
  epoch: number;
}

/** Bring back everything that is hidden of a seat. */
export interface SeatRestore {
  type: "seat.restore";
  seat: string;
  epoch: number;
}

/** Take what is hidden of a seat away for good. */
export interface SeatErase {
  type: "seat.erase";
  seat: string;
  epoch: number;
}

/** Newcomers wait at the door until a facilitator lets them in. */
export interface DoorAsk {
  type: "door.ask";
  epoch: number;
}

/** Let somebody in who waits at the door, or everybody (`seat` empty). Any facilitator. */
export interface SeatAdmit {
  type: "seat.admit";
  seat: string;
  epoch: number;
}

/** Send somebody away who waits at the door. Any facilitator. */
export interface SeatRefuse {
  type: "seat.refuse";
  seat: string;
  epoch: number;
}

/** A new public link and code; the old ones open nothing. Seats and recovery links stay. */
export interface LinkRenew {
  type: "link.renew";
  epoch: number;
}

/** A new recovery link for a facilitator: one's own, or anybody's by the organiser. The old one opens nothing; `devices`: also close the seat's other devices. */
export interface LinkRevoke {
  type: "link.revoke";
  seat: string;
  devices: boolean;
  epoch: number;
}

/** I write down what `seat` said. It stays theirs to release: nobody else reads it until they have answered, on their own screen, with the exact words. */
export interface WordsWrite {
  type: "words.write";
  seat: string;
  text: string;
  kind: "quote" | "key_moment" | "story_title";
}

/** Other exact words in the place of these: whatever was answered about a quote, a title or a key moment has to be answered again. */
export interface WordsEdit {
  type: "words.edit";
  words: string;
  text: string;
}

/** Delete these words for good; "" deletes everything of mine: what I said, my cards and my notes. Whoever wrote somebody's words down may delete them until they are answered for. */
export interface WordsErase {
  type: "words.erase";
  words: string;
}

/** Keep words of mine closer: in the circle, in the room, or in the participants' copy. */
export interface ConsentNarrow {
  type: "consent.narrow";
  words: string;
  scope: "self" | "circle" | "room" | "memo" | "public";
}

/** Let words of mine that I gave travel further. */
export interface ConsentWiden {
  type: "consent.widen";
  words: string;
  scope: "self" | "circle" | "room" | "memo" | "public";
}

/** Remove a person with all that is theirs: name, words, cards and private notes, for good. */
export interface SeatForget {
  type: "seat.forget";
  seat: string;
  epoch: number;
}

/** A facilitator kindly reminds whoever has quotes waiting in the memo, or (`seat`) one of them; each at most once in ten minutes. */
export interface MemoRemind {
  type: "memo.remind";
  seat: string;
}

/** A facilitator moves the memo on, from the step they saw: begins the `draft`, declares it `edited`, lets quotes and names go to their owners (`consent_check`), says that it was `discussed`, and that it is `final`. Sending is `memo.send`. */
export interface MemoStep {
  type: "memo.step";
  seen: "collecting" | "draft" | "edited" | "consent_check" | "sent" | "commented" | "discussed" | "final";
  to: "draft" | "edited" | "consent_check" | "discussed" | "final";
}

/** A facilitator opens a new version of a memo that was sent: it can be written again, and people keep the one they have until the new one is sent. `seen`: the version they saw. */
export interface MemoOpen {
  type: "memo.open";
  seen: number;
}

/** A facilitator has read again what stands in a place: it may stand in the shareable copy, as it is now; or (`on` false) not. */
export interface MemoFit {
  type: "memo.fit";
  section: string;
  on: boolean;
}

/** Somebody says something about a place of the copy they have. Everyone who has it reads it, with their name; it is printed nowhere. */
export interface MemoComment {
  type: "memo.comment";
  place: string;
  text: string;
}

/** I take back a comment of mine; it is deleted. */
export interface MemoUncomment {
  type: "memo.uncomment";
  comment: string;
}

/** A facilitator has taken up what a comment says; or (`on` false) not yet. */
export interface MemoTakeUp {
  type: "memo.take_up";
  comment: string;
  on: boolean;
}

/** A field the sender fills in. `kind`: text, texts (list), choice, flag, number, seat, seats, date (ISO, or the value of one of the `options`). */
export interface Need {
  kind: "text" | "texts" | "choice" | "flag" | "number" | "seat" | "seats" | "date";
  label?: string | null;
  limit: number;
  options: Option[];
  optional: boolean;
  low: number;
  high: number;
  value?: string | null;
}

/** A command as sent: `request` is the sender's own id, unique in the room; a resent one is answered, not repeated. */
export interface ClientCommand {
  request: string;
  command: unknown;
  activity?: string | null;
  seat?: string | null;
}

/** Which screen this device shows for a seat; by default facilitators get "panel", screens "screen", others "seat". */
export interface ClientLens {
  lens: "seat" | "panel" | "screen";
  seat?: string | null;
}

/** A place in the log to which a section can be restored: `at` is the commit's number, `step` the activity's phase, `time` ms, `cards` how many stood on everyone's board. */
export interface Checkpoint {
  at: number;
  label: string;
  step: string;
  time: number;
  cards: number;
  restore: boolean;
}

/** A card of my own that I can still bring back, until `until` (ms). */
export interface TakenCard {
  card: string;
  document: string;
  until: number;
}

export type Block =
  | Now
  | Prompt
  | Note
  | Rules
  | Ring
  | Countdown
  | Entry
  | Choices
  | Answers
  | Tally
  | Progress
  | Cards
  | Stories
  | Release
  | Groups
  | NextStep
  | Roll
  | Bowl
  | Voice
  | Pairs
  | Shares
  | Ballot
  | Form
  | Commitments
  | Piles
  | Call;

export type ServerMessage =
  | ViewMessage
  | PeopleMessage
  | DeskMessage
  | WordsMessage
  | DeviceMessage
  | DoneMessage
  | RefusedMessage
  | ByeMessage
  | PlanMessage;

export type RoomCommand =
  | LeadOffer
  | LeadAccept
  | LeadDecline
  | LeadRequest
  | LeadTake
  | LeadVolunteer
  | ActivityStart
  | ActivitySkip
  | Cut
  | SeatLeave
  | SeatReturn
  | SeatName
  | SeatLanguage
  | SeatWilling
  | SeatDealIn
  | SeatRole
  | SeatRemove
  | DoorOpen
  | DoorClose
  | HelpAsk
  | HelpAnswer
  | RoomSay
  | DeskSay
  | NoteAdd
  | NoteMove
  | NoteTick
  | NoteDelete
  | NoteRestore
  | NoteShare
  | NoteReword
  | ThemeAdd
  | ThemeRename
  | ThemeSplit
  | ThemeMerge
  | ThemeOrder
  | SectionAdd
  | SectionRename
  | SectionOrder
  | BoardRestore
  | BoardUndo
  | NoteRender
  | NoteUnrender
  | ConsentRelease
  | ConsentWithdraw
  | MemoQuestion
  | MemoProse
  | MemoSend
  | SeatMove
  | SeatStay
  | SeatAdopt
  | SeatCarry
  | SeatWhere
  | ConsentHear
  | RoomCall
  | AgendaAdd
  | AgendaEdit
  | AgendaMove
  | AgendaRemove
  | AgendaUse
  | AgendaImport
  | AgendaFrame
  | LeadForce
  | LeadPropose
  | LeadApprove
  | LeadSetAside
  | DutySet
  | DeskCode
  | CoTime
  | DebriefAnswer
  | RoomFreeze
  | RoomUnfreeze
  | RoomPause
  | SeatHide
  | SeatRestore
  | SeatErase
  | DoorAsk
  | SeatAdmit
  | SeatRefuse
  | LinkRenew
  | LinkRevoke
  | WordsWrite
  | WordsEdit
  | WordsErase
  | ConsentNarrow
  | ConsentWiden
  | SeatForget
  | MemoRemind
  | MemoStep
  | MemoOpen
  | MemoFit
  | MemoComment
  | MemoUncomment
  | MemoTakeUp;

export type Sees =
  | "self"
  | "circle"
  | "room"
  | "memo"
  | "facilitators";

export type SeatState =
  | "waiting"
  | "floor"
  | "told"
  | "later"
  | "away"
  | "left";

export type Place =
  | "main"
  | "beside"
  | "foot"
  | "menu"
  | "group";

export type Reason =
  | "not_allowed"
  | "not_present"
  | "stale_epoch"
  | "stale_phase"
  | "stale_turn"
  | "stale_seat"
  | "full"
  | "closed"
  | "duplicate"
  | "bad_request"
  | "too_large"
  | "too_many"
  | "unknown";

export type Lens =
  | "seat"
  | "panel"
  | "screen";

export type Where =
  | "remote"
  | "room"
  | "carried"
  | "phone";

export type Choice =
  | "keep"
  | "lesson"
  | "unnamed"
  | "first_name"
  | "name_org";

/** Commands to the room; every other type belongs to the activity on the screen. */
export const ROOM_COMMANDS: readonly string[] = [
  "activity.cut",
  "activity.skip",
  "activity.start",
  "agenda.add",
  "agenda.edit",
  "agenda.frame",
  "agenda.import",
  "agenda.move",
  "agenda.remove",
  "agenda.use",
  "board.restore",
  "board.undo",
  "consent.hear",
  "consent.narrow",
  "consent.release",
  "consent.widen",
  "consent.withdraw",
  "debrief.answer",
  "desk.code",
  "desk.say",
  "door.ask",
  "door.close",
  "door.open",
  "duty.set",
  "help.answer",
  "help.ask",
  "lead.accept",
  "lead.approve",
  "lead.decline",
  "lead.force",
  "lead.offer",
  "lead.propose",
  "lead.request",
  "lead.set_aside",
  "lead.take",
  "lead.volunteer",
  "link.renew",
  "link.revoke",
  "memo.comment",
  "memo.fit",
  "memo.open",
  "memo.prose",
  "memo.question",
  "memo.remind",
  "memo.send",
  "memo.step",
  "memo.take_up",
  "memo.uncomment",
  "note.add",
  "note.delete",
  "note.move",
  "note.render",
  "note.restore",
  "note.reword",
  "note.share",
  "note.tick",
  "note.unrender",
  "room.call",
  "room.co_time",
  "room.freeze",
  "room.pause",
  "room.unfreeze",
  "say.all",
  "seat.admit",
  "seat.adopt",
  "seat.carry",
  "seat.deal",
  "seat.erase",
  "seat.forget",
  "seat.hide",
  "seat.language",
  "seat.leave",
  "seat.move",
  "seat.name",
  "seat.refuse",
  "seat.remove",
  "seat.restore",
  "seat.return",
  "seat.role",
  "seat.stay",
  "seat.where",
  "seat.willing",
  "section.add",
  "section.order",
  "section.rename",
  "theme.add",
  "theme.merge",
  "theme.order",
  "theme.rename",
  "theme.split",
  "words.edit",
  "words.erase",
  "words.write",
];

/** Kinds of notes facilitators may put on the board at any time, in the order shown. */
export const BY_HAND: readonly string[] = [
  "insight",
  "question",
  "practice",
  "quote",
  "parking",
  "burning_question",
  "worthwhile",
  "plus",
  "delta",
  "offer",
  "need",
  "contact",
  "ask",
  "reply",
  "agreement",
  "update",
];

/** Characters of one text, and bytes of a whole command: more is refused. */
export const TEXT_LIMIT = 4000;
export const COMMAND_LIMIT = 32768;
/** Characters of a note, and of one place of the memo. */
export const NOTE_LIMIT = 500;
export const PLACE_LIMIT = 20000;
/** Characters of what a note says in another language. */
export const RENDERING_LIMIT = 1000;
/** Bytes of one picture. */
export const PHOTO_LIMIT = 614400;
/** Milliseconds in which a card that was taken away can be brought back. */
export const UNDO_MS = 60000;

/** An entry of `may`: a command that can be sent back once `needs` are filled in. */
export interface Offer {
  type: string;
  label: string;
  place: Place;
  needs: Record<string, Need>;
  hint?: string | null;
  confirm?: string | null;
  shown?: boolean;
  activity?: string;
  [field: string]: unknown;
}
