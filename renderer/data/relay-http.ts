// HTTP to the relay: one call, one shape of answer, one sentence for each way it can fail.

import { err, ok, type Result } from "#shared/model/result.ts";

export type HttpError = {
  /** `Unreachable`: no answer, or none that is the relay's (a captive portal answers 200 with HTML). */
  readonly type: "Unreachable" | "SignedOut" | "AccessEnded" | "Refused";
  readonly message: string;
};

/** `NotNow`: an answer that says nothing about the file itself, from a full or busy relay or from something in front of it. */
export type UploadError = HttpError | { readonly type: "NotNow" };

type CallOptions = { readonly body?: object; readonly token?: string | undefined };

/** The answer's shape is the API's promise; the caller names it. */
export type RelayHttp = {
  readonly call: <T>(
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
    path: string,
    options?: CallOptions,
  ) => Promise<Result<T, HttpError>>;
  /** How many bytes of a file are there, so that its upload goes on behind them. */
  readonly brought: (path: string, token: string | undefined) => Promise<Result<number, UploadError>>;
  /** A part of a file; answers how many bytes of it are there now. */
  readonly upload: (path: string, bytes: Uint8Array, token: string | undefined) => Promise<Result<number, UploadError>>;
  /** A whole answer as a file. */
  readonly file: (path: string, options?: CallOptions) => Promise<Result<Blob, HttpError>>;
};

const TIMEOUT_MS = 10_000;
/** Files are large, and networks in cellars slow. */
const FILE_TIMEOUT_MS = 180_000;

const unreachable: HttpError = {
  type: "Unreachable",
  message: "The server cannot be reached. Check the network, then try again.",
};

type Answer = { readonly status: number; readonly body: unknown };

/** What a server says of itself or of the moment, not of what was sent: too slow, too early, too much at once. */
const passing: ReadonlySet<number> = new Set([408, 425, 429]);

const NOT_JSON = Symbol("not JSON");
const readAny = async (response: Response): Promise<unknown> => {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return NOT_JSON;
  }
};

export function createRelayHttp(relayUrl: string, fetchNow: typeof fetch): RelayHttp {
  const base = relayUrl.replace(/\/$/, "");
  function refusalOf(status: number, body: unknown, { token }: CallOptions): HttpError {
    const { code, message } = refusalIn(body);
    if (status !== 401 || token === undefined) return { type: "Refused", message: message ?? unreachable.message };
    return code === "AccessEnded" && message !== undefined
      ? { type: "AccessEnded", message }
      : { type: "SignedOut", message: "Your session has ended. Sign in again." };
  }
  const broughtOf = (answer: Answer | undefined, token: string | undefined): Result<number, UploadError> => {
    if (answer === undefined) return err(unreachable);
    const { status, body } = answer;
    if (body === NOT_JSON || passing.has(status) || status >= 500) return err({ type: "NotNow" });
    return status >= 200 && status < 300
      ? ok((body as { brought: number }).brought)
      : err(refusalOf(status, body, { token }));
  };
  return {
    brought: async (path, token) =>
      broughtOf(await send(fetchNow, `${base}/api/v1${path}`, "GET", { token }, readAny), token),
    upload: async (path, bytes, token) =>
      broughtOf(await send(fetchNow, `${base}/api/v1${path}`, "PUT", { token, bytes }, readAny), token),
    file: async (path, options = {}) => {
      const answer = await send(fetchNow, `${base}/api/v1${path}`, "GET", options, (response) =>
        response.ok ? response.blob() : response.json(),
      );
      if (answer === undefined) return err(unreachable);
      return answer.body instanceof Blob ? ok(answer.body) : err(refusalOf(answer.status, answer.body, options));
    },
    call: async <T>(method: string, path: string, options: CallOptions = {}): Promise<Result<T, HttpError>> => {
      const answer = await send(fetchNow, `${base}/api/v1${path}`, method, options);
      if (answer === undefined) return err(unreachable);
      const { status, body } = answer;
      if (status >= 200 && status < 300) return ok(body as T);
      return err(refusalOf(status, body, options));
    },
  };
}

async function send(
  fetchNow: typeof fetch,
  url: string,
  method: string,
  { body, token, bytes }: CallOptions & { readonly bytes?: Uint8Array },
  read: (response: Response) => Promise<unknown> = (response) => response.json(),
): Promise<Answer | undefined> {
  try {
    const response = await fetchNow(url, {
      method,
      signal: AbortSignal.timeout(url.includes("/files/") ? FILE_TIMEOUT_MS : TIMEOUT_MS),
      cache: "no-store",
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(bytes === undefined ? {} : { "content-type": "application/octet-stream" }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(bytes === undefined ? {} : { body: new Uint8Array(bytes) }),
    });
    if (response.status >= 502 && read !== readAny) return undefined;
    return { status: response.status, body: await read(response) };
  } catch {
    // No network, a timeout, or an answer that is not JSON: nobody the relay would recognise.
    return undefined;
  }
}

function refusalIn(body: unknown): { readonly code?: string; readonly message?: string } {
  if (typeof body !== "object" || body === null || !("error" in body)) return {};
  const { error } = body;
  if (typeof error !== "object" || error === null) return {};
  return {
    ...("code" in error && typeof error.code === "string" ? { code: error.code } : {}),
    ...("message" in error && typeof error.message === "string" ? { message: error.message } : {}),
  };
}
