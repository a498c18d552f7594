/** Things that tests begin with: comments, a thread's state, a server in memory. */

import { vi } from "vitest";
import { startMock } from "../dev/mock.mjs";
import { createApi } from "../src/api/client.ts";
import type { Block, Comment, Conversation, Site } from "../src/api/schema.ts";
import { browse } from "../src/i18n/en/browse.ts";
import { composer } from "../src/i18n/en/composer.ts";
import { waiting } from "../src/i18n/en/waiting.ts";
import { ways } from "../src/i18n/en/ways.ts";
import { moderation } from "../src/i18n/en/moderation.ts";
import { preview } from "../src/i18n/en/preview.ts";
import { signin } from "../src/i18n/en/signin.ts";
import { thread as threadStrings } from "../src/i18n/en/thread.ts";
import { visitor } from "../src/i18n/en/visitor.ts";
import { learn } from "../src/i18n/t.ts";
import { pageRef } from "../src/state/page.ts";
import { shelf } from "../src/state/shelf.ts";
import { type Emit, ThreadState } from "../src/state/thread.ts";

for (const part of [threadStrings, browse, visitor, composer, preview, signin, ways, waiting, moderation]) learn(part);

export const site: Site = {
  key: "blog", name: "Blog", origins: [location.origin], guests: true, likes: true, email_sign_in: true, password_sign_in: true, providers: false, sso: false,
  body_max_chars: 10_000, edit_window_secs: 900, development_until: null,
};

export const paragraph = (text: string): Block[] => [{ t: "p", c: [text] }];

let made = 0;
/** A published comment; what matters to a test is given, the rest is plausible. */
export function comment(facts: Partial<Comment> = {}): Comment {
  const id = facts.id ?? `id${++made}`;
  return {
    id, root: facts.parent ? "?" : id, parent: null, depth: 0, number: 1, state: "published",
    author: { id: "a".repeat(16), name: "Ada", kind: "member", role: null, hue: 210 },
    posted_at: new Date(Date.UTC(2026, 0, 1) + ++made).toISOString(), edited_at: null, body: paragraph("Hello"), likes: 0, replies: 0, pinned: false,
    ...facts,
  };
}

export const replyTo = (parent: Comment, facts: Partial<Comment> = {}): Comment =>
  comment({ parent: parent.id, root: parent.root, depth: parent.depth + 1, ...facts });

export const conversation = (comments: Comment[], facts: Partial<Conversation> = {}): Conversation => ({
  root: comments[0]?.id ?? "", pinned: false, count: comments.length, comments, more: null, ...facts,
});

/** A server in memory instead of the network. */
export async function server(facts: Partial<Site> = {}, more: { providers?: string[]; bits?: number } = {}) {
  const mock = await startMock({ port: null, ...more, site: { origins: [location.origin], ...facts } });
  vi.stubGlobal("fetch", vi.fn(mock.fetch));
  return mock;
}

export function threadOf(base: string, emit: Emit = () => {}): ThreadState {
  return new ThreadState(createApi(base, "blog"), pageRef("/article", "Article"), "oldest", shelf("blog"), "/article", emit);
}

/** A thread that shows these conversations, without a server. */
export function threadWith(conversations: Conversation[], facts: Partial<ThreadState> = {}): ThreadState {
  const thread = threadOf("https://comments.example/");
  const listed = conversations.map(({ root, pinned, comments, more }) => ({ root, pinned, comments, after: more?.after ?? null, left: more?.count ?? 0, fresh: false }));
  thread.set({ site, thread: { id: "1", url: "", count: conversations.length, closed_at: null }, listed, ...facts });
  return thread;
}
