// What a person would call this device, as far as a browser tells: "Firefox on Windows".

const browsers: readonly (readonly [RegExp, string])[] = [
  [/Electron\//, "Drawbridge app"],
  [/Edg\//, "Edge"],
  [/Firefox\//, "Firefox"],
  [/Chrome\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const systems: readonly (readonly [RegExp, string])[] = [
  [/iPhone|iPad/, "an iPhone or iPad"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "a Mac"],
  [/Linux/, "Linux"],
];

const found = (names: readonly (readonly [RegExp, string])[], text: string, otherwise: string): string =>
  names.find(([pattern]) => pattern.test(text))?.[1] ?? otherwise;

export function deviceName(userAgent: string = globalThis.navigator.userAgent): string {
  return `${found(browsers, userAgent, "A browser")} on ${found(systems, userAgent, "another system")}`;
}
