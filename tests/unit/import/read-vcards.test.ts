// vCards of every version in circulation, own fixtures first, then the four real files when they are there.

import { describe, expect, test } from "vitest";
import { isVcardText, readVcards, vcardTargets } from "#renderer/features/import/read-vcards.ts";
import { realFile } from "./import-fixtures.ts";

const cards = (text: string): readonly Readonly<Record<string, string>>[] => {
  const read = readVcards(text);
  if (!read.ok) throw new Error(read.error.message);
  return read.value.rows.map((row) => {
    expect(row.problem).toBeUndefined();
    return Object.fromEntries(
      row.cells.map((cell, index) => [vcardTargets[index] ?? "", cell] as const).filter(([, cell]) => cell !== ""),
    );
  });
};

const card = (...lines: readonly string[]): string => ["BEGIN:VCARD", ...lines, "END:VCARD"].join("\r\n");

describe("readVcards", () => {
  test("3.0: names, organization, phones by type, e-mails, address, site, birthday, note", () => {
    const [rosa] = cards(
      card(
        "VERSION:3.0",
        "N:Lind;Rosa;Maria;Dr.;",
        "FN:Dr. Rosa Maria Lind",
        String.raw`ORG:Lindqvist\, Sons;Roofs`,
        "TITLE:Architect",
        "EMAIL;TYPE=INTERNET,HOME:rosa@home.example",
        "EMAIL;TYPE=INTERNET;TYPE=WORK;TYPE=PREF:rosa@lindqvist.example",
        "TEL;TYPE=HOME:+46 8 111 22",
        "TEL;TYPE=WORK,VOICE:+46 8 5250 1180",
        "TEL;TYPE=CELL:+46 70 123 45 67",
        "TEL;TYPE=WORK,FAX:+46 8 5250 1199",
        "ADR;TYPE=WORK:;;Storgatan 1;Stockholm;;111 22;Sweden",
        "URL:https://lindqvist.example",
        "BDAY:1980-03-22",
        String.raw`NOTE:Met at the fair\nCalls back\, always`,
        "UID:urn:uuid:0f3a1c52-0000-4000-8000-000000000001",
      ),
    );
    expect(rosa).toEqual({
      salutation: "Dr.",
      firstName: "Rosa",
      lastName: "Lind",
      company: "Lindqvist, Sons",
      jobTitle: "Architect",
      email: "rosa@lindqvist.example",
      otherEmail: "rosa@home.example",
      phone: "+46 8 5250 1180",
      mobilePhone: "+46 70 123 45 67",
      otherPhone: "+46 8 111 22",
      "address.street": "Storgatan 1",
      "address.city": "Stockholm",
      "address.postalCode": "111 22",
      "address.country": "Sweden",
      website: "https://lindqvist.example",
      birthday: "1980-03-22",
      notes: "Met at the fair\nCalls back, always\nMiddle name: Maria\nDepartment: Roofs\nFax: +46 8 5250 1199",
      externalId: "0f3a1c52-0000-4000-8000-000000000001",
    });
  });

  test("4.0: preference by number, tel: and uri values", () => {
    const [bo] = cards(
      card(
        "VERSION:4.0",
        "FN:Bo Ek",
        "N:Ek;Bo;;;",
        "TEL;VALUE=uri;TYPE=cell:tel:+46-70-999-00-11",
        "EMAIL;PREF=2:second@ek.example",
        "EMAIL;PREF=1:first@ek.example",
        "BDAY:19900115",
      ),
    );
    expect(bo).toMatchObject({
      firstName: "Bo",
      lastName: "Ek",
      mobilePhone: "+46-70-999-00-11",
      email: "first@ek.example",
      otherEmail: "second@ek.example",
      birthday: "1990-01-15",
    });
  });

  test("2.1: quoted-printable with soft breaks and a charset, bare types, a folded photo that is left out", () => {
    const text = card(
      "VERSION:2.1",
      "N;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:M=FCller;J=F6rg;;;",
      "TEL;WORK;VOICE:(0451) 88 200",
      "TEL;CELL;PREF:0170 1234567",
      "EMAIL;PREF;INTERNET:joerg@mueller.example",
      "NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:First line=0D=0A=",
      "second line, =C3=BCber alles; also this",
      "PHOTO;ENCODING=BASE64;JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD",
      " 2wBDAAIBAQEBAQIBAQE=",
      "",
      "ORG:Müller & Sons, Ltd;Roofs",
    );
    const read = readVcards(text);
    expect(read.ok && read.value.notes.join(" ")).toMatch(/1 card has a photo; photos are not imported/);
    expect(cards(text)[0]).toEqual({
      firstName: "Jörg",
      lastName: "Müller",
      company: "Müller & Sons, Ltd",
      phone: "(0451) 88 200",
      mobilePhone: "0170 1234567",
      email: "joerg@mueller.example",
      notes: "First line\nsecond line, über alles; also this\nDepartment: Roofs",
    });
  });

  test("a card without a name is called what a phone would call it", () => {
    expect(cards(card("VERSION:3.0", "FN:Harbor Front Desk", "TEL:12345"))[0]).toMatchObject({
      lastName: "Harbor Front Desk",
    });
    expect(cards(card("VERSION:2.1", "EMAIL;PREF:jane@doe.example"))[0]).toMatchObject({
      lastName: "jane@doe.example",
    });
    expect(cards(card("VERSION:3.0", "N:;Rosa;;;", "FN:Rosa"))[0]).toEqual({ lastName: "Rosa" });
  });

  test("line endings of any kind, and several cards", () => {
    const three = ["A", "B", "C"].map((name) => card("VERSION:3.0", `N:${name};X;;;`)).join("\r\n");
    for (const ending of ["\r\n", "\n", "\r", "\r\r\n"])
      expect(cards(three.replaceAll("\r\n", ending)).map((one) => one["lastName"])).toEqual(["A", "B", "C"]);
  });

  test("a file without a whole card says so; pasted cards are recognised", () => {
    const read = readVcards("BEGIN:VCARD\nVERSION:3.0\nN:Lost");
    expect(!read.ok && read.error.message).toMatch(/no complete vCard/);
    expect(isVcardText("\uFEFF\r\nbegin:vcard\r\n")).toBe(true);
    expect(isVcardText("Name,BEGIN:VCARD")).toBe(false);
  });

  test("two hundred thousand lines that never end a card are read in one pass", () => {
    const started = process.cpuUsage();
    expect(readVcards("BEGIN:VCARD\n".repeat(200_000)).ok).toBe(false);
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(2_000);
  });
});

const john = { salutation: "Mr.", firstName: "John", lastName: "Doe", company: "IBM", jobTitle: "Money Counter" };

describe("J11: the real vCards", () => {
  test.for([
    [
      "john-doe-gmail.vcf",
      [
        {
          ...john,
          email: "john.doe@ibm.com",
          mobilePhone: "905-555-1234",
          phone: "905-666-1234",
          birthday: "1980-03-22",
          website: "http://www.ibm.com",
        },
      ],
    ],
    [
      "john-doe-iphone.vcf",
      [
        {
          ...john,
          email: "john.doe@ibm.com",
          mobilePhone: "905-555-1234",
          phone: "905-777-1234",
          otherPhone: "905-666-1234",
          birthday: "2012-06-06",
          "address.city": "New York",
        },
      ],
    ],
    [
      "john-doe-ms-outlook.vcf",
      [
        {
          ...john,
          email: "john.doe@ibm.cm",
          phone: "(905) 555-1234",
          otherPhone: "(905) 666-1234",
          "address.city": "Albaney",
          birthday: "1980-03-22",
        },
      ],
    ],
    [
      "john-doe-android.vcf",
      [
        { lastName: "john.doe@company.com", email: "john.doe@company.com" },
        { lastName: "jane.doe@company.com", email: "jane.doe@company.com" },
        { lastName: "Ñ Ñ Ñ Ñ", mobilePhone: "123456789" },
        { lastName: "Ñ Ñ Ñ Ñ Ñ Ñ Ñ Ñ Ñ Ñ Ñ", mobilePhone: "123456", phone: "234567", otherPhone: "3456789" },
        { firstName: "Ñ Ñ Ñ", lastName: "Ñ Ñ", company: "ÑÑÑÑÑÑÑÑÑÑÑÑ", email: "bob@company.com", phone: "123456" },
        { lastName: "ÑÑÑÑ", mobilePhone: "55556666", email: "henry@company.com" },
      ],
    ],
  ] as const)("%s", ([name, wanted], { skip }) => {
    const bytes = realFile(`vcard/${name}`);
    if (bytes === undefined) return skip("../shared/data is not there");
    expect(cards(new TextDecoder().decode(bytes))).toMatchObject(wanted);
    return undefined;
  });
});
