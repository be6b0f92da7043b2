import { expect, it } from "vitest";
import { afterRefusal, type Session } from "../src/session";

it.each<[Session, Session]>([
  ["in", "expired"],
  ["expired", "expired"], // several requests are refused at once
  ["unknown", "out"],
  ["out", "out"],
])("after a refusal %s is %s", (before, after) => {
  expect(afterRefusal(before)).toBe(after);
});
