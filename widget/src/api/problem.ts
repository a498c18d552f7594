/** What a request can come back with instead of its answer. */

/** The server's refusal (RFC 9457), told apart by `slug`: `thread-closed`, `too-fast`, … */
export class Problem extends Error {
  constructor(
    readonly slug: string,
    readonly status: number,
    readonly detail: string,
    readonly extras: { retry_after?: number; earlier?: string; tries_left?: number; max_chars?: number; challenge?: string; bits?: number },
  ) {
    super(slug);
  }
}

/** No answer came: no network, a server that is away, or one that took too long. */
export class Unreachable extends Error {}

export function isProblem(error: unknown, ...slugs: string[]): error is Problem {
  return error instanceof Problem && slugs.includes(error.slug);
}

export async function problemOf(response: Response): Promise<Problem> {
  const { type = "", detail = "", ...extras } = (await response.json().catch(() => ({}))) as { type?: string; detail?: string };
  return new Problem(type.replace(/.*\//, ""), response.status, detail, extras);
}
