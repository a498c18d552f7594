/** A mail server that keeps what it is given: what the real mailer talks to in the tests. */

import { createServer } from "node:net";
import { eventually } from "./eventually.mjs";

export class MailServer {
  /** All mails, in the order in which they came. */
  mails = [];
  #server;
  #taken = new Set();

  static async listen() {
    const mail = new MailServer();
    mail.#server = createServer((socket) => mail.#talk(socket));
    await new Promise((resolve) => mail.#server.listen(0, "127.0.0.1", resolve));
    return mail;
  }

  get port() {
    return this.#server.address().port;
  }

  async close() {
    await new Promise((resolve) => {
      this.#server.close(resolve);
      for (const socket of this.#sockets) socket.destroy();
    });
  }

  /** The six digits of the next mail to this address; each mail is handed out once. */
  async codeFor(address) {
    return codeIn(await this.#next(address));
  }

  /** The link of the next mail to this address. */
  async linkFor(address) {
    const text = await this.#next(address);
    const link = /https?:\/\/\S+#\S+/.exec(text)?.[0];
    if (!link) throw new Error(`no link in this mail:\n${text}`);
    return link;
  }

  async #next(address) {
    const mail = await eventually(`a mail to ${address}`, () => this.mails.find((each) => each.to === address && !this.#taken.has(each)));
    this.#taken.add(mail);
    return mail.text;
  }

  #sockets = new Set();

  /** Just enough of RFC 5321 for one relay that we know. */
  #talk(socket) {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => {});
    const say = (line) => socket.write(`${line}\r\n`);
    let pending = "";
    let to = "";
    let data = null;
    say("220 mail.test ESMTP");
    socket.setEncoding("utf8").on("data", (chunk) => {
      pending += chunk;
      for (let end; (end = pending.indexOf("\r\n")) >= 0; ) {
        const line = pending.slice(0, end);
        pending = pending.slice(end + 2);
        if (data !== null) {
          if (line !== ".") {
            data.push(line.replace(/^\./, ""));
            continue;
          }
          this.mails.push({ to, text: textOf(data.join("\r\n")) });
          data = null;
          say("250 kept");
          continue;
        }
        const verb = line.slice(0, 4).toUpperCase();
        if (verb === "EHLO" || verb === "HELO") say("250 mail.test");
        else if (verb === "RCPT") {
          to = /<([^>]*)>/.exec(line)?.[1].toLowerCase() ?? "";
          say("250 ok");
        } else if (verb === "DATA") {
          data = [];
          say("354 go on");
        } else if (verb === "QUIT") {
          say("221 bye");
          socket.end();
        } else say("250 ok");
      }
    });
  }
}

/** The six digits, written as `482 913`. */
export function codeIn(text) {
  const found = /\b(\d{3})[ \u00a0]?(\d{3})\b/.exec(text);
  if (!found) throw new Error(`no code in this mail:\n${text}`);
  return found[1] + found[2];
}

/** The text part of a mail, decoded. */
function textOf(raw) {
  const [head, body] = halves(raw);
  const boundary = /boundary="?([^";\r\n]+)/i.exec(head)?.[1];
  if (boundary) return textOf(body.split(`--${boundary}`)[1].replace(/^\r\n/, ""));
  const encoding = /^content-transfer-encoding:\s*(\S+)/im.exec(head)?.[1].toLowerCase();
  if (encoding === "base64") return Buffer.from(body, "base64").toString("utf8");
  if (encoding !== "quoted-printable") return body;
  const bytes = body.replace(/=\r\n/g, "").replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}

function halves(raw) {
  const at = raw.indexOf("\r\n\r\n");
  return [raw.slice(0, at), raw.slice(at + 4)];
}
