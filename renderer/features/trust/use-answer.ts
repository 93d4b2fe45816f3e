// An answer of the relay on screen: loading, a sentence when it could not be had, or the answer; and asking again.

import { useEffect, useEffectEvent, useState } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import type { Data } from "#renderer/data/types.ts";
import type { Result } from "#shared/model/result.ts";

export type Asked<T> =
  | { readonly kind: "loading" }
  | { readonly kind: "problem"; readonly message: string }
  | { readonly kind: "shown"; readonly value: T };

/** `key` says when it is another question; what is on screen stays until its answer is there. */
export function useAnswer<T>(
  key: string,
  ask: (data: Data) => Promise<Result<T, { readonly message: string }>>,
): { readonly asked: Asked<T>; readonly again: () => void } {
  const data = useData();
  const [asked, setAsked] = useState<Asked<T>>({ kind: "loading" });
  const [round, setRound] = useState(0);
  const askNow = useEffectEvent(() => ask(data));
  useEffect(() => {
    let isShown = true;
    const run = async (): Promise<void> => {
      const answer = await askNow();
      if (!isShown) return;
      setAsked(answer.ok ? { kind: "shown", value: answer.value } : { kind: "problem", message: answer.error.message });
    };
    void run();
    return () => {
      isShown = false;
    };
  }, [data, key, round]);
  return { asked, again: () => setRound((before) => before + 1) };
}
