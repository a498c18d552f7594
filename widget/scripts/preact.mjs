// Preact without what this widget never does, so that it is neither sent nor within reach: parsing HTML, hydrating,
// suspending, class components, contexts, portals. Cut out of the published file piece by piece. Each piece must be found exactly as it is written here, so
// another version of Preact fails the build until this list has been read again.

import { readFile } from "node:fs/promises";

/** [what it is for, as published, what stands there instead] */
const CUTS = [
  ["HTML: a prop that goes", `"dangerouslySetInnerHTML"==s?y=k:`, ""],
  ["HTML: a prop that comes", `"dangerouslySetInnerHTML"==s?h=k:`, ""],
  ["HTML: parsing it", `h?(l||y&&(h.__html==y.__html||h.__html==t.innerHTML)||(t.innerHTML=h.__html),r.__k=[]):(y&&(t.textContent=""),`, "("],
  ["hydration: taking nodes over", `,o)for(s=0;s<o.length;s++)if((k=o[s])&&(C?k.localName==C:3==k.nodeType)){t=k,o[s]=null;break}`, ");"],
  ["hydration: a new node ends it", `,l&&(n.__m&&n.__m(r,o),l=!1),o=null}`, "}"],
  ["hydration: attributes", `,o="textarea"==C&&null!=x.defaultValue?null:o&&d.call(a.childNodes),!l&&o)for($={},s=0;s<t.attributes.length;s++)$[(k=t.attributes[s]).name]=k.value;`, ");"],
  ["hydration: comparing", `l&&"function"!=typeof k||$[s]===k`, `$[s]===k`],
  ["hydration: leftovers", `o?o[0]:u.__k&&S(u,0),l,c),o&&o.some(g)),l&&"textarea"!=C||(s=`, `u.__k&&S(u,0),l,c)),(s=`],
  ["hydration: text", `$===x||l&&t.data==x||(t.data=x)`, `$===x||(t.data=x)`],
  ["hydration: the first drawing", `i?null:r.firstChild?d.call(r.childNodes):null,f,i?i.__e:r.firstChild,u,o)`, `null,f,i?i.__e:r.firstChild,0,o)`],
  ["hydration: the first drawing", `i=(u=t&&32&t.__u)?null:r.__k`, `i=r.__k`],
  ["hydration: drawing again", `32&u.__u?[i]:null,f,i||S(u),32&u.__u,o)`, `null,f,i||S(u),0,o)`],
  ["suspense: going on", `128&u.__u&&(c=32&u.__u,s=u.__c.__z)&&(r.__u|=c,p=o=[],8==s.nodeType?l=B(s,o):o.push(s),l=o[0]||l),`, ""],
  ["suspense: done", `,p&&p.some(g)`, ""],
  ["suspense: waiting", /if\(e\.length=v,r\.__v=null,c\|\|o\)if\(t&&t\.then\)\{.*?\}else o&&o\.some\(g\);else r\.__e=u\.__e;r\.__k\|\|\(r\.__k=u\.__k\|\|\[\]\),t&&t\.then\|\|D\(r\),/, `e.length=v,r.__v=null,r.__e=u.__e,r.__k||(r.__k=u.__k||[]),D(r),`],
  ["suspense: gone while waiting", `!u&&(i=t.__c)&&(i=i.__z)&&(f=B(i,o=[]))&&(i==t.__e&&o.some(g),g(f),g(i)),`, ""],
  ["classes and contexts: which is it", `C=(s=V.prototype)&&s.render,j=(s=V.contextType)&&i[s.__c],L=s?j?j.props.value:s.__:i,`, `L=i,`],
  ["classes and contexts: making one", `(C?r.__c=d=new V(M,L):(r.__c=d=new x(M,L),d.constructor=V,d.render=K),j&&j.sub(d),`, `(r.__c=d=new x(M,L),d.constructor=V,d.render=K,`],
  ["classes: derived state", `C&&(d.__s||(d.__s=d.state),V.getDerivedStateFromProps&&(d.__s==d.state&&(d.__s=_({},d.__s)),_(d.__s,V.getDerivedStateFromProps(M,d.__s)))),`, ""],
  ["classes: new props", `M!==k&&C&&!V.getDerivedStateFromProps&&d.componentWillReceiveProps&&d.componentWillReceiveProps(M,L),`, ""],
  ["classes: after an update", `,C&&d.componentDidUpdate&&d.__h.push(function(){d.componentDidUpdate(k,b,m)})`, ""],
  ["classes: mounting", `else C&&!V.getDerivedStateFromProps&&d.componentWillMount&&d.componentWillMount(),C&&d.componentDidMount&&d.__h.push(d.componentDidMount);`, ""],
  ["classes: drawing once", `q=C?25:0;`, `q=0;`],
  ["classes and contexts: after drawing", /C&&\(y\.push\.apply\(d\.__h,d\.__k\),d\.__k=\[\]\),d\.state=d\.__s,.*?\(m=d\.getSnapshotBeforeUpdate\(k,b\)\),/, `d.state=d.__s,`],
  ["portals: drawing", /M\.__P&&\(s=l,f=\(t=M\.__P\).*?l=u\.__k\?S\(u,0\):null\),/, ""],
  ["portals: drawn", `M.__P&&(r.__e=null,l=s),`, ""],
];

function cut(source) {
  let left = source;
  for (const [what, piece, instead] of CUTS) {
    const parts = left.split(piece);
    if (parts.length !== 2) throw new Error(`scripts/preact.mjs: found ${parts.length - 1} times, expected once: ${what}`);
    left = parts.join(instead);
  }
  if (/innerHTML/i.test(left)) throw new Error("scripts/preact.mjs: this version of Preact parses HTML elsewhere, too");
  return left;
}

/** The esbuild plugin. */
export const preactWithLess = {
  name: "preact-with-less",
  setup(build) {
    build.onLoad({ filter: /preact[\\/]dist[\\/]preact\.mjs$/ }, async ({ path: file }) => ({
      contents: cut(await readFile(file, "utf8")),
      loader: "js",
    }));
  },
};
