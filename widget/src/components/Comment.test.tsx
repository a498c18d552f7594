import { fireEvent, render, screen } from "@testing-library/preact";
import { expect, test, vi } from "vitest";
import { comment } from "../../test/thread.ts";
import type { Comment as CommentData } from "../api/schema.ts";
import { initials } from "./Avatar.tsx";
import { Comment, type Deeds, type Standing } from "./Comment.tsx";

const deeds = () => ({ permalink: (id: string) => `/post#afterword-${id}`, onLike: vi.fn(), onReply: vi.fn(), onCopy: vi.fn() }) satisfies Deeds;
const reader: Standing = { own: false, liked: false, mayLike: true, mayReply: true, highlighted: false };

function draw(data: CommentData, standing: Partial<Standing> = {}, made: Deeds = deeds()) {
  render(<Comment comment={data} answers={null} standing={{ ...reader, ...standing }} deeds={made} />);
}

test("a comment is named by its author and tells when it was written, and its number leads to it", () => {
  draw(comment({ id: "x", number: 42, author: { id: null, name: "Wren", kind: "guest", role: null, hue: 1 } }));
  expect(screen.getByRole("article", { name: "Comment by Wren" })).toBeTruthy();
  expect(screen.getByText("guest")).toBeTruthy();
  expect(screen.getByRole("link", { name: "Link to comment 42" }).getAttribute("href")).toBe("/post#afterword-x");
  expect(document.querySelector("time")?.getAttribute("datetime")).toMatch(/^2026-01-01T/);
});

test("those who run the site carry a badge", () => {
  draw(comment({ author: { id: "1", name: "Grace", kind: "member", role: "owner", hue: 1 } }));
  expect(screen.getByText("owner")).toBeTruthy();
});

test("liking, replying and copying the link are one press each", () => {
  const made = deeds();
  const data = comment({ likes: 3 });
  draw(data, { liked: true }, made);
  const like = screen.getByRole("button", { name: "Like, 3 likes", pressed: true });
  fireEvent.click(like);
  fireEvent.click(screen.getByRole("button", { name: "Reply" }));
  fireEvent.click(screen.getByRole("button", { name: "Copy link" }));
  for (const deed of [made.onLike, made.onReply, made.onCopy]) expect(deed).toHaveBeenCalledExactlyOnceWith(data);
});

test("one's own likes can be counted, not given", () => {
  draw(comment({ likes: 3 }), { own: true });
  expect(screen.queryByRole("button", { name: /^Like/ })).toBeNull();
  expect(screen.getByTitle("3 likes").textContent).toBe("3");
});

test("a closed thread offers no reply, and a site without likes no like", () => {
  draw(comment(), { mayReply: false, mayLike: false });
  expect(screen.queryByRole("button", { name: "Reply" })).toBeNull();
  expect(screen.queryByRole("button", { name: /^Like/ })).toBeNull();
});

test("a removed comment says who removed it, and offers nothing", () => {
  draw(comment({ state: "removed", author: null, body: null, removed_by: "author" }));
  expect(screen.getByRole("article").textContent).toBe("Comment removed by its author");
  expect(screen.queryByRole("button")).toBeNull();
});

test("what is not public yet can be neither liked nor answered", () => {
  draw(comment({ state: "pending" }));
  expect(screen.queryByRole("button", { name: "Reply" })).toBeNull();
  expect(screen.queryByRole("button", { name: /^Like/ })).toBeNull();
});

test("a deep reply tells whom it answers", () => {
  const answered = comment({ author: { id: "1", name: "Alan", kind: "member", role: null, hue: 1 } });
  render(<Comment comment={comment()} answers={answered} standing={reader} deeds={deeds()} />);
  expect(screen.getByText("replying to Alan")).toBeTruthy();
});

test("an avatar is the first letters of a name, whatever letters those are", () => {
  expect(["Ada Lovelace", "alan", "Ada King Lovelace", "🌿 fern", "נור", " x "].map(initials)).toEqual(["AL", "A", "AL", "🌿F", "נ", "X"]);
});
