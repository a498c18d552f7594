/**
 * Single sign-on: the site says who its member is, by a token that it signed. No window, and nothing to press.
 *
 * Invariant: whatever goes wrong, people sign in as they do elsewhere. What it was, the console tells the owner.
 */

import type { SessionAnswer } from "../api/schema.ts";
import { Problem } from "../api/problem.ts";
import type { Session } from "./session.ts";
import type { ThreadState } from "./thread.ts";
import type { Sso } from "./visit.ts";

/** Threads of one page share a session, and a token can be used once: so they ask one after the other. */
const asking = new WeakMap<Session, Promise<boolean>>();

/**
 * Signs in whom the token names, unless their session stands and nothing it says is new. An empty token says that the site has nobody signed in: a
 * session that the site began ends with that.
 */
export async function signInBySite({ site }: ThreadState, session: Session, sso: Sso): Promise<void> {
  async function attempt(): Promise<boolean> {
    const token = typeof sso === "function" ? await sso() : sso;
    if (!token) {
      if (session.subject !== null) await session.signOut(false);
      return false;
    }
    if (typeof token !== "string") throw new Error("the token is not a string");
    if (!site?.sso) throw new Error("it is not switched on for this site");
    const subject = subjectOf(token);
    if (subject === session.subject) return true;
    const cookie = await session.keepsCookie();
    const sent = { token, ...(cookie && { cookie }) };
    session.accept(await session.api.send<SessionAnswer>("POST", "auth/sso", sent, { cookie: true }), true, subject);
    return true;
  }

  const next = () => {
    const turn = (asking.get(session) ?? Promise.resolve()).then(attempt).catch((error: unknown) => {
      // oxlint-disable-next-line no-console -- nobody but the owner can mend it, and only there do they look.
      console.warn(`Afterword: single sign-on did not work: ${reason(error)}.`);
      return false;
    });
    asking.set(session, turn);
    return turn;
  };
  // A token that stands in the page can be used once; a function can be asked for another.
  if (typeof sso === "function") session.renew = next;
  await next();
}

/**
 * Whom a token is about, and what it makes of them: a role that was taken away is to be told at once. Read to compare, never
 * to believe: only the server can tell whether it is true.
 */
function subjectOf(token: string): string {
  const payload = token.split(".")[1];
  if (!payload) throw new Error("the token is not a JSON Web Token");
  const bytes = Uint8Array.from(atob(payload.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  const { sub, role, name } = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
  if (typeof sub !== "string" || sub === "") throw new Error("the token names nobody (sub)");
  return JSON.stringify([sub, role, name]);
}

function reason(error: unknown): string {
  if (error instanceof Problem) return error.detail || error.slug;
  return error instanceof Error && error.message ? error.message : "the server could not be reached";
}
