/**
 * Finds things on a page as a person does: by what they are and what is written on them, through shadow roots. Runs in
 * the page, so it stands alone.
 */

export function seek(role, name, isPattern) {
  const kinds = {
    button: "button, [role=button]",
    textbox: "input:not([type=checkbox]):not([type=radio]), textarea",
    link: "a[href]",
    heading: "h1, h2, h3, h4, h5, h6, [role=heading]",
    alert: "[role=alert]",
    text: "p, output, code, strong, span, li, time, div",
  };
  const called = (element) => {
    const label = element.getAttribute("aria-label") ?? [...(element.labels ?? [])].map((each) => each.innerText).join(" ");
    return (label || element.innerText || element.value || "").replace(/\s+/g, " ").trim();
  };
  const fits = isPattern ? (text) => new RegExp(name).test(text) : (text) => text === name;
  const roots = [document];
  for (const root of roots) {
    for (const element of root.querySelectorAll("*")) if (element.shadowRoot) roots.push(element.shadowRoot);
  }
  // What is deepest in the page is what a person sees in front: the widget's own parts before the page's.
  for (const root of roots.toReversed()) {
    for (const element of root.querySelectorAll(kinds[role])) {
      if (element.checkVisibility() && !element.disabled && fits(called(element))) return element;
    }
  }
  return null;
}

/** All that is written on the page, for a person who wonders why something was not found. */
export function read() {
  const roots = [document];
  for (const root of roots) {
    for (const element of root.querySelectorAll("*")) if (element.shadowRoot) roots.push(element.shadowRoot);
  }
  const texts = roots.flatMap((root) => Array.from(root.querySelectorAll("button, input, h1, h2, h3, p, [role=heading], [role=alert], [role=status]")));
  return texts.filter((each) => each.checkVisibility()).map((each) => `${each.localName} ${each.getAttribute("aria-label") ?? each.innerText}`).join("\n");
}
