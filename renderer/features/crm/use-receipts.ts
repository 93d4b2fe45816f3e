// The relay's word on a record's changes, asked when somebody looks at them. Without a network there is simply less to say.

import { useEffect, useState } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import type { Received } from "#renderer/data/trust-types.ts";

const none: readonly Received[] = [];

export function useReceipts(recordId: string, isWanted: boolean): readonly Received[] {
  const { trust } = useData();
  const [received, setReceived] = useState(none);
  useEffect(() => {
    let isShown = true;
    const ask = async (): Promise<void> => {
      const answer = await trust.received(recordId);
      if (isShown && answer.ok) setReceived(answer.value);
    };
    if (isWanted) void ask();
    return () => {
      isShown = false;
    };
  }, [trust, recordId, isWanted]);
  return isWanted ? received : none;
}
