import { fireEvent, screen, waitFor, within } from "@testing-library/preact";
import { afterEach, expect, test, vi } from "vitest";
import { show } from "../../test/show.tsx";
import { server, threadOf } from "../../test/thread.ts";
import { shelfKey } from "../state/shelf.ts";

const MANY = ["google", "github", "x", "facebook", "mastodon", "twitch"];

afterEach(() => vi.unstubAllGlobals());

/** The sign-in panel on a site with these providers; `last` is what was used last in this browser. */
async function asked({ providers = MANY, last = null as string | null, agent = "", facts = {} } = {}) {
  const mock = await server(facts, { providers });
  if (last) localStorage.setItem(shelfKey("blog", "way"), JSON.stringify(last));
  if (agent) vi.spyOn(navigator, "userAgent", "get").mockReturnValue(agent);
  const thread = threadOf(`https://${crypto.randomUUID()}.example/`);
  await thread.load();
  show(thread);
  fireEvent.click(screen.getByRole("button", { name: "Sign in" }));
  const panel = await screen.findByRole("region", { name: "Sign in" });
  await within(panel).findByRole("group", { name: "Sign in with an account you have" });
  return { mock, thread, panel };
}

const ways = () => screen.queryAllByRole("button", { name: /^Continue with/ }).map((button) => button.getAttribute("aria-label"));

/** A window that a click opened, as far as the widget sees it. */
function windows() {
  const opened: { url: URL; window: { postMessage: ReturnType<typeof vi.fn> } }[] = [];
  vi.spyOn(window, "open").mockImplementation((url) => {
    const made = { postMessage: vi.fn() };
    opened.push({ url: new URL(String(url)), window: made });
    return made as unknown as Window;
  });
  return opened;
}

test("four providers show with what they are called, the rest behind More", async () => {
  await asked();
  expect(ways()).toEqual(["Google", "Github", "X", "Facebook"].map((name) => `Continue with ${name}`));
  const more = screen.getByRole("button", { name: "More" });
  expect(more.getAttribute("aria-expanded")).toBe("false");
  fireEvent.click(more);
  await waitFor(() => expect(ways()).toHaveLength(6));
  expect(screen.getByRole("button", { name: "Password or email link" })).toBeTruthy();
});

test("their pictures are drawn as nodes, in the colour of the text, and hidden from who hears the page", async () => {
  await asked({ providers: ["google"] });
  const svg = screen.getByRole("button", { name: "Continue with Google" }).querySelector("svg");
  expect(svg?.namespaceURI).toBe("http://www.w3.org/2000/svg");
  expect(svg?.getAttribute("viewBox")).toBe("0 0 24 24");
  expect(svg?.getAttribute("aria-hidden")).toBe("true");
  expect(svg?.querySelector("path")?.getAttribute("d")).toMatch(/^M12/);
});

test("the list is asked for when the panel opens, and not before", async () => {
  const mock = await server({}, { providers: MANY });
  const thread = threadOf(`https://${crypto.randomUUID()}.example/`);
  await thread.load();
  show(thread);
  expect(mock.world.requests.map(({ path }) => path)).toEqual(["thread"]);
  fireEvent.click(screen.getByRole("button", { name: "Sign in" }));
  await screen.findByRole("button", { name: "Continue with Google" });
  expect(mock.world.requests.filter(({ path }) => path === "providers")).toHaveLength(1);
});

test("what was used last in this browser comes first", async () => {
  await asked({ last: "mastodon" });
  expect(ways()[0]).toBe("Continue with Mastodon");
  expect(screen.getByRole("button", { name: "Continue with Mastodon" }).textContent).toContain("Last used");
  expect(ways()).toHaveLength(4);
});

function isAccountsFirst(panel: HTMLElement) {
  const [way, email] = [within(panel).getByRole("group"), within(panel).getByRole("textbox", { name: "Email" })];
  return Boolean(way.compareDocumentPosition(email) & Node.DOCUMENT_POSITION_FOLLOWING);
}

test("accounts come before the address, unless the address was used last", async () => {
  expect(isAccountsFirst((await asked()).panel)).toBe(true);
  document.body.replaceChildren();
  expect(isAccountsFirst((await asked({ last: "email" })).panel)).toBe(false);
});

test("in an app's own browser the address comes first, the accounts after it, and what to do if an app is refused", async () => {
  const { panel } = await asked({ agent: "Mozilla/5.0 (Linux; Android 15; wv) Instagram 390.0" });
  expect(isAccountsFirst(panel)).toBe(false);
  expect(ways()).toEqual(["Google", "Github", "X", "Facebook"].map((name) => `Continue with ${name}`));
  expect(panel.textContent).toContain("open the page in your browser");
  fireEvent.click(within(panel).getByRole("button", { name: "More" }));
  await waitFor(() => expect(ways()).toHaveLength(6));
});

test("a list that cannot be had leaves the window that offers them all", async () => {
  const mock = await server({}, { providers: MANY });
  mock.fail("GET", /^providers$/, "drop");
  const thread = threadOf(`https://${crypto.randomUUID()}.example/`);
  await thread.load();
  show(thread);
  fireEvent.click(screen.getByRole("button", { name: "Sign in" }));
  expect(await screen.findByRole("button", { name: "More ways to sign in" })).toBeTruthy();
});

test("a click opens the provider's window within it, and its code signs in", async () => {
  const opened = windows();
  const { mock, thread } = await asked();
  fireEvent.click(screen.getByRole("button", { name: "Continue with Google" }));
  expect(opened).toHaveLength(1); // Not a moment later.
  const [{ url, window: popup }] = opened as [(typeof opened)[0]];
  expect(url.pathname).toBe("/auth/popup");
  expect(url.searchParams.get("provider")).toBe("google");
  expect(await screen.findByText(/Continue with Google in the window that opened/)).toBeTruthy();

  const ada = mock.account("ada@example.org", { name: "Ada" });
  const c = "c".repeat(43);
  mock.world.popupCodes.set(c, { account: ada, challenge: url.searchParams.get("ch"), via: { kind: "provider", id: "google", name: "Google" } });
  dispatchEvent(new MessageEvent("message", { data: { v: 1, t: "aw.code", st: url.searchParams.get("st"), c }, origin: url.origin, source: popup as unknown as Window }));
  await waitFor(() => expect(thread.reader.visitor).toMatchObject({ name: "Ada", via: { name: "Google" } }));
  expect(popup.postMessage).toHaveBeenCalledWith({ v: 1, t: "aw.ack", st: url.searchParams.get("st") }, url.origin);
  expect(JSON.parse(localStorage.getItem(shelfKey("blog", "way")) ?? "")).toBe("google");
});

test("where windows are blocked, the page itself can go there", async () => {
  vi.spyOn(window, "open").mockReturnValue(null);
  await asked();
  fireEvent.click(screen.getByRole("button", { name: "Continue with Google" }));
  expect(await screen.findByText("Your browser blocked the window.")).toBeTruthy();
  expect(screen.getByRole("button", { name: "Sign in on this page instead" })).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Back" }));
  await screen.findByRole("button", { name: "Continue with Google" });
});
