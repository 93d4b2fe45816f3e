// A part of the pipe before its code is there: the first of its questions loads it. For parts whose every answer comes later
// anyway, and which no live query reads (those follow no wait for code).

type Answering<Api> = { readonly [Name in keyof Api]: (...input: never[]) => Promise<unknown> };

export function createLateApi<Api extends Answering<Api> & object>(load: () => Promise<Api>): Api {
  let loading: Promise<Api> | undefined;
  const loaded = (): Promise<Api> =>
    (loading ??= load().catch((error: unknown) => {
      // Not loaded now is not never: the next one who asks tries again.
      loading = undefined;
      throw error;
    }));
  const ask =
    (name: string | symbol) =>
    async (...input: unknown[]): Promise<unknown> => {
      const api = await loaded();
      const method: unknown = Reflect.get(api, name);
      return typeof method === "function" ? Reflect.apply(method, api, input) : method;
    };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- filled by the name that is asked for
  return new Proxy({} as Api, { get: (_api, name) => ask(name) });
}
