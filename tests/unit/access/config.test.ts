import { describe, expect, it } from "vitest";
import { parseConfig, settingLines, settingsFromEnvironment } from "#sync-server/config.ts";

const parse = (argv: readonly string[], env: Record<string, string> = {}): ReturnType<typeof parseConfig> =>
  parseConfig({ argv, env });

describe("config", () => {
  it("has defaults for everything and is frozen", () => {
    const config = parse([]);
    expect(config).toMatchObject({
      ok: true,
      value: { port: 4400, host: "localhost", data: "./data", demo: false, logLevel: "warn", logToStdout: false },
    });
    expect(config.ok && Object.isFrozen(config.value)).toBe(true);
  });

  it("reads flags before the environment before defaults", () => {
    const env = {
      DRAWBRIDGE_PORT: "5000",
      DRAWBRIDGE_NO_OPEN: "1",
      DRAWBRIDGE_ALLOW_ORIGIN: "https://a.example,https://b.example",
    };
    expect(parse(["--port", "6000", "--demo"], env)).toMatchObject({
      ok: true,
      value: { port: 6000, noOpen: true, demo: true, allowOrigins: ["https://a.example", "https://b.example"] },
    });
    expect(parse([], env)).toMatchObject({ ok: true, value: { port: 5000 } });
    expect(parse(["--allow-origin", "https://c.example", "--allow-origin", "https://d.example"])).toMatchObject({
      value: { allowOrigins: ["https://c.example", "https://d.example"] },
    });
  });

  it.each([[["--port", "70000"]], [["--port", "abc"]], [["--prot", "1"]], [["--log-level", "loud"]], [["extra"]]])(
    "answers %j with one sentence",
    (argv) => {
      const config = parse(argv);
      expect(config).toMatchObject({ ok: false, error: { message: expect.stringContaining("--help") } });
      expect(!config.ok && config.error.message.split("\n")).toHaveLength(1);
    },
  );

  it("lists every setting in --help and opens no browser without a screen", () => {
    for (const flag of [
      "--port",
      "--host",
      "--data",
      "--demo",
      "--no-open",
      "--allow-origin",
      "--behind-tls",
      "--log-level",
      "DRAWBRIDGE_PORT",
    ]) {
      expect([...settingLines(), settingsFromEnvironment].join("\n")).toContain(flag);
    }
    expect(parse([], { CI: "1", DISPLAY: ":0" })).toMatchObject({ value: { opensBrowser: false } });
    expect(parse(["--no-open"], { DISPLAY: ":0" })).toMatchObject({ value: { opensBrowser: false } });
  });
});
