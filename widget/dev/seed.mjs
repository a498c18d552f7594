// Threads to look at: a lively one, and a long one.

const HOUR = 3_600_000;

export function seed(mock) {
  const { account, add, thread } = mock;
  const ada = account("ada@example.org", { name: "Ada Lovelace", hue: 262 });
  const grace = account("grace@example.org", { name: "Grace Hopper", hue: 12, role: "owner" });
  const alan = account("alan@example.org", { name: "Alan", hue: 168 });
  const noor = account("noor@example.org", { name: "نور الهدى", hue: 48 });
  const mod = account("mod@example.org", { name: "Margaret Hamilton", hue: 205, role: "moderator" });
  const start = Date.now() - 9 * 24 * HOUR;
  const lively = thread("path:/article");
  let at = start;
  const say = (who, body, parent, facts = {}) => add(lively, { body, by: who.id ? { account: who.id } : who, parent: parent?.id ?? null, place: (at += HOUR * 7 + 1234567), ...facts });
  const like = (comment, n) => Object.assign(comment, { imported: n });

  const first = like(say(grace, "Thank you all for reading. The full data set behind the second figure is [here](https://example.org/data), and I am happy to answer questions.", null, { pinned: true }), 24);
  const question = like(say(ada, "Lovely piece. One question about the greenhouse readings: did you correct for the **evening sun**? In my notes the sensor by the west wall drifts by almost two degrees after six o’clock, and *only* on clear days.", null), 9);
  const answer = like(say(grace, "Good catch. I did, but crudely:\n\n```python\ndef corrected(reading, hour):\n    # west wall, measured in May\n    return reading - (1.8 if hour >= 18 else 0.0)  # a comment that is rather long, to see the block scroll sideways\n```\n\nThe `1.8` is an average over eleven evenings.", question), 5);
  say(ada, "> The `1.8` is an average over eleven evenings.\n\nThat is more than I expected. Thanks!", answer);
  let deep = answer;
  for (let n = 0; n < 9; n++) deep = say([alan, ada, mod, { name: "Wren", guest: "gt_wren" }][n % 4], ["Does that hold in winter, too?", "It should.", "I measured it once: it does not.", "How so?", "Less sun, lower angle, and the snow reflects.", "So the sign flips?", "For an hour or so.", "Then the correction should follow the angle, not the clock.", "Exactly."][n], deep);
  const removed = say(alan, "Buy something.", null, { removed_by: "moderator" });
  say(mod, "Please keep advertisements out of here.", removed);
  say(noor, "مقال رائع، شكرًا لك! هل يمكن تطبيق الطريقة نفسها في المناطق الحارة؟\n\nI mean places like `Aswan`.", null);
  say({ name: "A reader with a remarkably long name that goes on and on and does not fit", guest: "gt_long" }, "Three things I learned:\n\n1. ferns are older than flowers\n2. thermometers lie\n3. https://example.org/a/very/long/address/that/has/to/wrap/somewhere/because/it/does/not/fit?with=parameters&and=more\n\n- ~~never~~ rarely water at noon\n- 🌿🌱🪴", null, { edited_at: new Date().toISOString() });
  at = Date.now() - HOUR * 3;
  say({ name: "Tomás", guest: "gt_tomas" }, "Subscribed because of this article.", null);
  add(lively, { body: "I have a *different* opinion, see https://example.org/blog", by: { name: "Newcomer", guest: "gt_new" }, standing: "pending", place: Date.now() - HOUR });
  like(add(lively, { body: "Just in time for my own greenhouse. Wish me luck.", by: { account: alan.id }, place: Date.now() - 4 * 60_000 }), 1);

  const long = thread("path:/long");
  for (let n = 0; n < 130; n++) {
    const root = add(long, { body: `Remark number ${n + 1}. ${"It goes on for a while. ".repeat(n % 5)}`, by: { account: [ada, alan, grace, noor][n % 4].id }, place: start + n * HOUR });
    if (n % 10 === 3) for (let r = 0; r < 4; r++) add(long, { body: `Reply ${r + 1} to remark ${n + 1}`, by: { account: [alan, ada][r % 2].id }, parent: root.id, place: start + n * HOUR + (r + 1) * 60_000 });
    if (n === 5) for (let r = 0; r < 240; r++) add(long, { body: `Answer ${r + 1}`, by: { account: [ada, alan, noor][r % 3].id }, parent: root.id, place: start + n * HOUR + (r + 1) * 1000 });
  }
  first.pinned = true;
  return { ada, grace, alan, noor, mod, lively, long, first, question, answer };
}
