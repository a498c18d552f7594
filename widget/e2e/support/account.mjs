/** The account page, as its owner uses it. */

import { createHmac } from "node:crypto";
import { OWNER } from "./owner.mjs";

/** What an authenticator shows for a secret in base32, at a moment. */
export function authenticator(secret, at = Date.now()) {
  const bits = [...secret.replaceAll(" ", "")].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const mac = createHmac("sha1", key).update(counter).digest();
  const number = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

/** Opens the account page, and signs in there by password. */
export async function onAccountPage(person, server, { email, password } = OWNER) {
  const page = await person.context.newPage();
  await page.goto(`${server.base}/account`);
  await page.getByRole("textbox", { name: "Email" }).fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("heading", { name: "Your account", level: 1, exact: true }).waitFor();
  return page;
}

export const section = (page, name) => page.getByRole("region", { name });
