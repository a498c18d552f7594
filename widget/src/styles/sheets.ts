/**
 * Style sheets, shared by every shadow root of ours on the page. A chunk adds its own when it arrives; constructed
 * style sheets are not inline styles to a content security policy.
 */

const sheets: CSSStyleSheet[] = [];
const roots = new Set<ShadowRoot>();

export function addStyles(css: string): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  sheets.push(sheet);
  for (const root of roots) root.adoptedStyleSheets = sheets;
}

/** Styles a shadow root until the returned function is called. */
export function wear(root: ShadowRoot): () => void {
  roots.add(root);
  root.adoptedStyleSheets = sheets;
  return () => void roots.delete(root);
}
