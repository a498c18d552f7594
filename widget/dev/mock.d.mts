/** What tests use of the mock server. */

import type { Site } from "../src/api/schema.ts";

type Account = { id: string; name: string | null };
type Stored = { id: string; likes: Set<string>; markdown: string; standing: string; removed_by?: string };

export function startMock(options?: { port?: number | null; site?: Partial<Site>; providers?: string[]; bits?: number; now?: () => number }): Promise<{
  url: string;
  site: Site;
  world: { bits: number; popupCodes: Map<string, unknown>; requests: { method: string; path: string; headers: Record<string, string>; credentials?: string; body?: Record<string, unknown> }[]; refresh: Map<string, unknown> };
  mails: { to: string; code: string }[];
  fetch: typeof fetch;
  account: (email: string, facts?: { name?: string; role?: string; hue?: number }) => Account;
  thread: (key: string) => { id: string; comments: Stored[]; closed_at: string | null };
  add: (thread: unknown, comment: { body: string; by: { account: string } | { guest: string; name: string }; parent?: string | null; standing?: string; place?: number }) => Stored;
  fail: (method: string, path: RegExp, problem: unknown, times?: number) => void;
  refuse: (status: number, slug: string, detail: string, extras?: object) => Error;
  expire: () => void;
  signIn: (account: Account) => { access: string; refresh: string };
  close: () => Promise<void>;
}>;
export function refuse(status: number, slug: string, detail: string, extras?: object): Error;
