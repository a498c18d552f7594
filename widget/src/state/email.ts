/** Signing in by a six-digit code from a mail. The code is worth nothing without the verifier, which never leaves. */

import type { CodeSent, SessionAnswer } from "../api/schema.ts";
import { type Proof, makeProof } from "./proof.ts";
import type { Session } from "./session.ts";

/** `guest` is the token of a guest whose comments become the account's. */
export type Mailed = { email: string; proof: Proof; resendAfterSecs: number; guest: string | null };

export async function mailCode(session: Session, email: string, guest: string | null = null): Promise<Mailed> {
  const proof = await makeProof();
  const sent = await session.api.send<CodeSent>("POST", "auth/email", { email, challenge: proof.challenge });
  return { email, proof, guest, resendAfterSecs: sent.resend_after_secs };
}

/** Signs in with the code; spaces in it do not matter. */
export async function enterCode(session: Session, { proof, guest }: Mailed, code: string): Promise<SessionAnswer> {
  const cookie = await session.keepsCookie();
  const sent = { verifier: proof.verifier, code: digits(code), ...(cookie && { cookie }), ...(guest && { guest }) };
  const answer = await session.api.send<SessionAnswer>("POST", "auth/email/code", sent, { cookie: true });
  session.accept(answer, true);
  return answer;
}

export const digits = (code: string): string => code.replace(/\D/g, "");
