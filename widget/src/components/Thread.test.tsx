import { fireEvent, render, screen, within } from "@testing-library/preact";
import { beforeEach, expect, test, vi } from "vitest";
import { comment, conversation, replyTo, site, threadWith } from "../../test/thread.ts";
import { Problem } from "../api/problem.ts";
import type { Visitor } from "../api/schema.ts";
import { put } from "../state/merge.ts";
import type { ThreadState } from "../state/thread.ts";
import { Thread } from "./Thread.tsx";

beforeEach(() => localStorage.clear());

/** Draws the thread, and again whenever its state changes, as `thread.ts` does. */
function show(thread: ThreadState) {
  const { rerender } = render(<Thread thread={thread} headingLevel={3} />);
  thread.watch(() => rerender(<Thread thread={thread} headingLevel={3} />));
  return thread;
}

const member = (facts: Partial<Extract<Visitor, { kind: "member" }>> = {}): Visitor => ({ kind: "member", id: "a".repeat(16), name: "Ada", role: "none", hue: 1, ...facts });
const names = () => screen.getAllByRole("article").map((article) => article.getAttribute("aria-label"));

test("a thread has a heading of the level asked for, and a list of conversations", () => {
  show(threadWith([conversation([comment()]), conversation([comment()])]));
  expect(screen.getByRole("heading", { level: 3, name: "2 comments" })).toBeTruthy();
  expect(screen.getByRole("region", { name: "Comments" }).getAttribute("aria-busy")).toBe("false");
  expect(names()).toHaveLength(2);
});

test("replies stand in a list inside what they answer", () => {
  const root = comment();
  const reply = replyTo(root);
  show(threadWith([conversation([root, reply])]));
  const inner = document.querySelector(`#c-${reply.id}`)?.closest("ol");
  expect(inner?.closest("li")?.querySelector("article")?.id).toBe(`c-${root.id}`);
});

test("an empty thread invites, and a closed one says so above what can still be read", () => {
  const thread = show(threadWith([]));
  expect(screen.getByText("No comments yet. What do you think?")).toBeTruthy();
  thread.set({ thread: { ...thread.thread, closed_at: "2026-01-01T00:00:00Z" }, listed: threadWith([conversation([comment()])]).listed });
  expect(screen.getByText("Comments are closed")).toBeTruthy();
  expect(screen.queryByRole("textbox")).toBeNull();
  expect(screen.queryByRole("button", { name: "Reply" })).toBeNull();
  expect(names()).toHaveLength(1);
});

test("what is being loaded says so", () => {
  const thread = threadWith([], { site: null, loading: true });
  show(thread);
  expect(screen.getByText("Loading comments…")).toBeTruthy();
});

test("comments that cannot be loaded can be asked for again", async () => {
  const thread = show(threadWith([], { site: null, failure: new Error("away") }));
  thread.start = vi.fn();
  fireEvent.click(await screen.findByRole("button", { name: "Retry" }));
  expect(screen.getByRole("alert").textContent).toContain("Comments couldn’t load.");
  expect(thread.start).toHaveBeenCalledOnce();
});

test("a site that is not there tells its owner where to look", async () => {
  show(threadWith([], { site: null, failure: new Problem("unknown-site", 404, "", {}) }));
  expect((await screen.findByRole("alert")).textContent).toBe("There is no site “blog” on this comments server. Site owner: check data-site.");
});

test("on an origin that is not listed the owner is told, and nobody can write", async () => {
  show(threadWith([conversation([comment()])], { site: { ...site, origins: ["https://elsewhere.example"] } }));
  expect((await screen.findByRole("alert")).textContent).toContain(`Comments are not set up for ${location.origin} yet.`);
  expect(screen.queryByRole("textbox")).toBeNull();
  expect(names()).toHaveLength(1);
});

test("only what changed is drawn again", () => {
  const [first, second] = [comment(), comment()];
  const thread = show(threadWith([conversation([first]), conversation([second])]));
  const before = screen.getAllByRole("article")[0];
  const drawn = vi.spyOn(Date.prototype, "toLocaleString");
  put(thread, { ...second, likes: 7 });
  expect(screen.getAllByRole("article")[0]).toBe(before);
  expect(drawn).toHaveBeenCalledTimes(1);
  expect(screen.getByRole("button", { name: "Like, 7 likes" })).toBeTruthy();
});

test("its author may edit and remove a comment, and nobody else", async () => {
  const mine = comment({ posted_at: new Date().toISOString() });
  const theirs = comment({ author: { id: "b".repeat(16), name: "Alan", kind: "member", role: null, hue: 1 } });
  const thread = show(threadWith([conversation([mine]), conversation([theirs])]));
  thread.set({ reader: { ...thread.reader, visitor: member() } });
  await screen.findByRole("button", { name: "Remove" });
  const [own, other] = screen.getAllByRole("article").map((article) => within(article));
  expect(own?.getByRole("button", { name: "Edit" })).toBeTruthy();
  expect(other?.queryByRole("button", { name: "Edit" })).toBeNull();
  expect(other?.queryByRole("button", { name: "Remove" })).toBeNull();
});

test("after the window a comment can be removed but not edited", async () => {
  const thread = show(threadWith([conversation([comment({ posted_at: new Date(Date.now() - 901_000).toISOString() })])]));
  thread.set({ reader: { ...thread.reader, visitor: member() } });
  await screen.findByRole("button", { name: "Remove" });
  expect(screen.queryByRole("button", { name: "Edit" })).toBeNull();
});

test("a pending comment tells its author what it waits for, and staff what to do", async () => {
  const pending = comment({ state: "pending", number: null });
  const thread = show(threadWith([conversation([pending])]));
  thread.set({ reader: { ...thread.reader, visitor: { kind: "guest", name: "Wren" }, own: new Set([pending.id]) } });
  await screen.findByText("Waiting for approval. Only you and the moderators can see this.");
  thread.set({ reader: { ...thread.reader, visitor: member({ id: "staff", role: "moderator" }), own: new Set() } });
  expect(await screen.findByText("Waiting for approval")).toBeTruthy();
  const tools = within(await within(screen.getByRole("article")).findByRole("group", { name: "Moderate" }));
  expect(tools.getAllByRole("button").map((button) => button.textContent)).toEqual(["Approve", "Spam", "Remove"]);
});

test("spam reads to its author like a comment that waits", async () => {
  const spam = comment({ state: "spam" });
  const thread = show(threadWith([conversation([spam])]));
  thread.set({ reader: { ...thread.reader, own: new Set([spam.id]) } });
  await screen.findByText("Waiting for approval. Only you and the moderators can see this.");
});

test("an ordinary member sees no moderator's tool", async () => {
  const thread = show(threadWith([conversation([comment()])]));
  thread.set({ reader: { ...thread.reader, visitor: member({ id: "other" }) } });
  await screen.findByRole("button", { name: "Your account: Ada" });
  expect(screen.queryByRole("group", { name: "Moderate" })).toBeNull();
});

test("who has not given a name yet is one question mark, not two", async () => {
  const thread = show(threadWith([conversation([comment()])]));
  thread.set({ reader: { ...thread.reader, visitor: member({ name: null }) } });
  expect((await screen.findByRole("button", { name: "Your account: ?" })).textContent).toBe("?");
});

test("what a moderator removed can be restored; what its author took away cannot", async () => {
  const byModerator = comment({ state: "removed", author: null, body: null, removed_by: "moderator" });
  const byAuthor = comment({ state: "removed", author: null, body: null, removed_by: "author" });
  const thread = show(threadWith([conversation([byModerator]), conversation([byAuthor])]));
  thread.set({ reader: { ...thread.reader, visitor: member({ id: "staff", role: "owner" }) } });
  expect(await screen.findAllByRole("button", { name: "Restore" })).toHaveLength(1);
});

test("the words in the composer stay through whatever is drawn", () => {
  const thread = show(threadWith([]));
  const area = screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Your comment" });
  fireEvent.input(area, { target: { value: "Half a sentence" } });
  thread.redraw();
  expect(screen.getByRole("textbox", { name: "Your comment" })).toBe(area);
  expect(area.value).toBe("Half a sentence");
});

test("more replies and more comments say how to get them, and who fails can try again", () => {
  const thread = show(threadWith([conversation([comment()], { more: { after: "c", count: 12 } })], { next: "cursor" }));
  expect(screen.getByRole("button", { name: "Show 12 more replies" })).toBeTruthy();
  expect(screen.getByRole("button", { name: "Show more comments" })).toBeTruthy();
  expect(screen.getByRole("button", { name: "Jump to newest" })).toBeTruthy();
  const retry = vi.fn();
  thread.set({ hiccup: { where: "more", retry } });
  fireEvent.click(screen.getByRole("button", { name: "Retry" }));
  expect(retry).toHaveBeenCalledOnce();
});
