/** Asking the server that this page came from. Every failure becomes a sentence for the person. */

import { type Decoder, maybe, number, object, text } from "./decode.js";

const problem = object({
  type: text,
  title: text,
  detail: maybe(text),
  retry_after: maybe(number),
});

/** The server said no, and why. `kind` is the last part of the problem's type: `wrong-password`. */
export class Refused extends Error {
  constructor(
    readonly kind: string,
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The path this server is mounted under: "" or "/comments". */
const base = document.documentElement.dataset["base"] ?? "";

export function path(to: string): string {
  return base + to;
}

export async function ask<T>(
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
  to: string,
  sent: unknown,
  read: Decoder<T>,
): Promise<T> {
  const request: RequestInit = { method, headers: { accept: "application/json" }, cache: "no-store" };
  if (sent !== undefined) {
    request.headers = { ...request.headers, "content-type": "application/json" };
    request.body = JSON.stringify(sent);
  }
  let answer: Response;
  try {
    answer = await fetch(path(to), request);
  } catch {
    throw new Refused("unreachable", 0, "The server could not be reached. Check your connection and try again.");
  }
  const body: unknown = await answer.json().catch(() => null);
  if (answer.ok) return read(body);
  throw refusal(answer.status, body);
}

export const get = <T>(to: string, read: Decoder<T>): Promise<T> => ask("GET", to, undefined, read);
export const post = <T>(to: string, sent: unknown, read: Decoder<T>): Promise<T> => ask("POST", to, sent, read);
export const put = <T>(to: string, sent: unknown, read: Decoder<T>): Promise<T> => ask("PUT", to, sent, read);
/** Named so because `delete` is a word of the language. */
export const remove = <T>(to: string, read: Decoder<T>): Promise<T> => ask("DELETE", to, undefined, read);
export const patch = <T>(to: string, sent: unknown, read: Decoder<T>): Promise<T> => ask("PATCH", to, sent, read);

function refusal(status: number, body: unknown): Refused {
  try {
    const { type, title, detail, retry_after } = problem(body);
    const kind = type.slice(type.lastIndexOf("/") + 1);
    if (kind === "too-fast") {
      return new Refused(kind, status, `That was quick. Try again in ${retry_after ?? 60} seconds.`);
    }
    return new Refused(kind, status, sentence(detail ?? title));
  } catch {
    return new Refused("unknown", status, "Something went wrong on the server. Try again in a moment.");
  }
}

/** What went wrong, whatever it was, for the person to read. */
export function said(error: unknown): string {
  return error instanceof Error ? error.message : "Something went wrong. Try again.";
}

function sentence(raw: string): string {
  const text = raw.charAt(0).toUpperCase() + raw.slice(1);
  return /[.!?…]$/u.test(text) ? text : `${text}.`;
}
