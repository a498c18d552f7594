import { fireEvent, screen, waitFor } from "@testing-library/preact";
import { expect, test, vi } from "vitest";
import { show } from "../../test/show.tsx";
import { server, threadOf } from "../../test/thread.ts";
import type { Comment } from "../api/schema.ts";
import { find } from "../state/merge.ts";
import { shelf, shelfKey } from "../state/shelf.ts";
import { visit } from "../state/visit.ts";

const TOKEN = `gt_${"g".repeat(43)}`;
const WAITS = "Waiting for approval. Only you and the moderators can see this.";

/** A guest whose comments wait comes back to the page. */
async function guest({ email = "wren@example.org", remembered = true, comments = ["May I join?"] } = {}) {
  const mock = await server();
  const known = JSON.stringify({ token: TOKEN, name: "Wren", ...(email && { email }) });
  (remembered ? localStorage : sessionStorage).setItem(shelfKey("blog", "guest"), known);
  const page = mock.thread("path:/article");
  const held = comments.map((body) => mock.add(page, { body, by: { guest: TOKEN, name: "Wren" }, standing: "pending" }));
  const open = async () => {
    const thread = threadOf(`https://${crypto.randomUUID()}.example/`);
    await thread.load();
    const box = show(thread);
    await visit(thread).arrive(null, null);
    return { thread, box };
  };
  return { mock, held, open, ...(await open()) };
}

/** Until what follows from a change has begun. */
const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

const enter = async (code: string) => {
  const field = await screen.findByRole("textbox", { name: "Six-digit code" });
  fireEvent.input(field, { target: { value: code } });
};

test("a guest who left an address confirms it, and what waited is published as a member's", async () => {
  const { mock, held, thread } = await guest({ comments: ["One", "Two", "Three"] });
  const [first] = await screen.findAllByRole("button", { name: "Confirm your email to publish now" });
  fireEvent.click(first as HTMLElement);
  await screen.findByText("We sent a code to wren@example.org.");
  await enter(mock.mails[0]?.code ?? "");
  await screen.findByText("Your 3 comments are now yours. It is published.");
  expect(held.every(({ standing }) => standing === "published")).toBe(true);
  await waitFor(() => expect(screen.queryByText(WAITS)).toBeNull());
  expect(thread.reader.visitor).toMatchObject({ kind: "member", name: "Wren" });
  expect(localStorage.getItem(shelfKey("blog", "guest"))).toBeNull();
  const sent = mock.world.requests.find(({ path }) => path === "auth/email/code")?.body;
  expect(sent).toMatchObject({ guest: TOKEN });
});

test("a wrong code says so, and the comment waits on", async () => {
  const { held } = await guest();
  fireEvent.click(await screen.findByRole("button", { name: "Confirm your email to publish now" }));
  await enter("000000");
  expect((await screen.findByRole("alert")).textContent).toContain("4 tries left");
  expect(held[0]?.standing).toBe("pending");
});

test("who left no address, or is somebody else, is offered nothing to confirm", async () => {
  await guest({ email: "" });
  await screen.findByText(WAITS);
  expect(screen.queryByRole("button", { name: /^Confirm/ })).toBeNull();
});

for (const remembered of [true, false]) {
  test(`what was approved is told once to a guest who ${remembered ? "is remembered" : "is known to this tab only"}`, async () => {
    const { held, open, box } = await guest({ remembered });
    await screen.findByText(WAITS);
    await vi.waitFor(() => expect(shelf("blog", remembered ? "localStorage" : "sessionStorage").read("waiting//article")).toMatchObject({ ids: [held[0]?.id] }));
    Object.assign(held[0] as object, { standing: "published", number: 1 });
    box.remove();
    await open();
    await screen.findByText(/Your comment was approved\./);
    expect(screen.getByRole("button", { name: "See it" })).toBeTruthy();
    document.body.replaceChildren();
    const again = await open();
    await vi.waitFor(() => expect(again.thread.reader.visitor).not.toBeNull());
    expect(screen.queryByText(/was approved/)).toBeNull();
  });
}

test("of what was removed nobody is told anything", async () => {
  const { mock, held, open, box } = await guest();
  await vi.waitFor(() => expect(localStorage.getItem(shelfKey("blog", "waiting//article"))).not.toBeNull());
  Object.assign(held[0] as object, { removed_by: "moderator" });
  box.remove();
  await open();
  await vi.waitFor(() => expect(mock.world.requests.some(({ path }) => path === `comments/${held[0]?.id}`)).toBe(true));
  await vi.waitFor(() => expect(localStorage.getItem(shelfKey("blog", "waiting//article"))).toBeNull());
  expect(screen.queryByText(/was approved/)).toBeNull();
});

test("what somebody removed themselves is not asked for again", async () => {
  const { mock, held, thread } = await guest({ comments: ["One", "Two"] });
  const key = "waiting//article";
  await vi.waitFor(() => expect(shelf("blog").read<{ ids: string[] }>(key)?.ids).toHaveLength(2));
  await visit(thread).remove(find(thread, held[0]?.id ?? "") as Comment);
  await vi.waitFor(() => expect(shelf("blog").read<{ ids: string[] }>(key)?.ids).toEqual([held[1]?.id]));
  await visit(thread).refresh();
  await drawn();
  expect(mock.world.requests.some(({ method, path }) => method === "GET" && path.startsWith("comments/"))).toBe(false);
});

test("a comment that is held just now is waited for, too", async () => {
  const { mock, thread } = await guest({ comments: [] });
  await visit(thread).post("Held now", null, "k".repeat(22));
  const id = mock.thread("path:/article").comments[0]?.id;
  await vi.waitFor(() => expect(shelf("blog").read("waiting//article")).toEqual({ who: "guest", ids: [id] }));
});
