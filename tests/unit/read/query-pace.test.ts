import { expect, test } from "vitest";
import { createPace } from "#renderer/data/query-pace.ts";

test("a query that is asked now and then is never put off; one that is asked all the time gets a small share of it", () => {
  let time = 0;
  const seldom = createPace(() => time);
  for (let asked = 0; asked < 50; asked += 1) {
    expect(seldom.rest()).toBe(0);
    seldom.took(40);
    time += 1_000;
  }
  const often = createPace(() => time);
  const began = time;
  let spent = 0;
  while (time < began + 60_000) {
    time += often.rest();
    expect(often.rest()).toBe(0);
    often.took(60);
    spent += 60;
    time += 60;
  }
  expect(spent / (time - began)).toBeLessThan(0.06);
  expect(spent / (time - began)).toBeGreaterThan(0.04);
});

test("however long a query takes, it is not put off for long", () => {
  const time = 0;
  const slow = createPace(() => time);
  slow.took(10_000);
  expect(slow.rest()).toBe(2_000);
});
