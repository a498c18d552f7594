/** Sites as the dashboard's answers describe them, and what an owner can do with one. */

import { get, patch, post } from "./ask.js";
import { type Decoded, flag, list, maybe, object, text } from "./decode.js";

const sighting = object({ origin: text, at: text });

const sso = object({
  keys: list(object({ id: text, algorithm: text, until: maybe(text) })),
  roles: flag,
});
export type Sso = Decoded<typeof sso>;

export const site = object({
  key: text,
  name: text,
  origins: list(text),
  development_until: maybe(text),
  guests: flag,
  guest_proof: flag,
  likes: flag,
  sso: maybe(sso),
});
export type Site = Decoded<typeof site>;

const seen = object({ seen: list(sighting), refused: list(sighting) });
export type Seen = Decoded<typeof seen>;

export const state = object({
  you: object({ name: text, email: maybe(text), operator: flag }),
  base_url: text,
  mail: flag,
  sites: list(site),
});
export type State = Decoded<typeof state>;

export interface NewSite {
  key: string;
  name: string;
  origins: string[];
  development: boolean;
}

export type SiteChange = Partial<Omit<NewSite, "key">> & { guests?: boolean; guest_proof?: boolean; likes?: boolean };

/** What an owner does with single sign-on. */
export type SsoChange =
  | { change: "new_secret" | "end_previous" | "off" }
  | { change: "public_key"; public_key: string }
  | { change: "roles"; roles: boolean };

const changedSso = object({ site, secret: maybe(text) });
export type ChangedSso = Decoded<typeof changedSso>;

const testMail = object({ sent: flag, answer: text });

export const loadState = (): Promise<State> => get("/dashboard/api/state", state);
export const addSite = (sent: NewSite): Promise<Site> => post("/dashboard/api/sites", sent, site);
export const changeSite = (key: string, sent: SiteChange): Promise<Site> =>
  patch(`/dashboard/api/sites/${encodeURIComponent(key)}`, sent, site);
export const changeSso = (key: string, sent: SsoChange): Promise<ChangedSso> =>
  post(`/dashboard/api/sites/${encodeURIComponent(key)}/sso`, sent, changedSso);
export const seenFrom = (key: string): Promise<Seen> =>
  get(`/dashboard/api/sites/${encodeURIComponent(key)}/seen`, seen);
export const sendTestMail = (): Promise<Decoded<typeof testMail>> => post("/dashboard/api/test-mail", {}, testMail);
