import { fireEvent, screen, waitFor } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { show } from "../../test/show.tsx";
import { server, threadOf } from "../../test/thread.ts";
import { shelfKey } from "../state/shelf.ts";

beforeEach(() => localStorage.clear());
afterEach(() => vi.useRealTimers());

/** A thread on a server in memory, drawn as `thread.ts` does; `as` is who this browser already is. */
async function opened({ as }: { as?: "ada" | "guest" } = {}) {
  const mock = await server();
  const ada = mock.account("ada@example.org", { name: "Ada" });
  // A browser is one origin for all tests, and a session lives as long as a page: so each test has a server of its own.
  const base = `https://${crypto.randomUUID()}.example/`;
  if (as === "ada") localStorage.setItem(shelfKey("blog", "session"), JSON.stringify({ refresh: mock.signIn(ada).refresh }));
  if (as === "guest") localStorage.setItem(shelfKey("blog", "guest"), JSON.stringify({ token: `gt_${"a".repeat(43)}`, name: "Wren" }));
  const emit = vi.fn();
  const thread = threadOf(base, emit);
  await thread.load();
  const box = show(thread);
  return { mock, ada, thread, emit, box, comments: () => mock.thread("path:/article").comments };
}

const area = () => screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Your comment" });

/** Until what changed is drawn, and what follows from that has begun. */
const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

async function type(field: HTMLElement, value: string) {
  fireEvent.input(field, { target: { value } });
  await drawn();
}

async function write(text: string) {
  fireEvent.focus(area());
  const post = await screen.findByRole<HTMLButtonElement>("button", { name: "Post" });
  await drawn();
  await type(area(), text);
  return post;
}

test("a member's comment is posted, shown, counted and told", async () => {
  const { thread, emit, comments } = await opened({ as: "ada" });
  fireEvent.click(await write("Hello **there**"));
  await screen.findByRole("article", { name: "Comment by Ada" });
  expect(comments().map(({ markdown }) => markdown)).toEqual(["Hello **there**"]);
  expect(thread.thread.count).toBe(1);
  expect(thread.focus).toEqual({ id: comments()[0]?.id });
  await screen.findByText("Your comment is posted.");
  expect(emit).toHaveBeenCalledWith("posted", expect.objectContaining({ id: comments()[0]?.id }));
  await waitFor(() => expect(area().value).toBe(""));
});

test("who is writing is asked at Post, not before, and a name is enough", async () => {
  const { comments } = await opened();
  fireEvent.click(await write("Hello"));
  expect(await screen.findByRole("region", { name: "Who is posting?" })).toBeTruthy();
  expect(comments()).toEqual([]);
  await type(screen.getByRole("textbox", { name: "Name" }), "Wren");
  fireEvent.submit(screen.getByRole("form", { name: "Post as a guest" }));
  await screen.findByText("Waiting for approval. Only you and the moderators can see this.");
  expect(comments()).toHaveLength(1);
});

test("a newcomer gets a code, gives a name, and what they wrote is posted", async () => {
  const { mock, comments } = await opened();
  fireEvent.click(await write("My first"));
  await type(await screen.findByRole("textbox", { name: "Email" }), "new@example.org");
  fireEvent.submit(screen.getByRole("button", { name: "Email me a code" }).closest("form") as HTMLFormElement);
  await type(await screen.findByRole("textbox", { name: "Six-digit code" }), (mock.mails[0]?.code ?? "").replace(/^.../, "$& "));
  await type(await screen.findByRole("textbox", { name: "Display name" }), "Newcomer");
  fireEvent.click(screen.getByRole("button", { name: "Continue" }));
  fireEvent.submit(screen.getByRole("button", { name: "Continue" }).closest("form") as HTMLFormElement);
  await screen.findByRole("article", { name: "Comment by Newcomer" });
  expect(comments()).toHaveLength(1);
});

test("a wrong code says how many tries are left", async () => {
  await opened();
  fireEvent.click(screen.getByRole("button", { name: "Sign in" }));
  await type(await screen.findByRole("textbox", { name: "Email" }), "new@example.org");
  fireEvent.submit(screen.getByRole("button", { name: "Email me a code" }).closest("form") as HTMLFormElement);
  await type(await screen.findByRole("textbox", { name: "Six-digit code" }), "000000");
  expect((await screen.findByRole("alert")).textContent).toContain("That code is not right. 4 tries left.");
});

test("without an answer the text stays, and Retry posts it once under the same key", async () => {
  const { mock, comments } = await opened({ as: "ada" });
  mock.fail("POST", /^comments$/, "drop", 1);
  fireEvent.click(await write("Into the void"));
  expect((await screen.findByRole("alert")).textContent).toContain("Couldn’t reach the server. Your text is saved.");
  expect(area().value).toBe("Into the void");
  fireEvent.click(screen.getByRole("button", { name: "Retry" }));
  await screen.findByRole("article");
  const keys = mock.world.requests.filter(({ method, path }) => method === "POST" && path === "comments").map(({ headers }) => headers["idempotency-key"]);
  expect(keys).toHaveLength(2);
  expect(keys[0]).toMatch(/^[\x21-\x7e]{16,64}$/);
  expect(keys[1]).toBe(keys[0]);
  expect(comments()).toHaveLength(1);
});

test("another text is another attempt", async () => {
  const { mock } = await opened({ as: "ada" });
  mock.fail("POST", /^comments$/, "drop", 1);
  fireEvent.click(await write("First try"));
  await screen.findByRole("alert");
  await type(area(), "Second try");
  fireEvent.click(screen.getByRole("button", { name: "Post" }));
  await screen.findByRole("article");
  const keys = mock.world.requests.filter(({ method, path }) => method === "POST" && path === "comments").map(({ headers }) => headers["idempotency-key"]);
  expect(keys[1]).not.toBe(keys[0]);
});

test("who posts too quickly sees the seconds go by, and the button comes back by itself", async () => {
  const { mock } = await opened({ as: "ada" });
  mock.fail("POST", /^comments$/, mock.refuse(429, "too-fast", "too many requests", { retry_after: 3 }));
  const post = await write("Quick!");
  vi.useFakeTimers({ toFake: ["Date", "setInterval", "clearInterval"], shouldAdvanceTime: false });
  fireEvent.click(post);
  await waitFor(() => expect(screen.getByRole("alert").textContent).toContain("You’re posting quickly. Try again in 3 s"));
  expect(post.disabled).toBe(true);
  vi.advanceTimersByTime(1500);
  await waitFor(() => expect(screen.getByRole("alert").textContent).toContain("in 2 s"));
  vi.advanceTimersByTime(1500);
  await waitFor(() => expect(post.disabled).toBe(false));
  expect(area().value).toBe("Quick!");
});

test("who says the same twice is shown where", async () => {
  const { mock, ada, thread } = await opened({ as: "ada" });
  const earlier = mock.add(mock.thread("path:/article"), { body: "Again", by: { account: ada.id } });
  await thread.load();
  fireEvent.click(await write("Again"));
  fireEvent.click(await screen.findByRole("button", { name: "See it" }));
  await waitFor(() => expect(thread.highlighted).toBe(earlier.id));
  expect(area().value).toBe("Again");
});

test("nothing is not posted, and too much says how much", async () => {
  const { mock } = await opened({ as: "ada" });
  fireEvent.click(await write("   "));
  expect((await screen.findByRole("alert")).textContent).toBe("Write something first.");
  await type(area(), "x".repeat(10_002));
  await screen.findByText("2 characters too many");
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Post" }).disabled).toBe(true);
  expect(mock.world.requests.some(({ method }) => method === "POST")).toBe(false);
});

test("a pressed Post cannot be pressed again before it is answered", async () => {
  const { comments } = await opened({ as: "ada" });
  const post = await write("Once");
  fireEvent.click(post);
  fireEvent.click(post);
  fireEvent.keyDown(area(), { key: "Enter", ctrlKey: true });
  await screen.findByRole("article");
  expect(comments()).toHaveLength(1);
});

test("Ctrl or Cmd with Enter posts, and Enter alone does not", async () => {
  const { comments } = await opened({ as: "ada" });
  await write("By keyboard");
  fireEvent.keyDown(area(), { key: "Enter" });
  expect(comments()).toHaveLength(0);
  fireEvent.keyDown(area(), { key: "Enter", metaKey: true });
  await screen.findByRole("article");
});

test("a draft waits for whoever comes back, and is gone once it is posted", async () => {
  const { thread, box } = await opened({ as: "ada" });
  await write("Half a sentence");
  expect(localStorage.getItem(shelfKey("blog", "draft//article"))).toContain("Half a sentence");
  const again = threadOf(thread.api.base);
  await again.load();
  again.set({ writing: true });
  box.remove();
  show(again);
  await waitFor(() => expect(area().value).toBe("Half a sentence"));
  fireEvent.click(await screen.findByRole("button", { name: "Post" }));
  await waitFor(() => expect(localStorage.getItem(shelfKey("blog", "draft//article"))).toBeNull());
});

test("the preview shows what the server makes of the text", async () => {
  await opened({ as: "ada" });
  await write("Some **bold** words");
  fireEvent.click(screen.getByRole("button", { name: "Preview" }));
  const preview = await screen.findByRole("region", { name: "Preview" });
  await waitFor(() => expect(preview.querySelector("strong")?.textContent).toBe("bold"));
});

test("a reply goes where it belongs, and Cancel gives the focus back", async () => {
  const { mock, ada, thread, comments } = await opened({ as: "ada" });
  const root = mock.add(mock.thread("path:/article"), { body: "Root", by: { account: ada.id } });
  await thread.load();
  fireEvent.click(screen.getByRole("button", { name: "Reply" }));
  await screen.findByText("Replying to Ada");
  fireEvent.click(await screen.findByRole("button", { name: "Cancel" }));
  expect(thread.focus).toEqual({ id: root.id, act: "reply" });
  fireEvent.click(screen.getByRole("button", { name: "Reply" }));
  await type(await screen.findByRole("textbox", { name: "Your reply" }), "An answer");
  fireEvent.click(screen.getByRole("button", { name: "Post" }));
  await waitFor(() => expect(comments()).toHaveLength(2));
  await waitFor(() => expect(screen.getAllByRole("article")).toHaveLength(2));
  expect(screen.queryByText("Replying to Ada")).toBeNull();
});

test("a guest who is known posts as they are called, and may change that", async () => {
  const { comments } = await opened({ as: "guest" });
  await write("Hello");
  await screen.findByText(/Commenting as Wren · guest/);
  fireEvent.click(screen.getByRole("button", { name: "Change" }));
  expect((await screen.findByRole<HTMLInputElement>("textbox", { name: "Name" })).value).toBe("Wren");
  await type(screen.getByRole("textbox", { name: "Name" }), "Robin");
  fireEvent.submit(screen.getByRole("form", { name: "Post as a guest" }));
  await screen.findByRole("article", { name: "Comment by Robin" });
  expect(comments()).toHaveLength(1);
});
