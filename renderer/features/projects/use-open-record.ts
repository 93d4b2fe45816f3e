// Which milestone or task is open beside the page. A link may ask for one: `?open=<id>`.

import { useSearch } from "@tanstack/react-router";
import { useState } from "react";

export function useOpenRecord(): readonly [string | undefined, (id: string | undefined) => void] {
  const raw: unknown = useSearch({ strict: false });
  const search: Record<string, unknown> = typeof raw === "object" && raw !== null ? { ...raw } : {};
  const wanted = typeof search["open"] === "string" ? search["open"] : undefined;
  const [asked, setAsked] = useState(wanted);
  const [opened, setOpened] = useState(wanted);
  if (asked !== wanted) {
    setAsked(wanted);
    if (wanted !== undefined) setOpened(wanted);
  }
  return [opened, setOpened];
}
