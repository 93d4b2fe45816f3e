// Which column becomes which field, and how its values are read.

import { describe, expect, test } from "vitest";
import { recordTypes } from "#shared/record-types/index.ts";
import { guessColumns, guessType } from "#renderer/features/import/column-aliases.ts";
import { guessDateOrder, guessDecimalSign } from "#renderer/features/import/column-formats.ts";
import { importTargets, missingTarget } from "#renderer/features/import/import-targets.ts";
import { importTypes, type ColumnChoice, type ImportType } from "#renderer/features/import/import-types.ts";
import { createRowParser, splitFullName } from "#renderer/features/import/parse-row.ts";

const columns = (names: readonly string[]) => names.map((name) => ({ name, samples: ["x"], filled: 1 }));
const guess = (type: ImportType, ...names: readonly string[]): readonly (string | null)[] =>
  guessColumns(type, columns(names)).map((choice) => choice.target);

const parse = (type: ImportType, choices: readonly (string | ColumnChoice)[], ...cells: readonly string[]) =>
  createRowParser(
    type,
    choices.map((choice) => (typeof choice === "string" ? { target: choice } : choice)),
    new Map([["ana ruiz", "ana"]]),
  )({ number: 2, cells }, undefined);

describe("guessColumns", () => {
  test("Salesforce, in capitals or words, custom suffix or none", () => {
    expect(
      guess(
        "company",
        "ID",
        "NAME",
        "BILLINGSTREET",
        "BillingCity",
        "Billing Zip/Postal Code",
        "WEBSITE",
        "NUMBEROFEMPLOYEES",
        "AnnualRevenue",
      ),
    ).toEqual([
      "externalId",
      "name",
      "billingAddress.street",
      "billingAddress.city",
      "billingAddress.postalCode",
      "website",
      "employees",
      "annualRevenue",
    ]);
    expect(
      guess(
        "deal",
        "Opportunity Name",
        "Account Name",
        "StageName",
        "CloseDate",
        "Amount",
        "Probability (%)",
        "Lead_Source__c",
      ),
    ).toEqual(["name", "company", "stage", "closeDate", "amount", "probability", "leadSource"]);
  });

  test("HubSpot, Twenty, EspoCRM, Frappe", () => {
    expect(
      guess(
        "contact",
        "Record ID",
        "First Name",
        "Last Name",
        "Email",
        "Mobile Phone Number",
        "Associated Company",
        "Job Title",
      ),
    ).toEqual(["externalId", "firstName", "lastName", "email", "mobilePhone", "company", "jobTitle"]);
    expect(guess("company", "domainName", "employees", "name")).toEqual(["website", "employees", "name"]);
    expect(guess("contact", "firstName", "lastName", "emailAddress", "phoneNumber", "accountName")).toEqual([
      "firstName",
      "lastName",
      "email",
      "phone",
      "company",
    ]);
    expect(guess("company", "organization_name", "no_of_employees", "annual_revenue")).toEqual([
      "name",
      "employees",
      "annualRevenue",
    ]);
    expect(guess("deal", "deal_value", "expected_closure_date", "status")).toEqual(["amount", "closeDate", "stage"]);
  });

  test("German names", () => {
    expect(
      guess("contact", "Anrede", "Vorname", "Nachname", "Firma", "E-Mail-Adresse", "Telefon", "Straße", "PLZ", "Ort"),
    ).toEqual([
      "salutation",
      "firstName",
      "lastName",
      "company",
      "email",
      "phone",
      "address.street",
      "address.postalCode",
      "address.city",
    ]);
  });

  test("a field is taken once, by a column that holds something; a whole name gives way to its parts", () => {
    expect(
      guessColumns("company", [
        { name: "Company", samples: [], filled: 0 },
        { name: "Name", samples: ["x"], filled: 1 },
      ]).map((choice) => choice.target),
    ).toEqual([null, "name"]);
    expect(guess("contact", "Name", "First name", "Last name")).toEqual([null, "firstName", "lastName"]);
    expect(guess("contact", "Name", "Email")).toEqual(["@fullName", "email"]);
  });

  test("names of the language itself are columns like any other", () => {
    expect(guess("company", "__proto__", "constructor", "toString", "Name")).toEqual([null, null, null, "name"]);
  });

  test("our own field names and labels are known", () => {
    for (const type of importTypes) {
      for (const { key } of importTargets(type)) expect([type, key, guess(type, key)[0]]).toEqual([type, key, key]);
    }
  });

  test("guesses what the rows are", () => {
    expect(guessType(columns(["Deal name", "Amount", "Stage"]))).toBe("deal");
    expect(guessType(columns(["Vorname", "Nachname"]))).toBe("contact");
    expect(guessType(columns(["Name", "Website"]))).toBe("company");
  });

  test("what is required is asked for", () => {
    expect(missingTarget("company", ["website"])).toMatch(/name/);
    expect(missingTarget("contact", ["firstName"])).toMatch(/last name/);
    expect(missingTarget("contact", ["@fullName"])).toBeUndefined();
  });

  test("every type that can be imported exists", () => {
    expect(recordTypes.map((definition) => definition.type)).toEqual(expect.arrayContaining([...importTypes]));
  });
});

describe("reading values", () => {
  test("addresses and amounts are put together from their columns", () => {
    const row = parse(
      "company",
      ["name", "billingAddress.street", "billingAddress.city", "annualRevenue", "annualRevenue.currency"],
      "Harbor",
      "Quay 1",
      "Lübeck",
      "1,200.50",
      "USD",
    );
    expect(row.values).toEqual({
      name: "Harbor",
      billingAddress: { street: "Quay 1", city: "Lübeck" },
      annualRevenue: { amount: 120_050, currency: "USD" },
    });
  });

  test("numbers written as floats, and with either decimal sign", () => {
    expect(parse("company", ["name", "annualRevenue"], "A", "8.48E10").values["annualRevenue"]).toEqual({
      amount: 8_480_000_000_000,
      currency: "EUR",
    });
    expect(
      parse("company", ["name", { target: "annualRevenue", decimalSign: "comma" }], "A", "1.200").values[
        "annualRevenue"
      ],
    ).toEqual({ amount: 120_000, currency: "EUR" });
    expect(
      parse("company", ["name", { target: "annualRevenue", decimalSign: "point", currency: "USD" }], "A", "1,200")
        .values["annualRevenue"],
    ).toEqual({ amount: 120_000, currency: "USD" });
    expect(guessDecimalSign(["1.200,50"])).toBe("comma");
    expect(guessDecimalSign(["1,200.50", "3"])).toBe("point");
    expect(guessDecimalSign(["1.200", "7"])).toBe("ask");
    expect(guessDecimalSign(["12", "350"])).toBeUndefined();
  });

  test("the order of day and month is found, asked, and kept", () => {
    expect(guessDateOrder(["03/04/2026", "13/04/2026"])).toBe("dayFirst");
    expect(guessDateOrder(["03/04/2026", "04/13/2026"])).toBe("monthFirst");
    expect(guessDateOrder(["03/04/2026"])).toBe("ask");
    expect(guessDateOrder(["2026-04-03", "03.04.2026"])).toBeUndefined();
    expect(
      parse("deal", ["name", { target: "closeDate", dateOrder: "dayFirst" }], "A", "03/04/2026").values["closeDate"],
    ).toBe("2026-04-03");
    expect(
      parse("deal", ["name", { target: "closeDate", dateOrder: "monthFirst" }], "A", "03/04/2026 10:30").values[
        "closeDate"
      ],
    ).toBe("2026-03-04");
    expect(
      parse("deal", ["name", { target: "closeDate", dateOrder: "dayFirst" }], "A", "31/02/2026").problems,
    ).toMatchObject([{ column: 1, label: "Close date", text: "31/02/2026" }]);
  });

  test("options by name, by the words of other systems, and by choice", () => {
    expect(parse("deal", ["name", "stage"], "A", "Proposal/Price Quote").values["stage"]).toBe("proposal");
    expect(parse("deal", ["name", "stage"], "A", "CLOSED WON").values["stage"]).toBe("won");
    expect(parse("deal", ["name", "stage"], "A", "Simmering").problems[0]?.message).toMatch(
      /Choose one of: Prospecting/,
    );
    expect(
      parse("deal", ["name", { target: "stage", options: new Map([["simmering", "negotiation"]]) }], "A", "Simmering")
        .values["stage"],
    ).toBe("negotiation");
    expect(
      parse("deal", ["name", { target: "stage", options: new Map([["simmering", null]]) }], "A", "Simmering").values,
    ).toEqual({ name: "A" });
  });

  test("full names, owners, and what is missing", () => {
    expect(splitFullName("Lind, Rosa")).toEqual({ first: "Rosa", last: "Lind" });
    expect(parse("contact", ["@fullName", "owner"], "Rosa Maria Lind", "ANA RUIZ").values).toEqual({
      firstName: "Rosa Maria",
      lastName: "Lind",
      owner: "ana",
    });
    expect(parse("contact", ["@fullName", "owner"], "Cher", "O. Brandt")).toMatchObject({
      values: { lastName: "Cher" },
      unknownPeople: ["O. Brandt"],
      problems: [],
    });
    expect(parse("company", ["name", "website"], "", "harbor.example").problems).toEqual([
      { column: 0, label: "Name", text: "", message: "Name cannot be empty." },
    ]);
  });
});
