// What browsers, Electron and Node have in common beyond the language: the only globals shared code may use.

declare class URL {
  constructor(url: string, base?: string);
  static canParse(url: string, base?: string): boolean;
  readonly protocol: string;
  readonly hostname: string;
}

declare class TextEncoder {
  encode(text: string): Uint8Array;
}
