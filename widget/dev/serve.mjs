// `npm run dev`: builds the widget and shows it on a page of another origin, against the mock server.

import { build } from "../scripts/build.mjs";
import { startHost } from "./host.mjs";
import { startMock } from "./mock.mjs";
import { seed } from "./seed.mjs";

await build();
const mock = await startMock({ port: 8090 });
seed(mock);
const host = await startHost({ port: 8091, api: mock.url.slice(0, -1) });
console.log(`a lively thread  ${host.url}/article
a long thread    ${host.url}/long
an empty thread  ${host.url}/empty
in the dark      ${host.url}/article?style=dark
right to left    ${host.url}/article?dir=rtl
Codes that would be mailed are printed here.`);
let seen = 0;
setInterval(() => {
  for (; seen < mock.mails.length; seen++) console.log(`${mock.mails[seen].to}: ${mock.mails[seen].code}`);
}, 500);
