/**
 * The server's answers, as they travel. Fields may be added by later servers; none is ever taken away within v1.
 */

export type CommentId = string;
export const ORDERS = ["oldest", "newest", "best"] as const;
export type Order = (typeof ORDERS)[number];

export type Inline =
  | string
  | { t: "em" | "strong" | "del"; c: Inline[] }
  | { t: "code"; s: string }
  | { t: "a"; href: string; c: Inline[] }
  | { t: "br" };

export type Block =
  | { t: "p"; c: Inline[] }
  | { t: "pre"; lang?: string; s: string }
  | { t: "quote"; c: Block[] }
  | { t: "ul"; items: Block[][] }
  | { t: "ol"; start: number; items: Block[][] };

export type Author = {
  id: string | null;
  name: string;
  kind: "member" | "guest" | "imported";
  role: "owner" | "moderator" | null;
  hue: number;
};

export type Comment = {
  id: CommentId;
  root: CommentId;
  parent: CommentId | null;
  depth: number;
  number: number | null;
  state: "published" | "pending" | "spam" | "removed";
  /** `null` on a tombstone, as `body` is. */
  author: Author | null;
  posted_at: string;
  edited_at: string | null;
  body: Block[] | null;
  likes: number;
  replies: number;
  pinned: boolean;
  removed_by?: "author" | "moderator";
  /** Only to staff. */
  pending_reason?: string;
  /** Only to its author: an edit waits for approval while the earlier text shows. */
  waiting_edit?: boolean;
  editable_until?: string | null;
};

export type More = { after: string; count: number };

export type Conversation = {
  root: CommentId;
  pinned: boolean;
  /** Published comments, the root included. */
  count: number;
  /** In order of place: a parent always precedes its replies. */
  comments: Comment[];
  more: More | null;
};

export type Site = {
  key: string;
  name: string;
  origins: string[];
  guests: boolean;
  likes: boolean;
  email_sign_in: boolean;
  password_sign_in: boolean;
  /** Accounts from elsewhere can be used here; which ones is asked when the sign-in panel opens. */
  providers: boolean;
  /** The site itself may say who is reading. */
  sso: boolean;
  body_max_chars: number;
  edit_window_secs: number;
  /** Until when pages on the owner's own machine count as the site's. */
  development_until: string | null;
};

/** A page's discussion; `id` is `null` before its first comment. */
export type Thread = { id: string | null; url: string; count: number; closed_at: string | null };

export type ThreadPage = { site: Site; thread: Thread; order: Order; conversations: Conversation[]; next: string | null };
export type Replies = { comments: Comment[]; more: More | null };
export type Around = { thread: Thread; conversation: Conversation };
export type Counts = { counts: number[] };

export type Role = "none" | "viewer" | "moderator" | "owner";
export type Visitor =
  | { kind: "member"; id: string; name: string | null; role: Role; hue: number; via?: Via }
  | { kind: "guest"; name: string | null };
/** How a session began; a provider has an id and a name. */
export type Via = { kind: "email" | "password" | "provider" | "sso" | "link"; id?: string; name?: string };

/** Somewhere else where people have accounts. Its icon is one path in a square of `view_box`. */
export type Provider = { id: string; name: string; icon: { view_box: number; path: string }; asks_for_server: boolean };

export type Mine = { visitor: Visitor; liked: CommentId[]; comments: Comment[]; pending?: Comment[] };

/** How a page names itself. */
export type PageRef = { id?: string; url: string; canonical?: string; title: string };

export type SessionAnswer = {
  access: string;
  expires_in_secs: number;
  refresh?: string;
  visitor: Visitor;
  /** What a provider calls somebody who has no name here yet. */
  suggested_name?: string;
  /** How many comments of a guest have become theirs. */
  claimed?: number;
};
/** What a guest's browser has to compute before the server takes their comment; nothing at 0 bits. */
export type Task = { challenge: string; bits: number };
export type Solution = { challenge: string; nonce: string };
export type CodeSent = { expires_in_secs: number; resend_after_secs: number };

export type Verdict = "approve" | "spam" | "remove" | "pin" | "unpin";
