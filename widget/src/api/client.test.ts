import { afterEach, expect, test, vi } from "vitest";
import { createApi } from "./client.ts";
import { Problem, Unreachable } from "./problem.ts";

const api = createApi("https://comments.example/under/a/path/", "my blog");

function answers(response: Response | Error) {
  const fetch = vi.fn(async (_url: string, _init: RequestInit) => {
    if (response instanceof Error) throw response;
    return response;
  });
  vi.stubGlobal("fetch", fetch);
  return () => fetch.mock.calls[0] as [string, RequestInit & { headers: Record<string, string> }];
}

const problem = (status: number, body: object) => new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/problem+json" } });

afterEach(() => {
  delete (Object.prototype as Record<string, unknown>)["body"];
  delete (Object.prototype as Record<string, unknown>)["Authorization"];
});

test("a public read is a plain GET without credentials or headers of its own", async () => {
  const asked = answers(Response.json({ counts: [] }));
  await api.get("counts", { page: ["/a b", "id:x&y"], after: null, order: undefined });
  const [url, init] = asked();
  expect(url).toBe("https://comments.example/under/a/path/api/v1/sites/my%20blog/counts?page=%2Fa+b&page=id%3Ax%26y");
  expect(init.method).toBe("GET");
  expect(init.credentials).toBe("omit");
  expect(Object.keys(init.headers).filter((name) => name !== "__proto__")).toEqual([]);
});

test("a write carries JSON and the bearer, and cookies only where they are read", async () => {
  const asked = answers(Response.json({}));
  await api.send("POST", "comments", { body: "x" }, { bearer: "at_1", headers: { "Idempotency-Key": "k" } });
  expect(asked()[1]).toMatchObject({
    method: "POST", body: '{"body":"x"}', credentials: "omit",
    headers: { Authorization: "Bearer at_1", "Content-Type": "application/json", "Idempotency-Key": "k" },
  });
  const upkeep = answers(Response.json({}));
  await api.send("POST", "auth/refresh", {}, { cookie: true });
  expect(upkeep()[1]).toMatchObject({ credentials: "include", headers: { "X-Afterword": "1" } });
});

test("what a page puts on Object.prototype does not get into a request", async () => {
  Object.assign(Object.prototype, { body: "stolen", Authorization: "Bearer stolen" });
  const asked = answers(Response.json({}));
  await api.get("thread");
  expect(asked()[1].body).toBeNull();
  expect(asked()[1].headers["Authorization"]).toBeUndefined();
});

test("a refusal is told apart by the last word of its type, with what it adds", async () => {
  answers(problem(429, { type: "/problems/too-fast", title: "Too fast", status: 429, detail: "too many requests", retry_after: 18 }));
  await expect(api.send("POST", "comments", {})).rejects.toSatisfy(
    (error: Problem) => error instanceof Problem && error.slug === "too-fast" && error.status === 429 && error.extras.retry_after === 18);
});

test("no network, no answer in time and a gateway's apology all mean that the server is away", async () => {
  for (const response of [new TypeError("Failed to fetch"), new DOMException("late", "TimeoutError"), new Response("<h1>Bad Gateway", { status: 502, headers: { "Content-Type": "text/html" } })]) {
    answers(response);
    await expect(api.get("thread")).rejects.toBeInstanceOf(Unreachable);
  }
});

test("the server's own 503 is the server's word", async () => {
  answers(problem(503, { type: "/problems/busy", status: 503, detail: "try again in a moment" }));
  await expect(api.get("thread")).rejects.toMatchObject({ slug: "busy" });
});

test("an answer that is not JSON is no answer", async () => {
  answers(new Response("<html>", { status: 200 }));
  await expect(api.get("thread")).rejects.toBeInstanceOf(Unreachable);
});
