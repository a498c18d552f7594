import { expect, test, vi } from "vitest";
import { again, chunkFor, chunks, fetchChunk } from "./chunks.ts";

test("everybody who asks while a chunk is on its way is drawn again, once", async () => {
  let come: (chunk: unknown) => void = () => {};
  const load = vi.spyOn(chunks, "moderation").mockReturnValue(new Promise((resolve) => (come = resolve)) as never);
  const [first, second] = [{ redraw: vi.fn() }, { redraw: vi.fn() }];
  for (const who of [first, first, second]) expect(chunkFor("moderation", who)).toBeUndefined();
  come({ CommentTools: "tools" });
  await vi.waitFor(() => expect(second.redraw).toHaveBeenCalledOnce());
  expect(first.redraw).toHaveBeenCalledOnce();
  expect(load).toHaveBeenCalledOnce();
  expect(chunkFor("moderation", first)).toEqual({ CommentTools: "tools" });
});

test("a chunk that could not be had says so, and can be sent for again", async () => {
  const load = vi.spyOn(chunks, "composer").mockRejectedValueOnce(new TypeError("failed to fetch")).mockResolvedValueOnce({ Panel: "panel" } as never);
  const who = { redraw: vi.fn() };
  chunkFor("composer", who);
  await vi.waitFor(() => expect(chunkFor("composer", who)).toBe("failed"));
  expect(load).toHaveBeenCalledOnce();
  again("composer", who);
  await vi.waitFor(() => expect(chunkFor("composer", who)).toEqual({ Panel: "panel" }));
  expect(who.redraw).toHaveBeenCalledTimes(2);
});

test("what is done with a chunk fails where the chunk does", async () => {
  vi.spyOn(chunks, "browse").mockRejectedValueOnce(new TypeError("failed to fetch"));
  await expect(fetchChunk("browse")).rejects.toThrow("failed to fetch");
});
