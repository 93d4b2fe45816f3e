// Every row is created, a duplicate or an error; nothing is lost, nothing is made twice.

import fc from "fast-check";
import Papa from "papaparse";
import { describe, expect, test } from "vitest";
import { openMemoryStore, planFile, realFile, runToEnd, SPACE } from "./import-fixtures.ts";

const COMPANIES = [
  ["Id", "Name", "Website", "Phone", "Employees", "Industry"],
  ["1", "Harbor Clinic GmbH", "https://www.harborclinic.example/about", "+49 451 88200", "640", "Health care"],
  ["2", "Delta Supply", "deltasupply.example", "", "", ""],
  ["3", "Broken", "", "", "many", ""],
  ["4", "DELTA  supply", "", "+45 33 11 22", "", "Trade"],
  ["5", "", "nobody.example", "", "", ""],
];
const csv = (rows: readonly (readonly string[])[]): string => Papa.unparse(rows.map((row) => [...row]));

async function seeded() {
  const store = openMemoryStore();
  await store.data.edit.createMany([
    {
      id: "harbor",
      type: "company",
      space: SPACE,
      values: { name: "Harbor Clinic", website: "http://harborclinic.example", employees: 600 },
    },
  ]);
  return store;
}

describe("the plan adds up", () => {
  test("created, duplicates by domain and within the file, errors with sentences", async () => {
    const { desk, plan } = await planFile(await seeded(), csv(COMPANIES));
    expect(plan.summary).toMatchObject({ rows: 5, create: 1, duplicate: 2, error: 2, willCreate: 1, willFill: 2 });
    const [harbor, twin] = await desk.duplicates(0, 10);
    expect(harbor).toMatchObject({
      number: 2,
      same: "domain",
      choice: "fill",
      match: { id: "harbor", title: "Harbor Clinic" },
    });
    expect(twin).toMatchObject({ number: 5, same: "name", match: { row: 3, title: "Delta Supply" } });
    expect((await desk.errors(0, 10)).map((row) => row.problems)).toEqual([
      [{ column: 4, label: "Employees", text: "many", message: "Enter a number, for example 12.5." }],
      [{ column: 1, label: "Name", text: "", message: "Name cannot be empty." }],
    ]);
  });

  test("a merge fills what is empty and keeps what is there", async () => {
    const { desk } = await planFile(await seeded(), csv(COMPANIES));
    const merge = await desk.merge(0);
    expect(merge?.lines).toContainEqual({ label: "Employees", value: "600", state: "kept", fileSays: "640" });
    expect(merge?.lines).toContainEqual({ label: "Phone", value: "+49 451 88200", state: "filled" });
    expect(await desk.takeFills(0, 10)).toEqual([
      { id: "harbor", values: { externalId: "1", phone: "+49 451 88200", industry: "Health care" } },
    ]);
    expect((await desk.takeCreates(0, 10)).map((row) => row.values)).toEqual([
      {
        externalId: "2",
        name: "Delta Supply",
        website: "https://deltasupply.example",
        phone: "+45 33 11 22",
        industry: "Trade",
      },
    ]);
  });

  test("skip and create anyway, per row and for all", async () => {
    const { desk } = await planFile(await seeded(), csv(COMPANIES));
    expect((await desk.choose("skip", 0)).summary).toMatchObject({ willCreate: 1, willFill: 1, willSkip: 1 });
    expect((await desk.choose("create")).summary).toMatchObject({
      create: 1,
      duplicate: 2,
      willCreate: 3,
      willFill: 0,
      willSkip: 0,
    });
    const ids = (await desk.takeCreates(0, 10)).map((row) => row.id);
    expect(new Set([...ids, "harbor"]).size).toBe(4);
  });

  test("errors are put right in place, left out by column, or downloaded without becoming formulas", async () => {
    const { desk } = await planFile(await seeded(), csv([...COMPANIES, ["6", "=cmd()", "", "", "lots", ""]]));
    const download = await desk.errorCsv();
    expect(Papa.parse<string[]>(download.replace("\uFEFF", "")).data[3]).toEqual([
      "7",
      "Employees: Enter a number, for example 12.5.",
      "6",
      "'=cmd()",
      "",
      "",
      "lots",
      "",
    ]);
    expect((await desk.fix([{ index: 4, column: 1, text: "Nobody Ltd" }])).summary).toMatchObject({
      create: 2,
      error: 2,
    });
    const after = await desk.leaveOut(4);
    expect(after.summary).toMatchObject({ create: 4, duplicate: 2, error: 0 });
    expect(after.problems).toEqual([]);
  });

  test("property: created + duplicates + errors = rows, whatever is in the file; every created id is new", async () => {
    const seed = 423;
    console.info(`seed ${seed}`);
    const cell = fc.constantFrom(
      "",
      "Harbor",
      "harbor ",
      "Delta",
      "delta.example",
      "x@y",
      "12",
      "1.200",
      "n/a",
      "=1",
      "__proto__",
      "2026-02-31",
    );
    const rows = fc.array(fc.array(cell, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 15 });
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.constantFrom("company", "contact", "deal"),
        fc.constantFrom("fill", "skip", "create"),
        async (body, type, choice) => {
          const header =
            type === "contact"
              ? ["Id", "Last name", "Email", "Company", "Phone"]
              : ["Id", "Name", "Website", "Employees", "Close date"];
          const filled = body.filter((cells) => cells.some((text) => text.trim() !== ""));
          fc.pre(filled.length > 0);
          const store = await seeded();
          const { desk } = await planFile(store, csv([header, ...filled]), type);
          const { summary } = await desk.choose(choice);
          expect(summary.create + summary.duplicate + summary.error).toBe(filled.length);
          expect(summary.willCreate + summary.willFill + summary.willSkip + summary.unchanged + summary.error).toBe(
            filled.length,
          );
          const ids = [...(await desk.takeCreates(0, 1000)), ...(await desk.takeCompanies(0, 1000))].map(
            (row) => row.id,
          );
          expect(new Set([...ids, "harbor"]).size).toBe(ids.length + 1);
          if (choice === "create") return;
          await runToEnd(store, desk, type);
          expect((await planFile(store, csv([header, ...filled]), type)).plan.summary.willCreate).toBe(0);
        },
      ),
      { seed, numRuns: 150 },
    );
  });
});

describe("contacts and deals name other records", () => {
  const CONTACTS = csv([
    ["First name", "Last name", "Email", "Company"],
    ["Rosa", "Lind", "rosa@lindqvist.example", "HARBOR clinic"],
    ["Bo", "Ek", "", "Ek & Co"],
    ["Bo", "Ek", "", "ek & co"],
    ["Eva", "Ek", "", "Ek & Co"],
  ]);

  test("a company is found by its folded name or made once", async () => {
    const store = await seeded();
    const { desk, plan } = await planFile(store, CONTACTS);
    expect(plan.summary).toMatchObject({ create: 3, duplicate: 1, newCompanies: 1 });
    const [made] = await desk.takeCompanies(0, 10);
    expect(made).toMatchObject({ type: "company", values: { name: "Ek & Co" } });
    expect((await desk.takeCreates(0, 10)).map((row) => row.values["company"])).toEqual(["harbor", made?.id, made?.id]);
    await runToEnd(store, desk, "contact");
    expect((await planFile(store, CONTACTS)).plan.summary).toMatchObject({
      create: 0,
      duplicate: 4,
      unchanged: 4,
      newCompanies: 0,
    });
  });

  test("a company of skipped rows only is not made", async () => {
    const store = await seeded();
    await store.data.edit.createMany([
      { id: "bo", type: "contact", space: SPACE, values: { firstName: "Bo", lastName: "Ek", email: "bo@ek.example" } },
    ]);
    const { desk, plan } = await planFile(
      store,
      csv([
        ["Last name", "Email", "Company"],
        ["Ek", "bo@ek.example", "Ek & Co"],
      ]),
    );
    expect(plan.summary).toMatchObject({ duplicate: 1, willFill: 1, newCompanies: 1 });
    expect((await desk.choose("skip")).summary).toMatchObject({ willSkip: 1, newCompanies: 0 });
  });

  test("contacts are the same by e-mail, else by name with company or phone", async () => {
    const store = openMemoryStore();
    const values = {
      firstName: "Rosa",
      lastName: "Lind",
      email: "Rosa@Lindqvist.example",
      mobilePhone: "+46 70 123 45 67",
    };
    await store.data.edit.createMany([{ id: "rosa", type: "contact", space: SPACE, values }]);
    const { desk } = await planFile(
      store,
      csv([
        ["First name", "Last name", "Email", "Phone"],
        ["R.", "L.", "rosa@lindqvist.EXAMPLE", ""],
        ["rosa", "LIND", "other@x.example", "+46701234567"],
        ["Rosa", "Lind", "", ""],
      ]),
    );
    expect((await desk.duplicates(0, 10)).map((row) => row.same)).toEqual(["e-mail", "name, phone"]);
  });

  test("a deal finds its contact by e-mail or name, and says when it cannot", async () => {
    const store = await seeded();
    await store.data.edit.createMany([
      {
        id: "rosa",
        type: "contact",
        space: SPACE,
        values: { firstName: "Rosa", lastName: "Lind", email: "rosa@lind.example" },
      },
    ]);
    const rows = [
      ["Deal name", "Company", "Contact", "Amount", "Stage"],
      ["Roof", "Harbor Clinic", "rosa lind", "48000", "Proposal"],
      ["Yard", "Harbor Clinic", "rosa@lind.example", "", ""],
      ["Wall", "", "Nobody", "", ""],
    ];
    const { desk, plan } = await planFile(store, csv(rows));
    expect((await desk.takeCreates(0, 10)).map((row) => row.values["pointOfContact"])).toEqual([
      "rosa",
      "rosa",
      undefined,
    ]);
    expect(plan.summary.notes.join(" ")).toMatch(/1 contact is not on this device/);
  });
});

describe("J11: 423 companies of a real export", () => {
  test("adds up, offers the pair of equal names, creates nothing new the second time, and undo frees it again", async ({
    skip,
  }) => {
    const bytes = realFile("salesforce-accounts.csv");
    if (bytes === undefined) return skip("../shared/data is not there");
    const store = openMemoryStore();
    const { desk, plan } = await planFile(store, bytes);
    expect(plan.summary.create + plan.summary.duplicate + plan.summary.error).toBe(423);
    expect(plan.summary).toMatchObject({ create: 422, duplicate: 1, error: 0 });
    expect((await desk.duplicates(0, 10))[0]).toMatchObject({ same: "name", match: { title: "????????????????" } });
    expect(store.rows.size).toBe(0);

    const outcome = await runToEnd(store, desk, "company");
    expect(outcome.state).toBe("done");
    expect(store.active("company")).toHaveLength(422);
    const revenues = store.active("company").flatMap((row) => row.fields["annualRevenue"] ?? []);
    expect(revenues).toEqual(
      expect.arrayContaining([
        { amount: 6_000_000_000, currency: "EUR" },
        { amount: 8_480_000_000_000, currency: "EUR" },
      ]),
    );

    const again = await planFile(store, bytes);
    expect(again.plan.summary).toMatchObject({
      create: 0,
      duplicate: 423,
      error: 0,
      willCreate: 0,
      willFill: 0,
      unchanged: 423,
    });

    await store.data.edit.remove(outcome.batch.created);
    const third = await planFile(store, bytes);
    expect(third.plan.summary).toMatchObject({ create: 422, duplicate: 1 });
    await runToEnd(store, third.desk, "company");
    expect(store.active("company")).toHaveLength(422);
    expect((await planFile(store, bytes)).plan.summary.willCreate).toBe(0);
    return undefined;
  });

  test("the same person from four programs is offered for merging", async ({ skip }) => {
    const files = ["gmail", "iphone", "ms-outlook", "android"].map((name) => realFile(`vcard/john-doe-${name}.vcf`));
    if (files.some((file) => file === undefined)) return skip("../shared/data is not there");
    const store = openMemoryStore();
    const text = files.map((file) => new TextDecoder().decode(file)).join("\r\n");
    const { desk, plan } = await planFile(store, text);
    expect(plan.summary).toMatchObject({ rows: 9, create: 7, duplicate: 2, error: 0, newCompanies: 3 });
    expect((await desk.duplicates(0, 10)).map((row) => row.same)).toEqual(["e-mail", "name, company"]);
    await runToEnd(store, desk, "contact");
    expect(store.active("contact")).toHaveLength(7);
    expect((await planFile(store, text)).plan.summary.willCreate).toBe(0);
    return undefined;
  });
});
