// The mailbox: asks for new mail every second while it is looked at, and adds it on top without moving what is read.
const list = document.querySelector("#mails");
const empty = document.querySelector("#empty");
const lost = document.querySelector("#lost");
const news = document.querySelector("#news");
/** What is shown already. */
const shown = new Set();
let first = true;

function node(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** The six digits of a sign-in mail, if it is one. */
function codeIn(mail) {
  return /\b(\d{3})[ \u00a0]?(\d{3})\b/.exec(`${mail.subject}\n${mail.text}`);
}

function copyButton(code) {
  const button = node("button", { type: "button", textContent: "Copy" });
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Select it and press Ctrl+C";
    }
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });
  return button;
}

function item(mail) {
  const at = new Date(mail.at);
  const code = codeIn(mail);
  const children = [
    node("h2", { textContent: mail.subject, dir: "auto" }),
    node("p", { className: "byline" }, "To ", node("bdi", { textContent: mail.to }), " · ",
      node("time", { dateTime: mail.at, textContent: at.toLocaleTimeString() })),
  ];
  if (code) {
    children.push(node("p", { className: "code" },
      node("strong", { textContent: `${code[1]} ${code[2]}` }), copyButton(code[1] + code[2])));
  }
  children.push(node("details", { open: !code },
    node("summary", { textContent: "The whole mail" }),
    node("pre", { textContent: mail.text, dir: "auto" })));
  return node("li", { className: "mail" }, ...children);
}

async function look() {
  const answer = await fetch("/mailbox/mails.json", { cache: "no-store" });
  const mails = await answer.json();
  const fresh = mails.filter((mail) => !shown.has(key(mail))).reverse();
  for (const mail of fresh) {
    shown.add(key(mail));
    const height = document.documentElement.scrollHeight;
    const top = scrollY;
    list.prepend(item(mail));
    // Browsers that anchor scrolling have moved the page already: then nothing is left to do.
    if (top > 120 && scrollY === top) {
      scrollTo({ top: top + document.documentElement.scrollHeight - height, behavior: "instant" });
    }
  }
  empty.hidden = list.children.length > 0;
  if (fresh.length > 0 && !first) news.textContent = `New mail: ${fresh.at(-1).subject}`;
  first = false;
}

function key(mail) {
  return `${mail.at} ${mail.to} ${mail.subject}`;
}

for (;;) {
  if (document.visibilityState === "visible") {
    await look().then(() => (lost.hidden = true), () => (lost.hidden = false));
  }
  await new Promise((wake) => setTimeout(wake, 1000));
}
