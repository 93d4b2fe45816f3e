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

/** WebCrypto, as far as keys, signatures and hashes need it; keys are opaque handles. */
declare const crypto: {
  readonly subtle: {
    generateKey(
      algorithm: object,
      extractable: boolean,
      usages: readonly string[],
    ): Promise<{
      readonly publicKey: { readonly type: string; readonly extractable: boolean };
      readonly privateKey: { readonly type: string; readonly extractable: boolean };
    }>;
    importKey(
      format: "raw",
      data: Uint8Array,
      algorithm: object,
      extractable: boolean,
      usages: readonly string[],
    ): Promise<{ readonly type: string; readonly extractable: boolean }>;
    exportKey(format: "raw", key: { readonly type: string }): Promise<ArrayBuffer>;
    sign(algorithm: object, key: { readonly type: string }, data: Uint8Array): Promise<ArrayBuffer>;
    verify(
      algorithm: object,
      key: { readonly type: string },
      signature: Uint8Array,
      data: Uint8Array,
    ): Promise<boolean>;
  };
  getRandomValues(bytes: Uint8Array): Uint8Array;
};
