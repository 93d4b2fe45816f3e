// How much this device holds and whether the browser promised to keep it. Asked again from time to time, as nobody tells.

import { useEffect, useState } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import type { StorageInfo } from "#renderer/data/types.ts";

const INTERVAL = 30_000;

export function useStorage(): { readonly info: StorageInfo | undefined; readonly refresh: () => Promise<void> } {
  const { device } = useData();
  const [info, setInfo] = useState<StorageInfo | undefined>(undefined);
  const refresh = async (): Promise<void> => setInfo(await device.storage());
  useEffect(() => {
    let shown = true;
    const read = async (): Promise<void> => {
      const next = await device.storage();
      if (shown) setInfo(next);
    };
    void read();
    const timer = setInterval(() => void read(), INTERVAL);
    return () => {
      shown = false;
      clearInterval(timer);
    };
  }, [device]);
  return { info, refresh };
}
