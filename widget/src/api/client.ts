/**
 * One request to one site of one server. Knows JSON, problems and deadlines; who is asking is said by the caller.
 *
 * Invariant: a request carries a bearer token or the cookie of a `cookie-cors` address, and only when told to. A public
 * read is a plain GET, so that the browser's cache can revalidate it.
 */

import { Unreachable, problemOf } from "./problem.ts";

export type Query = Record<string, string | readonly string[] | null | undefined>;
export type Sending = {
  bearer?: string | null | undefined;
  /** For the addresses that read the refresh cookie. */
  cookie?: boolean;
  headers?: Record<string, string>;
};

const PATIENCE_MS = 10_000;

export type Api = ReturnType<typeof createApi>;

/** `base` is where the server's files live, with a slash at its end: `https://comments.example.org/`. */
export function createApi(base: string, site: string) {
  const root = `${base}api/v1/sites/${encodeURIComponent(site)}/`;

  async function request<T>(method: string, url: string, body: unknown, { bearer, cookie, headers }: Sending = {}): Promise<T> {
    // Null prototypes: what a page puts on Object.prototype must not become an option or a header.
    const init = {
      __proto__: null,
      method,
      headers: {
        __proto__: null,
        ...headers,
        ...(bearer && { Authorization: `Bearer ${bearer}` }),
        ...(cookie && { "X-Afterword": "1" }),
        ...(body !== undefined && { "Content-Type": "application/json" }),
      } as unknown as Record<string, string>,
      body: body === undefined ? null : JSON.stringify(body),
      credentials: cookie ? "include" : "omit",
      signal: AbortSignal.timeout(PATIENCE_MS),
    } as const;
    let response: Response;
    try {
      response = await fetch(url, init as RequestInit);
      if (response.ok) return (await response.json()) as T;
    } catch {
      throw new Unreachable();
    }
    // A gateway's answer for a server that is away is no answer of ours.
    if (response.status >= 502 && !/problem/.test(response.headers.get("Content-Type") ?? "")) throw new Unreachable();
    throw await problemOf(response);
  }

  return {
    base,
    site,
    get: <T>(path: string, query: Query = {}, sending?: Sending): Promise<T> =>
      request<T>("GET", `${root}${path}${search(query)}`, undefined, sending),
    send: <T>(method: "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown, sending?: Sending): Promise<T> =>
      request<T>(method, root + path, body, sending),
  };
}

function search(query: Query): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of [value ?? []].flat()) params.append(name, each);
  }
  const text = params.toString();
  return text && `?${text}`;
}
