/**
 * The widget on a page, as somebody in front of it finds their way: by what is written on things and what they are, never
 * by classes or ids.
 */

import assert from "node:assert/strict";
import { eventually } from "./eventually.mjs";

export class Thread {
  constructor(page, within = page) {
    this.page = page;
    this.box = within.locator("afterword-thread");
  }

  /** Waits until the comments are there. */
  async ready() {
    await this.box.scrollIntoViewIfNeeded();
    await this.title.waitFor();
    await this.box.getByRole("region", { name: "Comments", exact: true }).and(this.page.locator('[aria-busy="false"]')).waitFor();
  }

  get title() {
    return this.box.getByRole("heading", { name: /^([\d,]+ comments?|Comments)$/ });
  }

  button(name, options = {}) {
    return this.box.getByRole("button", { name, exact: typeof name === "string", ...options });
  }

  get composer() {
    return this.box.getByRole("textbox", { name: "Your comment", exact: true });
  }

  /** Above the thread, so the first of its kind. */
  get post() {
    return this.button("Post").first();
  }

  get comments() {
    return this.box.getByRole("article");
  }

  /** The comment that holds this text. */
  comment(text) {
    return new CommentOnPage(this, this.comments.filter({ hasText: text }));
  }

  /** Waits until the composer holds this text: a draft comes with the composer's own part of the widget. */
  async holds(text) {
    await eventually(`the composer to hold “${text}”`, async () => (await this.composer.inputValue()) === text);
  }

  async write(text) {
    await this.composer.click();
    await this.composer.fill(text);
  }

  /** Writes and presses Post. */
  async say(text) {
    await this.write(text);
    await this.post.click();
  }

  /** Says who is writing, once the widget asks. */
  async asGuest(name, email = "", { remember = false } = {}) {
    const form = this.box.getByRole("form", { name: "Post as a guest" });
    await form.getByRole("textbox", { name: "Name", exact: true }).fill(name);
    if (email) await form.getByRole("textbox", { name: /^Email/ }).fill(email);
    if (remember) await form.getByRole("checkbox", { name: "Remember me in this browser" }).check();
    await form.getByRole("button", { name: "Post as guest" }).click();
  }

  /** The panel that asks who somebody is. */
  get panel() {
    return this.box.getByRole("region", { name: /^(Sign in|Who is posting\?|Sign in to like this|What should we call you\?)$/ });
  }

  /** Signs in by the code in a mail, in the panel that is open; `name` is what a newcomer wants to be called. */
  async signInByEmail(mailbox, email, name = null) {
    await this.panel.getByRole("textbox", { name: "Email", exact: true }).fill(email);
    await this.panel.getByRole("button", { name: "Email me a code" }).click();
    const field = this.panel.getByRole("textbox", { name: "Six-digit code" });
    await field.waitFor();
    await field.fill(await mailbox.codeFor(email));
    if (name !== null) await this.giveName(name);
  }

  async giveName(name) {
    await this.panel.getByRole("textbox", { name: "Display name" }).fill(name);
    await this.panel.getByRole("button", { name: "Continue" }).click();
  }

  /** Signs in from the header. */
  async signIn(mailbox, email, name = null) {
    await this.button("Sign in").click();
    await this.signInByEmail(mailbox, email, name);
    await this.account.waitFor();
  }

  /** The button that tells who is signed in. */
  get account() {
    return this.button(/^Your account: /);
  }

  async signOut({ everywhere = false } = {}) {
    await this.account.click();
    await this.button(everywhere ? "Sign out everywhere" : "Sign out").click();
    await this.button("Sign in").waitFor();
  }

  /** What is told to people who hear the page. */
  async hears(text) {
    await this.box.getByRole("status").filter({ hasText: text }).first().waitFor({ state: "attached" });
  }

  async says(text) {
    await this.box.getByText(text).first().waitFor();
  }

  /** All names, in the order in which their comments stand. */
  async authors() {
    return this.comments.evaluateAll((all) => all.map((each) => each.getAttribute("aria-label")));
  }

  async texts() {
    return this.comments.evaluateAll((all) => all.map((each) => each.querySelector(".body")?.textContent ?? each.textContent));
  }

  /** Waits until the focus is on something that `matches` (its role, name and text in one line). */
  async focusIsOn(pattern) {
    let found = "";
    await eventually(`the focus on ${pattern}`, async () => pattern.test((found = await focused(this.page)))).catch((error) => {
      assert.fail(`${error.message}; it is on: ${found}`);
    });
  }
}

/** One comment on the page. */
class CommentOnPage {
  constructor(thread, article) {
    this.thread = thread;
    this.article = article;
  }

  button(name) {
    return this.article.getByRole("button", { name, exact: typeof name === "string" });
  }

  get like() {
    return this.button(/^Like/);
  }

  async appears() {
    await this.article.waitFor();
    return this;
  }

  async vanishes() {
    await this.article.waitFor({ state: "detached" });
  }

  async says(text) {
    await this.article.getByText(text).first().waitFor();
  }

  async saysNot(text) {
    await this.article.getByText(text).first().waitFor({ state: "detached" });
  }

  async reply(text) {
    await this.button("Reply").click();
    await this.article.getByRole("textbox", { name: "Your reply" }).fill(text);
    await this.button("Post").click();
  }

  async edit(text) {
    const same = await this.pinned();
    await same.button("Edit").click();
    await same.article.getByRole("textbox", { name: "Edit your comment" }).fill(text);
    await same.button("Save").click();
  }

  async remove() {
    const same = await this.pinned();
    await same.button("Remove").click();
    await same.button("Yes, remove it").click();
  }

  /** A moderator's button on it. */
  tool(name) {
    return this.article.getByRole("group", { name: "Moderate" }).getByRole("button", { name, exact: true });
  }

  /** The same comment, whatever it comes to say. */
  async pinned() {
    const id = await this.article.evaluate((article) => article.id);
    return new CommentOnPage(this.thread, this.thread.box.locator(`[id="${id}"]`));
  }

  async id() {
    return (await this.article.first().evaluate((article) => article.id)).replace(/^c-/, "");
  }
}

/** What has the focus: tag, accessible name and the beginning of its text, through shadow roots. */
export function focused(page) {
  return page.evaluate(() => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    if (!at) return "nothing";
    const text = (at.innerText ?? "").replace(/\s+/g, " ").slice(0, 300);
    return `${at.tagName.toLowerCase()} "${at.getAttribute("aria-label") ?? ""}" ${text}`;
  });
}
