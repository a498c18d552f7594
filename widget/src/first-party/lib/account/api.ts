/** The account page's answers, and what it sends. */

import { get, post, put, remove } from "../ask.js";
import { type Decoded, flag, list, maybe, nothing, number, object, text } from "../decode.js";

const place = object({ kind: text, name: maybe(text), origin: maybe(text) });
const session = object({ id: text, device: text, place, via: text, began_at: text, used_at: text, here: flag });
export type Session = Decoded<typeof session>;

const identity = object({ key: text, provider: text, name: text, label: maybe(text), linked_at: text, used_at: text });
export type Identity = Decoded<typeof identity>;
const provider = object({ id: text, name: text, asks_for_server: flag });
export type Provider = Decoded<typeof provider>;

const state = object({
  name: maybe(text),
  email: maybe(text),
  email_verified: flag,
  has_password: flag,
  second_factor: maybe(number),
  offers_second_factor: flag,
  mail: flag,
  fresh_until: text,
  identities: list(identity),
  providers: list(provider),
  sessions: list(session),
});
export type State = Decoded<typeof state>;

const stored = object({
  name: maybe(text),
  email: maybe(text),
  email_verified: flag,
  since: text,
  has_password: flag,
  has_second_factor: flag,
  identities: list(identity),
  sessions: list(session),
  sites: list(object({ site: text, comments: number })),
  likes: number,
  origins: list(object({ address: maybe(text), browser: text, comments: number, days_left: number })),
  known_browsers: number,
});
export type Stored = Decoded<typeof stored>;

const offer = object({ secret: text, address: text, picture: text });
export type Offer = Decoded<typeof offer>;
const recovery = object({ codes: list(text) });

const API = "/account/api";
export const STORED = `${API}/stored`;

export const loadState = (): Promise<State> => get(`${API}/state`, state);
export const loadStored = (): Promise<Stored> => get(STORED, stored);
export const confirmIt = (password: string, code: string | null): Promise<void> => post(`${API}/confirm`, { password, code }, nothing);
export const setName = (name: string): Promise<void> => put(`${API}/name`, { name }, nothing);
export const askAddress = (email: string): Promise<void> => post(`${API}/email`, { email }, nothing);
export const confirmAddress = (token: string): Promise<void> => post(`${API}/email/confirm`, { token }, nothing);
export const setPassword = (old: string | null, fresh: string): Promise<void> => put(`${API}/password`, { old, new: fresh }, nothing);
export const removePassword = (): Promise<void> => remove(`${API}/password`, nothing);
export const linkIdentity = (provider: string, server: string | null): Promise<string> =>
  post(`${API}/identities`, { provider, server }, object({ location: text })).then(({ location }) => location);
export const unlinkIdentity = (key: string): Promise<void> => remove(`${API}/identities/${encodeURIComponent(key)}`, nothing);
export const endSession = (id: string): Promise<void> => remove(`${API}/sessions/${encodeURIComponent(id)}`, nothing);
export const endAllSessions = (): Promise<void> => remove(`${API}/sessions`, nothing);
export const signOut = (): Promise<void> => post(`${API}/sign-out`, {}, nothing);
export const offerFactor = (): Promise<Offer> => post(`${API}/second-factor/offer`, {}, offer);
export const turnOnFactor = (code: string): Promise<string[]> => post(`${API}/second-factor`, { code }, recovery).then(({ codes }) => codes);
export const renewCodes = (code: string): Promise<string[]> => post(`${API}/second-factor/recovery`, { code }, recovery).then(({ codes }) => codes);
export const turnOffFactor = (code: string): Promise<void> => post(`${API}/second-factor/off`, { code }, nothing);
