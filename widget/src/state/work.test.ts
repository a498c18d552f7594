import { beforeEach, expect, test, vi } from "vitest";
import { server, threadOf } from "../../test/thread.ts";
import { visit } from "./visit.ts";

const KEY = "k".repeat(22);

let mock: Awaited<ReturnType<typeof server>>;
beforeEach(async () => {
  mock = await server({}, { bits: 6 });
});

async function guest() {
  const thread = threadOf(`https://${crypto.randomUUID()}.example/`);
  await thread.load();
  const me = visit(thread);
  me.session.becomeGuest("Wren", "", true);
  return { thread, me };
}

const asked = (path: string) => mock.world.requests.filter((request) => request.path === path);
const proofs = () => asked("comments").map(({ body }) => (body?.["guest"] as { proof?: { challenge: string; nonce: string } } | undefined)?.proof);

test("a guest's comment carries the proof of its work", async () => {
  const { me } = await guest();
  expect((await me.post("Hello", null, KEY)).state).toBe("pending");
  expect(proofs()[0]).toMatchObject({ challenge: expect.any(String), nonce: expect.stringMatching(/^\d+$/) });
});

test("work that began while they typed is what is sent, once", async () => {
  const { me } = await guest();
  me.work();
  me.work();
  await vi.waitFor(() => expect(asked("guests/proof")).toHaveLength(1));
  await me.post("Hello", null, KEY);
  expect(asked("guests/proof")).toHaveLength(1);
  await me.post("Hello again", null, `${KEY}2`);
  expect(asked("guests/proof")).toHaveLength(2);
  expect(proofs()[1]?.challenge).not.toBe(proofs()[0]?.challenge);
});

test("a server that wants more is given more, and the same attempt goes on", async () => {
  const { me } = await guest();
  mock.world.bits = 10;
  mock.fail("POST", /^comments$/, mock.refuse(403, "proof-needed", "your browser has to work harder", { challenge: "harder", bits: 9 }));
  mock.fail("POST", /^comments$/, mock.refuse(403, "proof-needed", "your browser has to work harder", { challenge: "harder still", bits: 10 }));
  await expect(me.post("Hello", null, KEY)).rejects.toThrow("proof-needed"); // The mock never gave out these.
  expect(proofs().map((proof) => proof?.challenge).slice(1)).toEqual(["harder", "harder still"]);
  expect(new Set(asked("comments").map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
});

test("where none is asked for, none is sent", async () => {
  mock.world.bits = 0;
  const { me } = await guest();
  await me.post("Hello", null, KEY);
  expect(proofs()).toEqual([undefined]);
});

test("a repeat after a lost answer sends the same proof, so that it is the same request", async () => {
  const { me } = await guest();
  mock.fail("POST", /^comments$/, "drop");
  await expect(me.post("Hello", null, KEY)).rejects.toThrow();
  await me.post("Hello", null, KEY);
  const [sent] = proofs().slice(-1);
  expect(asked("guests/proof")).toHaveLength(1);
  expect(sent).toBeDefined();
});

test("who changes their mind is not kept computing", async () => {
  mock.world.bits = 60;
  const { me } = await guest();
  me.work();
  await vi.waitFor(() => expect(asked("guests/proof")).toHaveLength(1));
  me.rest();
  mock.world.bits = 6;
  expect((await me.post("Hello", null, KEY)).state).toBe("pending");
  expect(asked("guests/proof")).toHaveLength(2);
});

test("members work for nothing", async () => {
  const { me } = await guest();
  me.session.accept(mock.signIn(mock.account("ada@example.org", { name: "Ada" })) as never, true);
  await me.post("Hello", null, KEY);
  expect(asked("guests/proof")).toEqual([]);
});
