// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from "vitest";
import { Refused } from "./ask.js";
import { h } from "./dom.js";
import { handle } from "./forms.js";

function form(send: () => Promise<void>): HTMLFormElement {
  const made = h("form", {},
    h("div", { class: "field" }, h("label", { for: "email" }, "Email"),
      h("input", { id: "email", name: "email", required: true, "data-missing": "Type your address." }),
      h("p", { class: "error", hidden: true })),
    h("p", { "data-error": true, hidden: true }),
    h("button", { type: "submit" }, "Send"));
  document.body.append(made);
  handle(made, { fields: { "invalid-email": "email" }, send });
  return made;
}

const submit = (form: HTMLFormElement): boolean => form.dispatchEvent(new Event("submit", { cancelable: true }));
const input = (form: HTMLFormElement): HTMLInputElement => form.querySelector("input") as HTMLInputElement;
const settled = (): Promise<void> => vi.waitFor(() => expect(document.querySelector("[aria-busy=true]")).toBeNull());

afterEach(() => document.body.replaceChildren());

test("a missing value is named beside its field, and nothing is sent", () => {
  const send = vi.fn(() => Promise.resolve());
  const made = form(send);
  submit(made);
  expect(send).not.toHaveBeenCalled();
  expect(made.querySelector(".error")?.textContent).toBe("Type your address.");
  expect(input(made).getAttribute("aria-describedby")).toBe("email-error");
});

test("a refusal stands beside the field it is about, with what was typed still there", async () => {
  const made = form(() => Promise.reject(new Refused("invalid-email", 422, "Not an address.")));
  input(made).value = "ada@";
  submit(made);
  await settled();
  expect(made.querySelector(".error")?.textContent).toBe("Not an address.");
  expect(input(made).value).toBe("ada@");
  expect(input(made).getAttribute("aria-invalid")).toBe("true");
});

test("any other refusal stands above the button", async () => {
  const made = form(() => Promise.reject(new Refused("busy", 503, "Try again in a moment.")));
  input(made).value = "ada@example.org";
  submit(made);
  await settled();
  expect(made.querySelector<HTMLElement>("[data-error]")).toMatchObject({ hidden: false, textContent: "Try again in a moment." });
});

test("pressing twice sends once", async () => {
  let finish = (): void => undefined;
  const send = vi.fn(() => new Promise<void>((resolve) => (finish = resolve)));
  const made = form(send);
  input(made).value = "ada@example.org";
  submit(made);
  submit(made);
  expect(send).toHaveBeenCalledTimes(1);
  finish();
  await settled();
});
