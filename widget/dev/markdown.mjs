// A small Markdown reader for the mock server: enough to see every node of the document tree, not a parser to trust.

export function parse(markdown) {
  return blocks(markdown.replaceAll("\r\n", "\n").trim().split("\n"));
}

function blocks(lines) {
  const found = [];
  for (let at = 0; at < lines.length;) {
    const line = lines[at];
    const fence = /^```\s*([\w+-]*)\s*$/.exec(line);
    if (line.trim() === "") {
      at++;
    } else if (fence) {
      let end = at + 1;
      while (end < lines.length && !lines[end].startsWith("```")) end++;
      found.push({ t: "pre", ...(fence[1] && { lang: fence[1] }), s: `${lines.slice(at + 1, end).join("\n")}\n` });
      at = end + 1;
    } else if (line.startsWith(">")) {
      const inside = take(lines, at, (each) => each.startsWith(">"));
      found.push({ t: "quote", c: blocks(inside.map((each) => each.replace(/^> ?/, ""))) });
      at += inside.length;
    } else if (/^[-*] /.test(line)) {
      const items = take(lines, at, (each) => /^[-*] /.test(each));
      found.push({ t: "ul", items: items.map((each) => [{ t: "p", c: inlines(each.slice(2)) }]) });
      at += items.length;
    } else if (/^\d+\. /.test(line)) {
      const items = take(lines, at, (each) => /^\d+\. /.test(each));
      found.push({ t: "ol", start: Number.parseInt(line, 10), items: items.map((each) => [{ t: "p", c: inlines(each.replace(/^\d+\. /, "")) }]) });
      at += items.length;
    } else {
      const text = take(lines, at, (each) => each.trim() !== "" && !/^(>|```|[-*] |\d+\. )/.test(each));
      found.push({ t: "p", c: text.flatMap((each, nth) => [...(nth > 0 ? [{ t: "br" }] : []), ...inlines(each)]) });
      at += text.length;
    }
  }
  return found;
}

function take(lines, at, while_) {
  let end = at;
  while (end < lines.length && while_(lines[end])) end++;
  return lines.slice(at, end);
}

const INLINE = /`([^`]+)`|\*\*(.+?)\*\*|\*(.+?)\*|~~(.+?)~~|\[([^\]]+)\]\(([^)\s]+)\)|(https?:\/\/[^\s)]+)/;

function inlines(text) {
  const found = INLINE.exec(text);
  if (!found) return text ? [text] : [];
  const [whole, code, strong, em, del, label, href, url] = found;
  const before = text.slice(0, found.index);
  const node = code ? { t: "code", s: code }
    : strong ? { t: "strong", c: inlines(strong) }
    : em ? { t: "em", c: inlines(em) }
    : del ? { t: "del", c: inlines(del) }
    : link(href ?? url, label ?? url);
  return [...(before ? [before] : []), node, ...inlines(text.slice(found.index + whole.length))];
}

const link = (href, label) => (/^(https?:|mailto:)/i.test(href) ? { t: "a", href, c: [label] } : label);
