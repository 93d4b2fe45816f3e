// What leaves a device as a file is told to the audit: before it is handed over, and without a network at the next contact.

import { expect, it } from "vitest";
import { noteExport, tellExports } from "#renderer/data/export-reports.ts";
import { err, ok } from "#shared/model/result.ts";

function device() {
  const settings = new Map<string, unknown>();
  const told: unknown[] = [];
  let isOnline = true;
  return {
    told,
    setOnline: (online: boolean) => void (isOnline = online),
    data: {
      device: {
        getSetting: async <T>(key: string) => settings.get(key) as T | undefined,
        setSetting: async (key: string, value: unknown) => void settings.set(key, value),
      },
      trust: {
        report: async (action: string, target: string, details: object) => {
          if (!isOnline) return err({ message: "There is no network." });
          told.push([action, target, details]);
          return ok(undefined);
        },
      },
    },
  };
}

const entry = (what: string, target: string): unknown => [
  "export.made",
  target,
  expect.objectContaining({ what, at: expect.any(String) as string }),
];

it("an export is told at once, and never a word of what is in it", async () => {
  const { data, told } = device();
  await noteExport(data, { what: "everything on a device", records: 12 });
  expect(told).toEqual([
    ["export.made", "", { what: "everything on a device", records: 12, at: expect.any(String) as string }],
  ]);
});

it("without a network it waits here, in its order, and is told once at the next contact", async () => {
  const { data, told, setOnline } = device();
  setOnline(false);
  await noteExport(data, { what: "approvals" }, "roof");
  await noteExport(data, { what: "pending changes", records: 3 });
  await tellExports(data);
  expect(told).toEqual([]);
  setOnline(true);
  await tellExports(data);
  await tellExports(data);
  expect(told).toEqual([entry("approvals", "roof"), entry("pending changes", "")]);
});
